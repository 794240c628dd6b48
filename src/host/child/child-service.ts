import { type ChildProcessByStdio, spawn } from "node:child_process";
import process from "node:process";
import type { Readable, Writable } from "node:stream";
import { readBoundedLines } from "./bounded-lines.ts";
import type { ChildFailure } from "./child-failure.ts";
import { homeRole, type HomeRole } from "../home/home-child.ts";

export interface ChildServiceOptions {
  readonly role: HomeRole;
  /** Arguments that make `process.execPath` this program: node's own options, then the script. */
  readonly entry: readonly string[];
}

export interface RequestBound {
  readonly timeoutMs: number;
  /** Of the message, as in "/home/ann gave no answer within 700 ms". */
  readonly subject: string;
  /** What a refusal is about. */
  readonly path: string;
}

/** A tree's survey has at most 4 MiB of names and 65,536 times some 130 bytes more; a home's file 1 MiB in base64. */
const mostAnswerBytes = 16 * 1024 * 1024;
const mostComplaint = 2_000;
/** For a child that is asked to end, and once more for the kernel to end one that is killed. */
const endMs = 2_000;

/**
 * A child process that answers one request after another. After a request that it left unanswered, every further one is
 * refused at once.
 */
export class ChildService<Answer extends { readonly kind: string }> {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #home: string;
  readonly #ended: Promise<void>;
  #isReady = false;
  #hasDied = false;
  #hasEnded = false;
  #complaint = "";
  #failure: string | undefined;
  #waiting: ((answer: Answer | ChildFailure) => void) | undefined;

  constructor({ role, entry }: ChildServiceOptions) {
    this.#home = role.home;
    const child = spawn(process.execPath, [...entry, homeRole, JSON.stringify(role)], {
      // Nothing of root's environment reaches a process of the user's, and no terminal.
      env: {},
      cwd: "/",
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      const end = (reason: string): void => {
        this.#hasEnded = true;
        this.#fail(reason);
        resolve();
      };
      child.on("error", (error) => end(`the process for it could not be started: ${error.message}`));
      child.on("exit", (status, signal) => {
        this.#hasDied = this.#failure === undefined;
        end(`the process for it ended (${signal ?? status})${this.#complaint === "" ? "" : `: ${this.#complaint}`}`);
      });
    });
    // What it did not read, it says by ending.
    child.stdin.on("error", () => undefined);
    child.stderr.on("data", (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString("utf8")).trim().slice(0, mostComplaint);
    });
    readBoundedLines(child.stdout, mostAnswerBytes, {
      onLine: (line) => this.#receive(line),
      onTooLong: () => this.kill(`the process for it answered more than ${mostAnswerBytes} bytes`),
    });
    this.#holdLoop(false);
  }

  /** True where it ended by itself or was killed by another, not for a request that it had left unanswered. */
  get hasDied(): boolean {
    return this.#hasDied;
  }

  /** True where it is of no use any more, whatever the reason. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** What it answers, or what went wrong. It is killed where it gives no answer in time. */
  async ask(request: object, { timeoutMs, subject, path }: RequestBound): Promise<Answer | ChildFailure> {
    if (this.#failure !== undefined) return refuse(this.#failure, path);
    this.#holdLoop(true);
    const answer = await new Promise<Answer | ChildFailure>((resolve) => {
      const bound = setTimeout(() => this.kill(`${subject} gave no answer within ${timeoutMs} ms`), timeoutMs);
      this.#waiting = (received) => {
        clearTimeout(bound);
        this.#waiting = undefined;
        resolve(received);
      };
      this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    });
    this.#holdLoop(false);
    return this.#failure === undefined ? answer : refuse(this.#failure, path);
  }

  /** Refuses what it is asked, now and later, for this reason, and kills its whole group. */
  kill(reason: string): void {
    this.#fail(reason);
    if (this.#child.pid === undefined || this.#hasEnded) return;
    try {
      process.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // It is gone already.
    }
  }

  /**
   * Ends the child, and waits for that 4 s at most: one that hangs in a file system that does not answer cannot be ended
   * before that answers, and is left to the kernel.
   */
  async close(): Promise<void> {
    this.#holdLoop(true);
    this.#child.stdin.end();
    if (this.#failure === undefined) await this.#waitForEnd();
    if (!this.#hasEnded) {
      this.kill("the process for it was asked to end, and did not");
      await this.#waitForEnd();
    }
    this.#holdLoop(false);
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) stream.destroy();
  }

  async #waitForEnd(): Promise<void> {
    let bound: NodeJS.Timeout | undefined;
    const isOver = new Promise<void>((resolve) => {
      bound = setTimeout(resolve, endMs);
    });
    await Promise.race([this.#ended, isOver]);
    clearTimeout(bound);
  }

  #receive(line: string): void {
    try {
      const answer = JSON.parse(line) as Answer | { readonly kind: "ready" };
      if (isReadiness(answer)) this.#isReady = true;
      else if (this.#isReady) this.#waiting?.(answer);
    } catch {
      this.kill(`the process for it answered ${JSON.stringify(line.slice(0, 80))}`);
    }
  }

  #fail(reason: string): void {
    this.#failure ??= reason;
    this.#waiting?.(refuse(this.#failure, this.#home));
  }

  /** While nothing is asked of it, the child keeps readygo from ending no more than its pipes do. */
  #holdLoop(isHeld: boolean): void {
    const change = isHeld ? "ref" : "unref";
    this.#child[change]();
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) {
      if (change in stream && typeof stream[change as keyof typeof stream] === "function") {
        (stream as unknown as Record<"ref" | "unref", () => void>)[change]();
      }
    }
  }
}

function isReadiness(answer: { readonly kind: string }): answer is { readonly kind: "ready" } {
  return answer.kind === "ready";
}

function refuse(reason: string, path: string): ChildFailure {
  return { kind: "refused", refusal: "unanswered", reason, path };
}
