import { writeSync } from "node:fs";
import { constants } from "node:os";
import process from "node:process";
import { isSea } from "node:sea";
import { Stopped, type ProcessPort } from "./host/process-port.ts";
import { runCli } from "./cli/run-cli.ts";
import { absolutePath } from "./host/absolute-path.ts";
import { isHomeChild, runHomeChild } from "./host/home/home-child.ts";

declare const __READYGO_VERSION__: string;
declare const __READYGO_VERSION_TEXT__: string;

const version = typeof __READYGO_VERSION__ === "string" ? __READYGO_VERSION__ : "0.0.0-source";
// With what a build that is no release says of itself.
const versionText = typeof __READYGO_VERSION_TEXT__ === "string" ? __READYGO_VERSION_TEXT__ : version;

// The same program is the command and the child that works in a user's home.
if (isHomeChild(process.argv)) {
  leaveLostDirectory();
  runHomeChild(process.argv);
} else if (process.argv.length === 3 && process.argv[2] === "--version") {
  // Before anything is loaded; with other words beside it, it is yargs' to answer.
  printVersion();
} else {
  leaveLostDirectory();
  void runCommand();
}

/** Setting up a stream takes as long as all the rest of it. */
function printVersion(): void {
  try {
    writeSync(1, `${versionText}\n`);
  } catch {
    // A full pipe, a full disk, a reader who left: what a stream is for.
    const hasLostOutput = watchOutput();
    process.stdout.write(`${versionText}\n`);
    process.on("exit", () => {
      if (hasLostOutput()) process.exitCode = 1;
    });
  }
}

async function runCommand(): Promise<void> {
  const hasLostOutput = watchOutput();
  // Not by running dry: a connection attempt that was given up keeps its socket for another ten seconds. What was
  // written to a terminal, file or pipe is out by now (node's process I/O is synchronous for these on Linux).
  const exit = await runCli(openProcess());
  // Node reports a failed write after the call that made it.
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
    // A getter: setting up a stream that nobody reads would keep the process waiting for it.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    stop: stop.signal,
    entry: isSea() ? [] : [...process.execArgv, process.argv[1] ?? ""],
    version,
    versionText,
  };
}
