import { runModules } from "./lazy-modules.ts";

// The main script of the single-file executable. Each module is an asset beside it, and so is its code cache.
const { getAsset, getAssetKeys, getRawAsset } = process.getBuiltinModule("node:sea");
const names = new Set(getAssetKeys());
runModules(
  {
    readText: (name) => getAsset(name, "utf8"),
    readCache: (name) => (names.has(`${name}.cache`) ? Buffer.from(getRawAsset(`${name}.cache`)) : undefined),
  },
  "src/main.js",
);
