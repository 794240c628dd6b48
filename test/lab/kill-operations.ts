import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkout, say } from "./lab-cache.ts";
import { type LabArchive, makeSmallRelease } from "./releases.ts";
import { createHost, type LabHost } from "./throw-away-host.ts";

export type OperationName = "install" | "upgrade" | "repair" | "rollback" | "uninstall";

/** Something readygo does to a host, and by which commands an interrupted one reaches its goal. */
export interface Operation {
  readonly name: OperationName;
  /** What brings the host to where the operation starts. */
  readonly before: (releases: Releases) => readonly (readonly string[] | { readonly script: string })[];
  readonly argv: (releases: Releases) => readonly string[];
  /** Each one a command that is to end well after a kill, and to lead where it leads after the whole operation. */
  readonly goals: (releases: Releases) => readonly Goal[];
}

export interface Goal {
  readonly argv: readonly string[];
  /** The `plan` that has nothing to do afterwards; none after an uninstall. */
  readonly plan?: readonly string[];
}

export interface Releases {
  readonly older: readonly string[];
  readonly newer: readonly string[];
}

const account = "alice";

const install = (release: readonly string[], ...more: readonly string[]): readonly string[] =>
  ["install", release, "--no-verify", "--user", account, more].flat();
const installGoal = (release: readonly string[], ...more: readonly string[]): Goal => ({
  argv: install(release, ...more),
  plan: ["plan", ...release, "--user", account, "--detailed-exitcode"],
});

/** A file gone, one changed, one added, a wrong mode: what `--repair` is for. */
const damage =
  "cd /usr/local/go; rm src/fmt/fmt.go; echo changed >VERSION.new; echo '// changed' >>src/os/os.go; chmod 700 bin/gofmt";

export const operations: readonly Operation[] = [
  {
    name: "install",
    before: () => [],
    argv: ({ older }) => install(older),
    goals: ({ older }) => [installGoal(older)],
  },
  {
    name: "upgrade",
    before: ({ older }) => [install(older)],
    argv: ({ newer }) => install(newer),
    goals: ({ newer }) => [installGoal(newer)],
  },
  {
    name: "repair",
    before: ({ older }) => [install(older), { script: damage }],
    argv: ({ older }) => install(older, "--repair"),
    goals: ({ older }) => [installGoal(older, "--repair")],
  },
  {
    name: "rollback",
    before: ({ older, newer }) => [install(older), install(newer)],
    argv: () => ["rollback", "--no-verify", "--user", account],
    goals: ({ older }) => [installGoal(older)],
  },
  {
    name: "uninstall",
    before: ({ older }) => [install(older)],
    argv: () => ["uninstall"],
    goals: ({ older }) => [{ argv: ["uninstall"] }, installGoal(older)],
  },
];

/** Where a host finds its releases; `from` of this machine is bound to `to`. */
interface Shelf {
  readonly from: string;
  readonly to: string;
  readonly argument: readonly string[];
}

function shelve({ path, version, sha256 }: LabArchive, to: string): Shelf {
  return {
    from: dirname(path),
    to,
    argument: [version.replace(/^go/, ""), "--source", to, "--sha256", sha256],
  };
}

export interface PreparedHost {
  readonly host: LabHost;
  readonly operation: Operation;
  readonly argv: readonly string[];
  readonly goals: readonly Goal[];
}

/** Runs the host's own copy of the bundle: a build in the meantime does not change what is being tried. */
export function readygoArgv(argv: readonly string[]): readonly string[] {
  return ["/opt/readygo/node", "/opt/readygo.mjs", ...argv];
}

export interface PrepareOptions {
  /** Default: small ones. */
  readonly archives?: { readonly older: LabArchive; readonly newer: LabArchive };
  /** Plants a defect in the bundle. */
  readonly alterBundle?: (text: string) => string;
}

/** A host where `operation` is about to be run. */
export async function prepareHost(operation: Operation, options: PrepareOptions = {}): Promise<PreparedHost> {
  const { archives, alterBundle = (text: string) => text } = options;
  const older = shelve(archives?.older ?? (await makeSmallRelease("1.30.1")), "/opt/older");
  const newer = shelve(archives?.newer ?? (await makeSmallRelease("1.30.2")), "/opt/newer");
  const releases = { older: older.argument, newer: newer.argument };
  const host = await createHost({ bind: [older, newer] });
  try {
    await host.addUser(account);
    await needStrace(host);
    host.write("/opt/readygo.mjs", alterBundle(readFileSync(join(checkout, "dist/readygo.mjs"), "utf8")));
    for (const step of operation.before(releases)) {
      if ("script" in step) await host.script(step.script);
      else await host.must(readygoArgv(step));
    }
    host.write("/opt/clock.mjs", clock);
    return { host, operation, argv: operation.argv(releases), goals: operation.goals(releases) };
  } catch (error) {
    await host.destroy();
    throw error;
  }
}

/** Holds the wall clock of a run still, so that the transaction's id, and the paths with it, are those of the recording. */
const clock = `const Real = Date;
const at = Real.parse("2026-11-23T12:00:00.000Z");
globalThis.Date = class extends Real {
  constructor(...args) { if (args.length === 0) super(at); else super(...args); }
  static now() { return at; }
};
`;

export const stillClock = { NODE_OPTIONS: "--import=/opt/clock.mjs" } as const;

/** A host has this machine's programs. */
async function needStrace(host: LabHost): Promise<void> {
  if ((await host.run(["strace", "--version"])).status === 0) return;
  say("installing strace by apt-get");
  execFileSync("apt-get", ["update", "--quiet"], { stdio: "ignore" });
  execFileSync("apt-get", ["install", "--yes", "--quiet", "--no-install-recommends", "strace"], { stdio: "ignore" });
  throw new Error(
    "strace was just installed on this machine; a host that was made before doesn't have it: run this again",
  );
}
