import { spawn } from "node:child_process";
import type { Processes, RunRequest, RunResult } from "./ports.ts";

const mostOutputBytes = 1024 * 1024;
const killGraceMs = 2_000;

/**
 * Real children. Each leads a session of its own (no controlling terminal, so nothing it starts can push characters
 * into ours by TIOCSTI); its whole process group is killed at the bound, and when `stop` is aborted.
 */
export function createRealProcesses(stop?: AbortSignal): Processes {
  return { run: (request) => runChild(request, stop) };
}

function runChild(request: RunRequest, stop: AbortSignal | undefined): Promise<RunResult> {
  const argv =
    request.asUser === undefined ? request.argv : ([...becomeUser(request.asUser), ...request.argv] as const);
  const [command, ...args] = argv;
  const started = performance.now();
  return new Promise((resolve, reject) => {
    if (stop?.aborted === true) {
      reject(stop.reason as Error);
      return;
    }
    const child = spawn(command, args, {
      env: { ...request.env },
      cwd: request.cwd,
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    let isTimedOut = false;
    const killGroup = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // The group is gone already.
      }
    };
    let afterGrace: NodeJS.Timeout | undefined;
    const end = (): void => {
      killGroup();
      // A grandchild that left the group may hold the pipes open: stop waiting for their end.
      afterGrace = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, killGraceMs);
    };
    const bound = setTimeout(() => {
      isTimedOut = true;
      end();
    }, request.timeoutMs);
    const onExit = (): void => {
      afterGrace ??= setTimeout(() => {
        killGroup();
        child.stdout.destroy();
        child.stderr.destroy();
      }, killGraceMs);
    };
    stop?.addEventListener("abort", end, { once: true });
    const settle = (): void => {
      clearTimeout(bound);
      clearTimeout(afterGrace);
      stop?.removeEventListener("abort", end);
    };
    child.on("exit", onExit);
    child.on("error", (error) => {
      settle();
      reject(error);
    });
    child.on("close", (status, signal) => {
      settle();
      killGroup();
      if (stop?.aborted === true) reject(stop.reason as Error);
      else
        resolve({
          status,
          signal,
          stdout: stdout(),
          stderr: stderr(),
          isTimedOut,
          durationMs: performance.now() - started,
        });
    });
    // A child that ends without reading its input is no failure of ours.
    child.stdin.on("error", () => undefined);
    child.stdin.end(request.input ?? "");
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
    "--",
  ];
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on("data", (chunk: Buffer) => {
    if (size < mostOutputBytes) chunks.push(chunk.subarray(0, mostOutputBytes - size));
    size += chunk.length;
  });
  return () => Buffer.concat(chunks).toString("utf8");
}
