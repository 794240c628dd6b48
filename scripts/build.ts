import { chmodSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import process from "node:process";
import { separator } from "./build/lazy-modules.ts";
import { buildModules, bundleOne, packModules } from "./build/pack-modules.ts";
import { makeSingleFile } from "./build/make-single-file.ts";
import { writeNotices } from "./build/write-notices.ts";

// dist/readygo.mjs: one file, that needs Node and nothing else; and the licences of what is inside, for the npm package.
// With --single-file also dist/readygo, an executable for this machine that needs nothing.
// The frame looks for the pack by its first separator: those of its own that rolldown writes as they are must not count.
const frame = (await bundleOne("scripts/build/start-bundle.ts", "esm")).replaceAll(separator, String.raw`\u0001`);
mkdirSync("dist", { recursive: true });
writeFileSync("dist/readygo.mjs", `#!/usr/bin/env node\n${frame}/*${packModules(await buildModules())}*/\n`);
chmodSync("dist/readygo.mjs", 0o755);
writeNotices("dist/THIRD-PARTY.txt", false);
if (process.argv.includes("--single-file")) {
  await makeSingleFile(realpathSync(process.execPath), "dist/readygo", { hasCodeCache: true, isReleased: false });
}
