import { openPack, runModules } from "./lazy-modules.ts";
import { locateInGroup } from "./module-group.ts";

// The main script of the single-file executable. Modules of the usual runs are a few scripts with their code caches as
// assets beside it; all others are one pack, compressed better than any download is, which a run opens when it needs the
// first of them.
const { getAsset, getAssetKeys, getRawAsset } = process.getBuiltinModule("node:sea");
const { Script } = process.getBuiltinModule("node:vm");
const keys = new Set(getAssetKeys());
const groupOf = JSON.parse(getAsset("groups.json", "utf8")) as Record<string, string>;
const groups = new Map<string, Record<string, () => void>>();
let others: ReturnType<typeof openPack> | undefined;

/** V8 refuses a code cache that is not its own, and compiles. */
function openGroup(group: string): Record<string, () => void> {
  let open = groups.get(group);
  if (open === undefined) {
    const cache = `${group}.cache`;
    const script = new Script(getAsset(group, "utf8"), {
      filename: `/readygo/${group}`,
      ...(keys.has(cache) ? { cachedData: Buffer.from(getRawAsset(cache)) } : {}),
    });
    groups.set(group, (open = script.runInThisContext() as Record<string, () => void>));
  }
  return open;
}

function openOthers(): ReturnType<typeof openPack> {
  const { brotliDecompressSync } = process.getBuiltinModule("node:zlib");
  return openPack(brotliDecompressSync(getRawAsset("others")).toString("latin1"));
}

// A stack trace names the module and its line, not where they stand in the group.
Error.prepareStackTrace = (error, frames) =>
  [error, ...frames]
    .map(String)
    .join("\n    at ")
    .replaceAll(/\/readygo\/(\w+\.group\.js):(\d+)/g, (place, group: string, line: string) => {
      const module = locateInGroup(getAsset(group, "utf8"), Number(line));
      return module === undefined ? place : `/readygo/${module.name}:${module.line}`;
    });

runModules(
  {
    readText: (name) => (others ??= openOthers()).readText(name),
    readCompiled: (name) => (groupOf[name] === undefined ? undefined : openGroup(groupOf[name])[name]),
  },
  "src/main.js",
);
