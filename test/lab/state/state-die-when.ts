// Preloaded by `node --import`: kills this process before its first call that changes a file system once the file
// READYGO_DIE_FILE holds READYGO_DIE_TEXT, or no longer holds it where the text begins with "not ".
import childProcess from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import process from "node:process";
import { isMainThread } from "node:worker_threads";

const file = process.env["READYGO_DIE_FILE"] ?? "";
const wanted = process.env["READYGO_DIE_TEXT"] ?? "";
const { readFileSync, existsSync } = fs;

function isReached(): boolean {
  if (!isMainThread || !existsSync(file)) return false;
  const text = readFileSync(file, "latin1");
  return wanted.startsWith("not ") ? !text.includes(wanted.slice(4)) : text.includes(wanted);
}

function watchCalls(module: object, name: string): void {
  const functions = module as Record<string, (...args: readonly unknown[]) => unknown>;
  const original = functions[name];
  if (original === undefined) throw new Error(`there is no ${name}`);
  functions[name] = (...args) => {
    if (isReached()) process.kill(process.pid, "SIGKILL");
    return original(...args);
  };
}

for (const name of "writeSync renameSync unlinkSync mkdirSync rmdirSync rmSync linkSync writeFileSync chmodSync fsyncSync".split(
  " ",
)) {
  watchCalls(fs, name);
}
watchCalls(childProcess, "spawnSync");
syncBuiltinESMExports();
