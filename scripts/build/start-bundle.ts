import { openPack, runModules, separator } from "./lazy-modules.ts";

// dist/readygo.mjs: this, and after it the pack inside one comment, which the engine skips.
const file = process.getBuiltinModule("node:fs").readFileSync(import.meta.filename, "latin1");
runModules(openPack(file.slice(file.indexOf(separator), file.lastIndexOf(separator) + 1)), "src/main.js");
