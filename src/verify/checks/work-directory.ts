import { absolutePath } from "../../host/absolute-path.ts";
import { describeRun } from "../../host/child/describe-run.ts";
import { readAccountSettings } from "../account-settings.ts";
import { type Check, type CheckContext, type Finding, pass, skip, warn } from "../check.ts";
import { findSettingOrigins } from "../trace-origins.ts";
import { adviseUnset } from "./foreign-settings.ts";

/** What linking a large program, or testing a module, needs there for a moment. */
const leastKiB = 128 * 1024;

export const workDirectory: Check = {
  id: "work-directory",
  layer: 2,
  proves: "where the account's go builds (GOTMPDIR, TMPDIR, /tmp) it can write, has room, and can start what it built",
  cost: "start",
  bound: 5,
  isVerifyOnly: true,
  needsRunning: true,
  run: judge,
};

/** Prints the free KiB; ends with 2 where nothing can be written, with 3 where a program there does not start. */
const script = `df -Pk -- "$1" | awk 'NR == 2 { print $4 }'
d=$(mktemp -d "$1/readygo-look-XXXXXX") || exit 2
trap 'rm -rf "$d"' EXIT
cp /bin/true "$d/true" || exit 2
"$d/true" || exit 3`;

async function judge(context: CheckContext): Promise<Finding> {
  const { account, processes, timeoutMs } = context;
  const { env, goenv } = await readAccountSettings(context);
  const name = env["GOTMPDIR"] || goenv?.settings["GOTMPDIR"] ? "GOTMPDIR" : "TMPDIR";
  const path = env["GOTMPDIR"] || goenv?.settings["GOTMPDIR"] || env["TMPDIR"] || "/tmp";
  const result = await processes.run({
    argv: ["/bin/sh", "-c", script, "sh", path],
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    cwd: absolutePath("/"),
    asUser: account,
    timeoutMs,
  });
  const free = Number(result.stdout.trim());
  const fault =
    result.status === 2
      ? "nothing can be written there"
      : result.status === 3
        ? "a program that is built there does not start (noexec)"
        : result.status === 0 && result.stdout.trim() !== "" && free < leastKiB
          ? `only ${Math.floor(free / 1024)} MiB are free, and a build can need ${leastKiB / 1024}`
          : undefined;
  if (fault === undefined && result.status !== 0)
    return skip(`${path} cannot be looked at: ${describeRun(result, timeoutMs)}`);
  if (fault === undefined)
    return pass(`${path} of ${account.name}: ${Math.floor(free / 1024)} MiB free, programs start`);
  const isSet = env[name] !== undefined || goenv?.settings[name] !== undefined;
  const origins = env[name] === undefined ? [] : await findSettingOrigins(context, name);
  const by = origins.length === 0 ? "" : ` (${name} of ${origins.join(", ")})`;
  const elsewhere = `${account.home}/.cache/go-tmp`;
  const remedy =
    isSet && path !== "/tmp"
      ? adviseUnset(context, name)
      : `mkdir -p ${elsewhere} && go env -w GOTMPDIR=${elsewhere}  as ${account.name}`;
  return warn(`go of ${account.name} builds in ${path}${by}: ${fault}`, remedy);
}
