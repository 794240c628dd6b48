import { spawn, type ChildProcessByStdio } from "node:child_process";
import { constants } from "node:os";
import { Duplex, type Readable, type Writable } from "node:stream";
import { getSystemErrorName } from "node:util";
import type { Processes, RunRequest, RunResult } from "../ports.ts";
import { type RunBounds, usualBounds } from "./run-bounds.ts";
import { supervisorText } from "./supervisor-text.ts";

/** How a family is bounded: by a cgroup of version 2, or by RLIMIT_DATA in each process and a sum over all of them. */
export type BoundMeans = "cgroup" | "limits";

/** The supervisor ends a family within three seconds. One that does not come to it is not waited for. */
const mostMsToEnd = 5_000;
/** Somebody outside the family may hold its pipes. */
const mostMsToDrain = 2_000;

/**
 * Real children. Each leads a session of its own (no controlling terminal, so nothing it starts can push characters
 * into ours by TIOCSTI) below a supervisor that ends it and all that it has started: at the bounds, when `stop` is aborted,
 * when readygo is gone, and when the child itself has ended. `onMeans` is called once, with the first child.
 */
export function createRealProcesses(stop?: AbortSignal, onMeans?: (means: BoundMeans) => void): Processes {
  let isKnown = false;
  const tellOnce = (means: BoundMeans): void => {
    if (!isKnown) onMeans?.(means);
    isKnown = true;
  };
  return { run: (request) => runChild(request, stop, tellOnce) };
}

type Supervisor = ChildProcessByStdio<Writable, Readable, Readable>;

function runChild(
  request: RunRequest,
  stop: AbortSignal | undefined,
  onMeans: (means: BoundMeans) => void,
): Promise<RunResult> {
  const argv =
    request.asUser === undefined ? request.argv : ([...becomeUser(request.asUser), ...request.argv] as const);
  const bounds: RunBounds = { ...usualBounds, ...request.bounds };
  const started = performance.now();
  return new Promise((resolve, reject) => {
    if (stop?.aborted === true) {
      reject(stop.reason as Error);
      return;
    }
    const frame = frameRequest(request, argv, bounds);
    // Root's own, and nothing of the child's: perl reads several variables.
    const supervisor: Supervisor = spawn("/usr/bin/perl", ["-e", supervisorText], {
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
      cwd: "/",
      detached: true,
      stdio: ["pipe", "pipe", "pipe", "pipe"],
    });
    const control = supervisor.stdio[3];
    if (!(control instanceof Duplex)) throw new Error("a child was started without a control channel");
    const report = readReport(control, onMeans);
    const collected = collect([supervisor.stdout, supervisor.stderr], bounds.outputBytes, () => control.write("o"));
    const finish = (): void => {
      clearTimeout(abandoning);
      clearTimeout(draining);
      stop?.removeEventListener("abort", onStop);
    };
    const abandon = (): void => {
      finish();
      abandonSupervisor(supervisor, control, report().pid);
      if (stop?.aborted === true) reject(stop.reason as Error);
      else resolve(describe(report().ended ?? { status: constants.signals.SIGKILL, reason: "time" }));
    };
    const describe = ({ status, reason }: Ending): RunResult => {
      const [stdout = "", stderr = ""] = collected();
      const isByBound = reason !== null;
      const signal = isByBound ? constants.signals.SIGKILL : status & 0x7f;
      return {
        status: signal === 0 ? status >> 8 : null,
        signal: nameSignal(signal),
        stdout,
        stderr,
        endedBy: reason,
        durationMs: performance.now() - started,
      };
    };
    let abandoning = setTimeout(abandon, request.timeoutMs + mostMsToEnd);
    let draining: NodeJS.Timeout | undefined;
    const onStop = (): void => {
      control.write("s");
      clearTimeout(abandoning);
      abandoning = setTimeout(abandon, mostMsToEnd);
    };
    stop?.addEventListener("abort", onStop, { once: true });
    supervisor.on("exit", () => {
      draining = setTimeout(() => destroyStreams(supervisor, control), mostMsToDrain);
    });
    supervisor.on("error", (error) => {
      finish();
      reject(error);
    });
    supervisor.on("close", () => {
      finish();
      const { ended, failedErrno, pid } = report();
      if (stop?.aborted === true) reject(stop.reason as Error);
      else if (failedErrno !== undefined) reject(startFailure(argv[0], failedErrno));
      else {
        // Somebody killed the supervisor.
        if (ended === undefined) killGroup(pid);
        resolve(describe(ended ?? { status: constants.signals.SIGKILL, reason: null }));
      }
    });
    // A child that ends without reading its input is no failure of ours, nor is a supervisor that is gone.
    supervisor.stdin.on("error", () => undefined);
    control.on("error", () => undefined);
    control.write(frame);
    supervisor.stdin.end(request.input ?? "");
  });
}

