import { join } from "node:path";
import { Writable } from "node:stream";
import { runCli } from "../../../src/cli/run-cli.ts";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import { checkout } from "./lab-cache.ts";

/** The built program; also what a home's child is started from when a command runs in this process. */
export const builtProgram = join(checkout, "dist/readygo.mjs");

export interface InProcessRun {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command in this process: some milliseconds, where a process of its own takes a hundred. */
export async function runInProcess(argv: readonly string[], sudoUser: string): Promise<InProcessRun> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const collect = (into: string[]): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        into.push(chunk.toString("utf8"));
        done();
      },
    });
  const exit = await runCli({
    argv,
    env: { SUDO_USER: sudoUser },
    cwd: absolutePath("/"),
    uid: 0,
    isTerminal: false,
    stdin: process.stdin,
    stdout: collect(stdout),
    stderr: collect(stderr),
    stop: new AbortController().signal,
    entry: [builtProgram],
    version: "0.0.0",
  });
  return { exit, stdout: stdout.join(""), stderr: stderr.join("") };
}
