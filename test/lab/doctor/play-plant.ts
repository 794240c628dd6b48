import { join } from "node:path";
import type { CommandResult } from "../hosts/command.ts";
import { readJson } from "../hosts/read-json.ts";
import { baseRoot } from "../hosts/base-root.ts";
import type { HostOptions, LabHost } from "../hosts/throw-away-host.ts";
import { makeSmallRelease, officialRelease } from "../releases/releases.ts";
import type { Mirror } from "../servers/mirror.ts";
import { mirrorNames } from "../servers/mirror-protocol.ts";
import { readDefaultProxyName } from "../releases/machine-go.ts";
import { lookAt, rcContexts, type RcSights } from "../shells/rc-look.ts";
import { createHost } from "../hosts/throw-away-host.ts";
import { type Plant, plants } from "./plant.ts";

export const plantedVersion = "1.26.8";

/** For plants: a file system whose server does not answer. */
const hangingMount = join(import.meta.dirname, "../hosts/hanging-mount.pl");

/** A finding as `--json` has it. */
export interface FoundJson {
  readonly id: string;
  readonly severity: string;
  readonly account: string | null;
  readonly evidence: string;
  readonly origins: readonly string[];
  readonly remedy: {
    readonly kind: "command" | "edit" | "advice";
    readonly argv?: readonly string[];
    readonly asRoot?: boolean;
    readonly account?: string;
    readonly file?: string;
    readonly line?: number;
    readonly from?: string;
    readonly to?: string | null;
    readonly text: string;
  };
  readonly fix: { readonly kind: string } | null;
}

/** A host with an official release, on which one account after another is planted with something wrong. */
export interface DoctorHost {
  readonly host: LabHost;
  readonly mirror: Mirror;
  /** A new account, for which readygo has set up everything. */
  meet(): Promise<Somebody>;
}

export interface Somebody {
  readonly user: string;
  readonly home: string;
}

export async function createDoctorHost(): Promise<DoctorHost> {
  const host = await createHost({
    lower: "server",
    bind: [...(await lendTmux()), { from: hangingMount, to: "/srv/hanging-mount" }],
  });
  // The proxy of go's own default answers, so that modules come before anything is planted.
  const names = [...Object.values(mirrorNames), readDefaultProxyName()];
  const releases = [
    await officialRelease(plantedVersion),
    // For an installed release that is old, or vulnerable: the official one is neither.
    await makeSmallRelease("1.24.99"),
    await makeSmallRelease("1.26.99"),
  ];
  const mirror = await host.startMirror({ releases, names });
  let users = 0;
  return {
    host,
    mirror,
    async meet() {
      const user = `u${(users += 1)}`;
      await host.addUser(user, "/bin/bash");
      const run = await host.readygo(["install", plantedVersion, "--user", user, "--no-verify"], {
        timeoutMs: 280_000,
      });
      if (run.status !== 0) throw new Error(`install: ${run.stderr}`);
      return { user, home: `/home/${user}` };
    },
  };
}

