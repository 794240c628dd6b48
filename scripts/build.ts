import { chmodSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { separator } from "./build/lazy-modules.ts";
import { buildModules, bundleOne, packModules } from "./build/pack-modules.ts";
import { makeSingleFile } from "./build/make-single-file.ts";
import { writeNotices } from "./build/write-notices.ts";

// dist/readygo.mjs, or another directory's with --into: one file, that needs Node and nothing else; and the licences of what is inside, for the npm package.
// With --single-file also dist/readygo, an executable for this machine that needs nothing.
// The frame looks for the pack by its first separator: those of its own that rolldown writes as they are must not count.
const frame = (await bundleOne("scripts/build/start-bundle.ts", "esm")).replaceAll(separator, String.raw`\u0001`);
const { values } = parseArgs({
  options: { into: { type: "string", default: "dist" }, "single-file": { type: "boolean", default: false } },
});
const { into } = values;
mkdirSync(into, { recursive: true });
writeFileSync(join(into, "readygo.mjs"), `#!/usr/bin/env node\n${frame}/*${packModules(await buildModules())}*/\n`);
chmodSync(join(into, "readygo.mjs"), 0o755);
writeNotices(join(into, "THIRD-PARTY.txt"), false);
if (values["single-file"]) {
  await makeSingleFile(realpathSync(process.execPath), join(into, "readygo"), {
    hasCodeCache: true,
    isReleased: false,
  });
}
