import { constants } from "node:os";
import process from "node:process";
import { Stopped, type ProcessPort } from "./cli/process-port.ts";
import { isUnpackWorker, runUnpackWorker } from "./fetch/unpack-worker.ts";
import { absolutePath } from "./host/absolute-path.ts";

declare const __READYGO_VERSION__: string;

// The same file is the command, the thread that unpacks, and the child that works in a user's home.
if (isUnpackWorker()) runUnpackWorker();
else await runMain();

// What a thread or a child does not need, it does not load.
async function runMain(): Promise<void> {
  leaveLostDirectory();
  const { isHomeChild, runHomeChild } = await import("./host/home-child.ts");
  if (isHomeChild(process.argv)) return runHomeChild(process.argv);
  const { runCli } = await import("./cli/run-cli.ts");
  const hasLostOutput = watchOutput();
  // Not by running dry: a connection attempt that was given up keeps its socket for another ten seconds. What was
  // written to a terminal, file or pipe is out by now (node's process I/O is synchronous for these on Linux).
  const exit = await runCli(openProcess());
  // A failed write is told after the call that made it.
  await new Promise((resolve) => setImmediate(resolve));
  process.exit(exit === 0 && hasLostOutput() ? 1 : exit);
}

/**
 * A terminal or pipe that goes away must not end a run in the middle of a transaction: what cannot be said is left out.
 * A result that could not be written for another reason than a reader who left (EPIPE) shows in the exit code.
 */
function watchOutput(): () => boolean {
  let isLost = false;
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    isLost ||= error.code !== "EPIPE";
  });
  return () => isLost;
}

/** The directory that readygo was started in may have been removed since; only a relative path would have needed it. */
function leaveLostDirectory(): void {
  try {
    process.cwd();
  } catch {
    process.chdir("/");
  }
}

function openProcess(): ProcessPort {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => stop.abort(new Stopped(signal, constants.signals[signal])));
  }
  return {
    argv: process.argv.slice(2),
    env: process.env,
    cwd: absolutePath(process.cwd()),
    uid: process.getuid?.() ?? -1,
    isTerminal: process.stderr.isTTY,
    stdout: process.stdout,
    stderr: process.stderr,
    stop: stop.signal,
    entry: [...process.execArgv, process.argv[1] ?? ""],
    version: typeof __READYGO_VERSION__ === "string" ? __READYGO_VERSION__ : "0.0.0-source",
  };
}
