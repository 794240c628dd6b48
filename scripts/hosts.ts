import { spawnSync } from "node:child_process";
import process from "node:process";
import { parseArgs } from "node:util";

// The tests on throw-away hosts: npm run hosts [-- --full FILES]. --full adds those that take minutes and are no part of
// ./scripts/test.sh: emulated machines, a whole release, little memory.
const { values, positionals } = parseArgs({
  options: { full: { type: "boolean", default: false } },
  allowPositionals: true,
});
const { status } = spawnSync("vitest", ["run", "--project", "hosts*", ...positionals], {
  stdio: "inherit",
  env: { ...process.env, ...(values.full ? { READYGO_FULL: "1" } : {}) },
});
process.exit(status ?? 1);
