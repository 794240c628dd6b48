import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { account, type Goal, type Operation } from "./kill-operations.ts";
import { checkout, say } from "../suite/lab-cache.ts";
import { type LabArchive, makeSmallRelease } from "../releases/releases.ts";
import { createHost, type LabHost } from "../hosts/throw-away-host.ts";

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
  readonly isExchangeRefused: boolean;
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
  /** As on a file system that has no exchange of directories: the kernel answers EINVAL. */
  readonly isExchangeRefused?: boolean;
}

/** A host where `operation` is about to be run. */
export async function prepareHost(operation: Operation, options: PrepareOptions = {}): Promise<PreparedHost> {
  const { archives, isExchangeRefused = false } = options;
  const alterBundle = options.alterBundle ?? (isExchangeRefused ? askForUnknownFlag : (text: string) => text);
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
    return { host, isExchangeRefused, operation, argv: operation.argv(releases), goals: operation.goals(releases) };
  } catch (error) {
    await host.destroy();
    throw error;
  }
}

/** A planted defect: the exchange as tools make it that have none, by a copy, a removal and, 50 ms later, renames. */
export function replaceExchange(text: string): string {
  const altered = text.replace(
    /(const program = `)syscall\(\$\{renameat2Number\}[^`]*`/,
    (_, head: string) =>
      `${head}system("cp", "-a", $ARGV[0], "$ARGV[1].old"); system("rm", "-rf", $ARGV[0]); select(undef, undef, undef, 0.05); rename($ARGV[1], $ARGV[0]) and rename("$ARGV[1].old", $ARGV[1]) or exit 1\``,
  );
  if (altered === text) throw new Error("the bundle's exchange is not where it was looked for");
  return altered;
}

/** A planted defect: the staged tree is not written out before it is exchanged. */
export function leaveOutSync(text: string): string {
  const altered = text.replace(/syncFileSystem: \(path\) => runTool\(.*\),/, "syncFileSystem: () => {},");
  if (altered === text) throw new Error("the bundle's syncfs is not where it was looked for");
  return altered;
}

/** A flag that no kernel knows in the exchange's place: renameat2(2) refuses it with EINVAL, as it does the exchange there. */
function askForUnknownFlag(text: string): string {
  const altered = text.replace("renameExchange = 2;", "renameExchange = 128;");
  if (altered === text) throw new Error("the bundle's exchange is not where it was looked for");
  return altered;
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