/** setpriv(1) is util-linux, Essential on Debian and Ubuntu; unlike spawn's own uid and gid it also sets the groups. */
function becomeUser(account: NonNullable<RunRequest["asUser"]>): readonly [string, ...string[]] {
  if (process.getuid?.() === account.uid) return ["/usr/bin/env"];
  return [
    "/usr/bin/setpriv",
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    "--init-groups",
    "--no-new-privs",
    // Another uid takes away what the supervisor had set: the child ends with it, however that ends.
    "--pdeathsig=KILL",
    "--",
  ];
}

/** As supervisor-text.ts reads it. */
function frameRequest(request: RunRequest, argv: readonly string[], bounds: RunBounds): Buffer {
  const variables = Object.entries(request.env).map(([name, value]) => `${name}=${value}`);
  const fields = [
    request.timeoutMs,
    bounds.memoryBytes,
    bounds.processes,
    bounds.fileBytes ?? 0,
    request.cwd,
    variables.length,
    ...variables,
    ...argv,
  ].map(String);
  if (fields.some((field) => field.includes("\0"))) throw new Error("no argument or variable can hold a NUL");
  const content = Buffer.from(fields.join("\0"));
  return Buffer.concat([Buffer.from(`${content.length}\n`), content]);
}

interface Ending {
  /** As wait(2) has it. */
  readonly status: number;
  readonly reason: RunResult["endedBy"];
}

interface Report {
  readonly pid: number | undefined;
  readonly failedErrno: number | undefined;
  readonly ended: Ending | undefined;
}

/** What the supervisor has said so far. */
function readReport(control: Duplex, onMeans: (means: BoundMeans) => void): () => Report {
  let text = "";
  const read = (): Report => {
    const [, pid] = /^started (\d+) /m.exec(text) ?? [];
    const [, errno] = /^failed (\d+)$/m.exec(text) ?? [];
    const [, status, reason] = /^ended (\d+) (\S+)$/m.exec(text) ?? [];
    return {
      pid: pid === undefined ? undefined : Number(pid),
      failedErrno: errno === undefined ? undefined : Number(errno),
      ended: status === undefined ? undefined : { status: Number(status), reason: parseReason(reason) },
    };
  };
  control.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    const [, means] = /^started \d+ (cgroup|limits)$/m.exec(text) ?? [];
    if (means !== undefined) onMeans(means === "cgroup" ? "cgroup" : "limits");
  });
  return read;
}

function parseReason(word: string | undefined): RunResult["endedBy"] {
  return word === "time" || word === "memory" || word === "processes" || word === "output" ? word : null;
}

/** Reads all that comes and keeps `mostBytes` of it; `onMore` is called once, when there is more. */
function collect(streams: readonly Readable[], mostBytes: number, onMore: () => void): () => readonly string[] {
  const kept = streams.map((): Buffer[] => []);
  let size = 0;
  for (const [at, stream] of streams.entries()) {
    stream.on("data", (chunk: Buffer) => {
      const isFirst = size <= mostBytes && size + chunk.length > mostBytes;
      if (size < mostBytes) kept[at]?.push(chunk.subarray(0, mostBytes - size));
      size += chunk.length;
      if (isFirst) onMore();
    });
  }
  return () => kept.map((chunks) => Buffer.concat(chunks).toString("utf8"));
}

function startFailure(program: string, errno: number): Error {
  const code = getSystemErrorName(-errno);
  const syscall = `spawn ${program}`;
  return Object.assign(new Error(`${syscall} ${code}`), { errno: -errno, code, syscall, path: program });
}

function nameSignal(number: number): NodeJS.Signals | null {
  const name = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return name === undefined ? null : (name as NodeJS.Signals);
}

function abandonSupervisor(supervisor: Supervisor, control: Duplex, pid: number | undefined): void {
  supervisor.kill("SIGKILL");
  killGroup(pid);
  destroyStreams(supervisor, control);
  supervisor.unref();
}

function destroyStreams({ stdin, stdout, stderr }: Supervisor, control: Duplex): void {
  for (const stream of [stdin, stdout, stderr, control]) stream.destroy();
}

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // The group is gone already.
  }
}
