import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabHost } from "../hosts/throw-away-host.ts";
import { compareWithSteps, listChangedPaths } from "../properties/changed-paths.ts";
import { playHistory } from "../properties/property-history.ts";
import { createImage } from "../properties/property-image.ts";
import type { Shelf } from "../properties/property-shelf.ts";
import type { HostRequest, HostStart } from "../properties/property-start.ts";
import { collections } from "./inventory.ts";
import type { TaskResult } from "./play.ts";

export interface CheckModeOutcome {
  readonly became: "changed" | "unchanged" | "refused";
}

/**
 * The module on a generated host, which is a directory of `host` for readygo's --root.
 *
 * 1. Check mode changes nothing, and shows the steps and the diff that the run then has.
 * 2. What the run changes is what its steps name.
 * 3. Run again, in either mode, it changes nothing and shows nothing.
 * 4. What is refused is refused in both modes, and nothing is changed; but for the gate, which is not asked beforehand.
 */
export async function checkModes(
  host: LabHost,
  start: HostStart,
  request: HostRequest,
  shelf: Shelf,
): Promise<CheckModeOutcome> {
  const disk = host.path("/srv/images");
  mkdirSync(disk, { recursive: true });
  const image = createImage(start, shelf, disk);
  try {
    const history = await playHistory(image, shelf);
    const executable = writeWrapper(image.directory, start, disk);
    const inside = (path: string): string => path.replace(disk, "/srv/images");
    const module = (isChecking: boolean) =>
      runModule(host, toParameters(request, shelf, inside(executable)), isChecking);
    // A run that was cut off is rolled back by whatever comes next, check mode too.
    await image.run(["plan", request.version, "--arch", "amd64"]);
    const before = image.look();
    const checked = await module(true);
    requireNone(listChangedPaths(before, image.look()), "check mode has changed");
    const done = await module(false);
    const after = image.look();
    const changed = listChangedPaths(before, after);
    if (done.failed === true) {
      requireNone(changed, `${done.code} has changed`);
      const isGate = done.code === "gate-failed" && (history.isDamaged || history.isBroken);
      if (!isGate && checked.code !== done.code) throw new Error(`${done.msg}; check mode: ${checked.code ?? "well"}`);
      return { became: "refused" };
    }
    requireSame(checked.changed, done.changed, "changed");
    requireSame(checked.steps, done.steps, "steps");
    requireSame(checked.diff, done.diff, "diff");
    requireNone(compareWithSteps(changed, done.steps ?? [], after), "the steps are not what was changed");
    for (const isChecking of [true, false]) {
      const again = await module(isChecking);
      requireSame([again.changed, again.steps, again.diff], [false, [], []], "the second run");
    }
    requireNone(listChangedPaths(after, image.look()), "a second run has changed");
    return { became: done.changed === true ? "changed" : "unchanged" };
  } finally {
    image.destroy();
  }
}

/** readygo for this image, as the module calls it. */
function writeWrapper(directory: string, start: HostStart, disk: string): string {
  const executable = join(disk, "readygo");
  const inside = directory.replace(disk, "/srv/images");
  const text = `#!/bin/sh
case $1 in
  plan) set -- "$@" --arch amd64 ;;
  install) set -- "$@" --arch amd64 --no-verify ;;
esac
SUDO_USER=${start.account} exec /opt/readygo/node /opt/readygo/dist/readygo.mjs "$@" --root ${inside}
`;
  writeFileSync(executable, text);
  chmodSync(executable, 0o755);
  return executable;
}

function toParameters(request: HostRequest, shelf: Shelf, executable: string): Readonly<Record<string, unknown>> {
  const { version, source, user, flags } = request;
  const { archive, sha256 } = shelf.releases[version][source];
  const users = flags.includes("--no-rc") ? { users: [] } : user === undefined ? {} : { users: [user] };
  return { version, source: [archive], sha256, executable, ...users };
}

/** As Ansible runs it on a host, without the way there. */
async function runModule(
  host: LabHost,
  parameters: Readonly<Record<string, unknown>>,
  isChecking: boolean,
): Promise<TaskResult> {
  const input = JSON.stringify({ ANSIBLE_MODULE_ARGS: { ...parameters, _ansible_check_mode: isChecking } });
  const program = `${collections}/ansible_collections/readygo/go/plugins/modules/readygo.py`;
  const env = { PYTHONPATH: collections, PYTHONDONTWRITEBYTECODE: "1" };
  const run = await host.run(["python3", program], { input, env });
  try {
    return JSON.parse(run.stdout) as TaskResult;
  } catch {
    throw new Error(`the module printed no JSON: ${run.stdout}${run.stderr}`);
  }
}

function requireNone(found: readonly string[], what: string): void {
  if (found.length > 0) throw new Error(`${what}: ${found.join("; ")}`);
}

function requireSame(one: unknown, other: unknown, what: string): void {
  const [left, right] = [JSON.stringify(one), JSON.stringify(other)];
  if (left !== right) throw new Error(`${what}: ${left} is not ${right}`);
}
