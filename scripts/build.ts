import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { rolldown } from "rolldown";

// One file, so that the same bytes serve as command, unpack worker and home child (src/main.ts tells them apart).
const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
const bundle = await rolldown({
  input: "src/main.ts",
  platform: "node",
  transform: {
    define: {
      __READYGO_BUNDLE__: "true",
      __READYGO_VERSION__: JSON.stringify(version),
      __READYGO_SOURCES__: JSON.stringify(readFileSync("manifests/sources.ini", "utf8")),
    },
  },
});
mkdirSync("dist", { recursive: true });
await bundle.write({
  file: "dist/readygo.mjs",
  format: "esm",
  codeSplitting: false,
  banner: "#!/usr/bin/env node",
  minify: false,
});
await bundle.close();
chmodSync("dist/readygo.mjs", 0o755);
