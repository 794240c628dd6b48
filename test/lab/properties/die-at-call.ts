// Preloaded by `node --import`: kills this process before its READYGO_DIE_AT-th call that changes a file system, counted
// on the main thread. Threads and children have no such variable.
import childProcess from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import process from "node:process";

const at = Number(process.env["READYGO_DIE_AT"]);
let calls = 0;

function countCalls(module: object, name: string, isChange: (...args: readonly unknown[]) => boolean): void {
  const functions = module as Record<string, (...args: readonly unknown[]) => unknown>;
  const original = functions[name];
  if (original === undefined) throw new Error(`there is no ${name}`);
  functions[name] = (...args) => {
    if (isChange(...args)) {
      calls += 1;
      if (calls === at) process.kill(process.pid, "SIGKILL");
    }
    return original(...args);
  };
}

const always = (): boolean => true;
for (const name of [
  "writeSync",
  "renameSync",
  "unlinkSync",
  "mkdirSync",
  "rmdirSync",
  "rmSync",
  "linkSync",
  "writeFileSync",
  "ftruncateSync",
  "fchmodSync",
  "fsyncSync",
  "chmodSync",
]) {
  countCalls(fs, name, always);
}
countCalls(fs, "openSync", (_path, flags) => {
  const { O_WRONLY, O_RDWR } = fs.constants;
  return typeof flags === "number" ? (flags & (O_WRONLY | O_RDWR)) !== 0 : flags !== undefined && flags !== "r";
});
countCalls(childProcess, "spawnSync", always);
syncBuiltinESMExports();
