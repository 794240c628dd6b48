import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { CommandResult } from "../hosts/command.ts";

/** What runs commands in an emulated machine: qemu's guest agent, one JSON object a line over a serial port of its own. */
export interface GuestAgent {
  /** Starts a command and waits for nothing: what ends the machine ends the agent too. */
  start(argv: readonly string[]): Promise<void>;
  run(argv: readonly string[], options?: { readonly timeoutMs?: number }): Promise<CommandResult>;
  close(): void;
}

interface ExecStatus {
  readonly exited: boolean;
  readonly exitcode?: number;
  readonly "out-data"?: string;
  readonly "err-data"?: string;
}

interface Answer {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
}

const pollMs = 200;

/**
 * Connects to the agent at the socket `path` of a machine that is starting, and waits until it answers.
 *
 * Commands: https://www.qemu.org/docs/master/interop/qemu-ga-ref.html
 *
 * @throws Error where it has not answered within `timeoutMs`
 */
export async function connectGuestAgent(path: string, timeoutMs: number): Promise<GuestAgent> {
  const socket = connect(path);
  await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  socket.on("error", () => socket.destroy());
  const ask = createAsker(socket);
  // qemu drops what is written before the guest has opened its end: asked again and again, each time by another number.
  const end = performance.now() + timeoutMs;
  for (let id = 1; ; id += 1) {
    const hasAnswered = ask("guest-sync", { id }).then((answered) => answered === id);
    if (await Promise.race([hasAnswered, sleep(1000, false)])) break;
    // Late answers to earlier numbers pass by.
    await sleep(500);
    if (performance.now() > end || socket.destroyed) {
      socket.destroy();
      throw new Error(`the guest's agent has not answered within ${timeoutMs / 1000} s`);
    }
  }
  const exec = async ([command, ...args]: readonly string[]): Promise<{ readonly pid: number }> =>
    (await ask("guest-exec", { path: command, arg: args, "capture-output": true })) as { readonly pid: number };
  return {
    async start(argv) {
      await exec(argv);
    },
    async run(argv, { timeoutMs: boundMs = 120_000 } = {}) {
      const startedAt = performance.now();
      const { pid } = await exec(argv);
      for (;;) {
        const status = (await ask("guest-exec-status", { pid })) as ExecStatus;
        const durationMs = performance.now() - startedAt;
        if (status.exited || durationMs > boundMs) {
          const text = (data = ""): string => Buffer.from(data, "base64").toString("utf8");
          return {
            status: status.exitcode ?? null,
            signal: null,
            stdout: text(status["out-data"]),
            stderr: text(status["err-data"]),
            isTimedOut: !status.exited,
            durationMs,
          };
        }
        await sleep(pollMs);
      }
    },
    close: () => socket.destroy(),
  };
}

type Ask = (execute: string, args: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** Answers come in the order of the questions; the one to a `guest-sync` that was asked too early comes late or never. */
function createAsker(socket: Socket): Ask {
  let waiting: { resolve(value: unknown): void; reject(error: Error): void } | undefined;
  createInterface({ input: socket }).on("line", (line) => {
    const answer = JSON.parse(line) as Answer;
    if (answer.error === undefined) waiting?.resolve(answer.return);
    else waiting?.reject(new Error(`the guest's agent: ${answer.error.desc}`));
  });
  socket.once("close", () => waiting?.reject(new Error("the machine has ended")));
  return async (execute, args) =>
    await new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      socket.write(`${JSON.stringify({ execute, arguments: args })}\n`);
    });
}
