import { openPack, runModules } from "./lazy-modules.ts";

// The main script of the single-file executable. A module of every run is an asset beside it, and so is its code cache;
// all others are one pack, compressed better than any download is, which a run opens when it needs the first of them.
const { getAsset, getAssetKeys, getRawAsset } = process.getBuiltinModule("node:sea");
const names = new Set(getAssetKeys());
let others: ReturnType<typeof openPack> | undefined;

function openOthers(): ReturnType<typeof openPack> {
  const { brotliDecompressSync } = process.getBuiltinModule("node:zlib");
  return openPack(brotliDecompressSync(getRawAsset("others")).toString("latin1"));
}

runModules(
  {
    readText: (name) => (names.has(name) ? getAsset(name, "utf8") : (others ??= openOthers()).readText(name)),
    readCache: (name) => (names.has(`${name}.cache`) ? Buffer.from(getRawAsset(`${name}.cache`)) : undefined),
  },
  "src/main.js",
);
