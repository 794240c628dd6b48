import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { rolldown } from "rolldown";

// One file, so that the same bytes serve as command, unpack worker and home child (src/main.ts tells them apart).
const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
const built = new Date(readBuildSeconds() * 1000).toISOString();
const bundle = await rolldown({
  input: "src/main.ts",
  platform: "node",
  transform: {
    define: {
      __READYGO_BUNDLE__: "true",
      __READYGO_VERSION__: JSON.stringify(version),
      __READYGO_BUILT__: JSON.stringify(built),
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

/** The last commit's time, so that the same commit gives the same bytes; a clock that shows less is known to be wrong. */
function readBuildSeconds(): number {
  const given = Number(process.env["SOURCE_DATE_EPOCH"]);
  if (given > 0) return given;
  try {
    return Number(
      execFileSync("git", ["log", "-1", "--format=%ct"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    );
  } catch {
    return Math.floor(Date.now() / 1000);
  }
}
