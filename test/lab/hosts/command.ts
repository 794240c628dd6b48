import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { followInside } from "./inside-root.ts";

export interface CommandOptions {
  /** Added to the default environment; `undefined` takes a name out of it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A name of the host's /etc/passwd, with its groups. Default: root. */
  readonly user?: string;
  /** Fed to stdin, which is then closed; without it stdin is /dev/null. */
  readonly input?: string | Buffer;
  /** Leaves stdin open, for whoever holds the `RunningCommand`. */
  readonly keepStdin?: boolean;
  /** Default: /. */
  readonly cwd?: string;
  /** Milliseconds until the command's process group is killed. Default 120,000. */
  readonly timeoutMs?: number;
}

export interface CommandResult {
  /** `null` when a signal ended the command. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly isTimedOut: boolean;
  readonly durationMs: number;
}

export interface RunningCommand {
  /** The command itself as this machine numbers it (not the `nsenter` around it); waits until it has started. */
  pid(): Promise<number>;
  /** Sends a signal to the command itself; nothing happens when it has ended. */
  kill(signal: NodeJS.Signals): Promise<void>;
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<CommandResult>;
}

/** What a command needs to know of its host. */
export interface CommandPlace {
  readonly initPid: number;
  readonly hasOwnNetwork: boolean;
  /** The host's root as this machine sees it. */
  readonly hostRoot: string;
  readonly standardPath: string;
}

export function startCommand(place: CommandPlace, argv: readonly string[], options: CommandOptions): RunningCommand {
  const account = findAccount(place.hostRoot, options.user ?? "root");
  const environment: Record<string, string | undefined> = {
    PATH: place.standardPath,
    HOME: account.home,
    USER: account.name,
    LOGNAME: account.name,
    ...options.env,
  };
  const assignments = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  );
  const asUser =
    account.uid === 0
      ? []
      : ["setpriv", `--reuid=${account.uid}`, `--regid=${account.gid}`, "--init-groups", "--inh-caps=-all", "--"];
  const namespaces = ["--root", "--mount", "--uts", "--ipc", "--pid", ...(place.hasOwnNetwork ? ["--net"] : [])];
  const startedAt = performance.now();
  const inHost = ["--target", String(place.initPid), ...namespaces, "--"];
  const inEnvironment = ["env", "-i", `--chdir=${options.cwd ?? "/"}`, ...assignments];
  const child = spawn("nsenter", [...inHost, ...asUser, ...inEnvironment, ...argv], {
    env: { PATH: place.standardPath },
    // A process group of its own, so that a bound ends the command and all that it started.
    detached: true,
    stdio: [options.input !== undefined || options.keepStdin === true ? "pipe" : "ignore", "pipe", "pipe"],
  });
  const { stdout: output, stderr: errors } = child;
  if (output === null || errors === null) throw new Error("a command was started without pipes");
  child.stdin?.on("error", () => {}); // EPIPE: the command ended without reading all of its input
  if (options.input !== undefined) child.stdin?.end(options.input);

  let isTimedOut = false;
  const bound = setTimeout(() => {
    isTimedOut = true;
    if (child.pid !== undefined) killGroup(child.pid);
  }, options.timeoutMs ?? 120_000);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  output.on("data", (bytes: Buffer) => stdout.push(bytes));
  errors.on("data", (bytes: Buffer) => stderr.push(bytes));
  const exited = new Promise<CommandResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => {
      clearTimeout(bound);
      resolve({
        status,
        signal,
        stdout: Buffer.concat(stdout).toString("utf8"),
        stderr: Buffer.concat(stderr).toString("utf8"),
        isTimedOut,
        durationMs: performance.now() - startedAt,
      });
    });
  });

  const pid = async (): Promise<number> => {
    for (;;) {
      const inner = childOf(child.pid ?? 0);
      if (inner !== undefined) return inner;
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${argv.join(" ")} has ended`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  return {
    pid,
    async kill(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const inner = await pid().catch(() => undefined);
      if (inner !== undefined) signalIfThere(inner, signal);
    },
    stdin: child.stdin,
    stdout: output,
    stderr: errors,
    exited,
  };
}

function findAccount(hostRoot: string, name: string): { name: string; uid: number; gid: number; home: string } {
  const passwd = readFileSync(followInside(hostRoot, "/etc/passwd"), "utf8");
  const fields = passwd
    .split("\n")
    .map((line) => line.split(":"))
    .find((line) => line[0] === name);
  if (fields === undefined) throw new Error(`the host has no user ${name}`);
  return { name, uid: Number(fields[2]), gid: Number(fields[3]), home: fields[5] ?? "/" };
}

/** `nsenter --pid` forks; what it forked becomes the command by a row of execs, under one process number. */
function childOf(pid: number): number | undefined {
  const list = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(list)) return undefined;
  const child = Number(readFileSync(list, "utf8").trim().split(" ")[0]);
  return child > 0 ? child : undefined;
}

function killGroup(leader: number): void {
  signalIfThere(-leader, "SIGKILL");
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
