import { runModules } from "./lazy-modules.ts";

// The main script of the single-file executable; the pack is an asset beside it.
const { getRawAsset } = process.getBuiltinModule("node:sea");
runModules(Buffer.from(getRawAsset("modules")).toString("latin1"), "src/main.js");
