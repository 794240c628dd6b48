import { readFileSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";

// node --random-seed=1 write-code-cache.ts DIRECTORY NAME...: writes NAME.cache beside each script, the same bytes each
// time. V8 orders what it writes by hashes whose seed is random, but for --random-seed; and it keeps the functions that
// happen to have been compiled, here all of them. Its check of a cache compares the flags, so they are restored.
const [directory = "", ...names] = process.argv.slice(2);
for (const name of names) {
  const text = readFileSync(`${directory}/${name}`, "utf8");
  setFlagsFromString("--no-lazy");
  const script = new Script(text, { filename: `/readygo/${name}` });
  setFlagsFromString("--lazy");
  writeFileSync(`${directory}/${name}.cache`, script.createCachedData());
}