/** Ubuntu's servers have tmux; the root has none, and borrows that of another one. */
async function lendTmux(): Promise<NonNullable<HostOptions["bind"]>> {
  const root = await baseRoot("contexts");
  const libraries = `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
  const names = ["libevent_core-2.1.so.7", "libutempter.so.0"].map((name) => `${libraries}/${name}`);
  return ["/usr/bin/tmux", ...names].map((path) => ({ from: `${root}${path}`, to: path }));
}

const readygo = "/opt/readygo/node /opt/readygo/dist/readygo.mjs";

/** Bash as root, with $U, $H, $V and $R. */
export function script({ host }: DoctorHost, { user, home }: Somebody, text: string): Promise<CommandResult> {
  return host.must(["bash", "-euo", "pipefail", "-s"], {
    input: text,
    env: { U: user, H: home, V: `go${plantedVersion}`, R: readygo },
    timeoutMs: 180_000,
  });
}

/** What a plain use of go says, without readygo: stdout, stderr and exit status. */
export async function useGo(
  { host }: DoctorHost,
  { user }: Somebody,
  { hurts }: Pick<Plant, "hurts">,
): Promise<string> {
  const argv = hurts.as === "root" ? ["bash", "-c", hurts.command] : ["su", "-", user, "-c", hurts.command];
  const { stdout, stderr, status } = await host.run(argv, { timeoutMs: 180_000 });
  return `${stdout}${stderr}exit ${status}`;
}

export async function diagnose({ host }: DoctorHost, { user }: Somebody, ...words: readonly string[]) {
  const run = await host.readygo(["doctor", ...words, "--user", user, "--json"], { timeoutMs: 180_000 });
  const result = readJson(run);
  return { ...result, exit: run.status, findings: result["findings"] as readonly FoundJson[] };
}

/** What is of this account, or of nobody. What every stock host has (info) counts where a plant is of that kind. */
export function ownFindings(findings: readonly FoundJson[], { user }: Somebody, id: string): readonly FoundJson[] {
  const isInfo = Object.entries<Plant>(plants).some(([name, { found }]) => name === id && found.severity === "info");
  return findings
    .filter(({ severity }) => isInfo || severity !== "info")
    .filter((each) => each.id === id && (each.account === null || [user, "root"].includes(each.account)));
}

/** Obeys a remedy to the letter. */
export async function obey(doctor: DoctorHost, somebody: Somebody, { remedy }: FoundJson): Promise<void> {
  const { host } = doctor;
  if (remedy.kind === "command") {
    const argv = (remedy.argv ?? []).map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(" ");
    // readygo is at hand in the lab under another name.
    const command = argv.replace(/^'readygo'/, readygo);
    if (remedy.asRoot === true) await host.must(["bash", "-c", command], { timeoutMs: 280_000 });
    else await host.must(["su", "-", remedy.account ?? somebody.user, "-c", command], { timeoutMs: 180_000 });
    return;
  }
  if (remedy.kind === "advice") throw new Error(`advice cannot be obeyed to the letter: ${remedy.text}`);
  const { file = "", line = 0, from, to = null } = remedy;
  const lines = host.read(file).split("\n");
  if (lines[line - 1] !== from) throw new Error(`line ${line} of ${file} is not ${from}: ${lines[line - 1]}`);
  const kept = to === null ? lines.toSpliced(line - 1, 1) : lines.with(line - 1, to);
  // In place, so that owner and mode stay.
  await host.must(["dd", `of=${file}`, "status=none"], { input: kept.join("\n") });
}

export function look({ host }: DoctorHost, { user, home }: Somebody): Promise<RcSights> {
  return lookAt(host, { user, home, shell: "bash" });
}

const noise: ReadonlySet<string> = new Set(["_", "PATH", "SHLVL"]);

/** What a shell has lost against an earlier look; an empty list where it is at least as good. */
export function listLosses(before: RcSights, after: RcSights): readonly string[] {
  return rcContexts.flatMap((context) => {
    const [was, is] = [before[context], after[context]];
    const entries = new Set((is.env["PATH"] ?? "").split(":"));
    const lost = (was.env["PATH"] ?? "").split(":").filter((entry) => !entries.has(entry));
    const changed = Object.keys(was.env).filter((name) => !noise.has(name) && was.env[name] !== is.env[name]);
    return [
      ...(was.hasAnswered && !is.hasAnswered ? ["does not answer"] : []),
      ...(was.go === is.go ? [] : [`go was ${was.go}, now ${is.go}`]),
      ...lost.map((entry) => `PATH has lost ${entry}`),
      ...changed.map((name) => `${name} was ${was.env[name]}, now ${is.env[name] ?? "unset"}`),
    ].map((fault) => `${context}: ${fault}`);
  });
}
