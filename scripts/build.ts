import { chmodSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { separator } from "./build/lazy-modules.ts";
import { buildModules, bundleOne, packModules } from "./build/pack-modules.ts";
import { makeSingleFile } from "./build/make-single-file.ts";
import { writeNotices } from "./build/write-notices.ts";

// dist/readygo.mjs: one file, that needs Node and nothing else; and the licences of what is inside, for the npm package.
// --into DIR puts both elsewhere: a release knows other keys than a build for the checkout, which must not become it.
// With --single-file also dist/readygo, an executable for this machine that needs nothing.
// The frame looks for the pack by its first separator: those of its own that rolldown writes as they are must not count.
const frame = (await bundleOne("scripts/build/start-bundle.ts", "esm")).replaceAll(separator, String.raw`\u0001`);
const { values } = parseArgs({
  options: { "single-file": { type: "boolean", default: false }, into: { type: "string", default: "dist" } },
});
const bundle = join(values.into, "readygo.mjs");
mkdirSync(values.into, { recursive: true });
writeFileSync(bundle, `#!/usr/bin/env node\n${frame}/*${packModules(await buildModules())}*/\n`);
chmodSync(bundle, 0o755);
writeNotices(join(values.into, "THIRD-PARTY.txt"), false);
if (values["single-file"]) {
  await makeSingleFile(realpathSync(process.execPath), "dist/readygo", { hasCodeCache: true, isReleased: false });
}
