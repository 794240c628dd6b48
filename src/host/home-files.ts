import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import process from "node:process";
import type { Readable, Writable } from "node:stream";
import type { AbsolutePath } from "./absolute-path.ts";
import { type HomeAnswer, type HomeRequest, homeRole, type HomeRole } from "./home-child.ts";
import { type Expectation, type HomeFile, openHomeDirectory, type ReplaceOptions } from "./home-directory.ts";
import { HomeRefusal } from "./home-refusal.ts";
import type { GoTreeSurvey } from "./go-tree-survey.ts";
import type { Account } from "./ports.ts";

export type { Expectation, HomeFile, ReplaceOptions } from "./home-directory.ts";
export { HomeRefusal, type HomeRefusalKind } from "./home-refusal.ts";

/**
 * The files of one home directory, worked with under its account's rights. Paths are the host's own and lie in the
 * home directory. What can't be worked with safely rejects with HomeRefusal.
 */
export interface HomeFiles {
  /**
   * A file that could be replaced as well: regular, at most 1 MiB, the account's own, with one name, in a directory
   * that the account can write. Links are followed inside the home directory. `undefined` where there is none, but one
   * could be made.
   */
  read(path: AbsolutePath): Promise<HomeFile | undefined>;
  /** Whole and durable, or not at all; the file keeps its group and, without `mode`, its mode. */
  replace(path: AbsolutePath, content: Buffer, options?: ReplaceOptions): Promise<void>;
  remove(path: AbsolutePath, expectation?: Expectation): Promise<void>;
  /** Takes away what a `replace` of this path that was killed has left beside it. */
  removeTemporary(path: AbsolutePath): Promise<void>;
  /** One directory, 0700; false where it was there already. */
  makeDirectory(path: AbsolutePath): Promise<boolean>;
  /** False where it isn't there or isn't empty. */
  removeDirectory(path: AbsolutePath): Promise<boolean>;
  isDirectory(path: AbsolutePath): Promise<boolean>;
  /** Whether a directory, anywhere on the host, holds a Go's commands and none of others; false where it does not answer. */
  isGoDirectory(directory: AbsolutePath): Promise<boolean>;
  /** The Go trees at the places in a home where people and version managers keep them. */
  findGoTrees(): Promise<readonly AbsolutePath[]>;
  /** One of them, read whole, for which it has a minute. */
  surveyGoTree(path: AbsolutePath): Promise<GoTreeSurvey>;
  /** Ends the child. */
  close(): Promise<void>;
}

export interface HomeOptions {
  readonly account: Account;
  /** "" or DIR of `--root DIR`. */
  readonly root: string;
  /** Arguments that make `process.execPath` this program: node's own options, then the script. */
  readonly entry: readonly string[];
  /** Milliseconds that one request may take; default 10,000. */
  readonly timeoutMs?: number;
}

/** Opens a home: in this process where it runs as the account already, else through a child that does. */
export function openHome(options: HomeOptions): HomeFiles {
  const { account, root } = options;
  if (account.uid !== process.getuid?.()) return openThroughChild(options);
  const directory = openHomeDirectory({ uid: account.uid, home: account.home, root });
  return {
    read: async (path) => directory.read(path),
    replace: async (path, content, replace = {}) => directory.replace(path, content, replace),
    remove: async (path, expectation = {}) => directory.remove(path, expectation),
    removeTemporary: async (path) => directory.removeTemporary(path),
    makeDirectory: async (path) => directory.makeDirectory(path),
    removeDirectory: async (path) => directory.removeDirectory(path),
    isDirectory: async (path) => directory.isDirectory(path),
    isGoDirectory: async (path) => directory.isGoDirectory(path),
    findGoTrees: async () => directory.findGoTrees(),
    surveyGoTree: async (path) => directory.surveyGoTree(path),
    close: async () => undefined,
  };
}

function openThroughChild(options: HomeOptions): HomeFiles {
  let open: HomeChild | undefined;
  /** Looks at what a user's PATH names: where that does not answer, the home still has its own child. */
  let looking: HomeChild | undefined;
  let replacements = 0;
  let last: Promise<unknown> = Promise.resolve();
  /** One at a time, in the order in which they came. */
  const ask = (request: HomeRequest): Promise<HomeAnswer> => {
    const answer = last.then(() => {
      // Somebody killed it: what it was in the middle of is undone by another. One that hangs is not tried again.
      if (open?.hasDied === true && replacements < mostReplacements) {
        replacements += 1;
        open = undefined;
      }
      open ??= new HomeChild(options);
      return open.ask(request);
    });
    last = answer.catch(() => undefined);
    return answer;
  };
  const tell = async (request: HomeRequest): Promise<void> => void (await ask(request));
  const decide = async (request: HomeRequest): Promise<boolean> => {
    const answer = await ask(request);
    return answer.kind === "done" && answer.value === true;
  };
  return {
    async read(path) {
      const answer = await ask({ act: "read", path });
      return answer.kind === "file" ? { ...answer.file, content: Buffer.from(answer.content, "base64") } : undefined;
    },
    replace: (path, content, replace = {}) =>
      tell({ act: "replace", path, content: content.toString("base64"), ...replace }),
    remove: (path, expectation = {}) => tell({ act: "remove", path, ...expectation }),
    removeTemporary: (path) => tell({ act: "removeTemporary", path }),
    makeDirectory: (path) => decide({ act: "makeDirectory", path }),
    removeDirectory: (path) => decide({ act: "removeDirectory", path }),
    isDirectory: (path) => decide({ act: "isDirectory", path }),
    async isGoDirectory(path) {
      looking ??= new HomeChild(options);
      try {
        const answer = await looking.ask({ act: "isGoDirectory", path });
        return answer.kind === "done" && answer.value === true;
      } catch (error) {
        if (error instanceof HomeRefusal && error.kind === "unanswered") return false;
        throw error;
      }
    },
    async findGoTrees() {
      const answer = await ask({ act: "findGoTrees", path: options.account.home });
      return answer.kind === "trees" ? answer.trees : [];
    },
    async surveyGoTree(path) {
      const answer = await ask({ act: "surveyGoTree", path });
      if (answer.kind !== "survey") throw new Error(`the process for ${path} answered with ${answer.kind}`);
      return answer.survey;
    },
    async close() {
      await last;
      await Promise.all([open?.close(), looking?.close()]);
      open = undefined;
      looking = undefined;
    },
  };
}

const mostReplacements = 2;
const mostMsToEnd = 1_000;
const defaultTimeoutMs = 10_000;
/** A cold disk of 10 MB/s needs half of it for a tree. */
const surveyTimeoutMs = 60_000;
const mostComplaint = 2_000;

async function atMost(milliseconds: number, event: Promise<void>): Promise<void> {
  let bound: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    bound = setTimeout(resolve, milliseconds);
  });
  await Promise.race([event, over]);
  clearTimeout(bound);
}

/** The child process. After a request that it left unanswered, every further one is refused at once. */
class HomeChild {
  readonly #account: Account;
  readonly #timeoutMs: number;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #ended: Promise<void>;
  #isReady = false;
  #hasDied = false;
  #complaint = "";
  #failure: string | undefined;
  #waiting: ((answer: HomeAnswer) => void) | undefined;

  constructor({ account, root, entry, timeoutMs }: HomeOptions) {
    this.#account = account;
    this.#timeoutMs = timeoutMs ?? defaultTimeoutMs;
    const role: HomeRole = { name: account.name, uid: account.uid, gid: account.gid, home: account.home, root };
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
    createInterface({ input: child.stdout, terminal: false }).on("line", (line) => this.#receive(line));
    this.#holdLoop(false);
  }

  /** True where it ended by itself or was killed by another, not for a request that it had left unanswered. */
  get hasDied(): boolean {
    return this.#hasDied;
  }

  /** Throws HomeRefusal, or a plain Error with the child's message, code and syscall. */
  async ask(request: HomeRequest): Promise<HomeAnswer> {
    const answer = await this.#exchange(request);
    if (answer.kind === "refused") throw new HomeRefusal(answer.refusal, answer.path, answer.reason);
    if (answer.kind === "failed") {
      const { code, syscall } = answer;
      throw Object.assign(
        new Error(answer.message),
        code === null ? {} : { code },
        syscall === null ? {} : { syscall },
      );
    }
    return answer;
  }

  async close(): Promise<void> {
    this.#holdLoop(true);
    this.#child.stdin.end();
    if (this.#failure === undefined) await atMost(this.#timeoutMs, this.#ended);
    this.#kill();
    // In a file system that does not answer it does not end by any signal: then it is left to that.
    await atMost(mostMsToEnd, this.#ended);
    this.#holdLoop(false);
  }

  async #exchange(request: HomeRequest): Promise<HomeAnswer> {
    const refuse = (reason: string): HomeAnswer => ({
      kind: "refused",
      refusal: "unanswered",
      reason,
      path: request.path,
    });
    if (this.#failure !== undefined) return refuse(this.#failure);
    this.#holdLoop(true);
    const timeoutMs = request.act === "surveyGoTree" ? surveyTimeoutMs : this.#timeoutMs;
    const answer = await new Promise<HomeAnswer>((resolve) => {
      const bound = setTimeout(() => {
        this.#fail(`${this.#account.home} gave no answer within ${timeoutMs} ms`);
        this.#kill();
      }, timeoutMs);
      this.#waiting = (received) => {
        clearTimeout(bound);
        this.#waiting = undefined;
        resolve(received);
      };
      this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    });
    this.#holdLoop(false);
    return this.#failure === undefined ? answer : refuse(this.#failure);
  }

  #receive(line: string): void {
    try {
      const answer = JSON.parse(line) as HomeAnswer;
      if (answer.kind === "ready") this.#isReady = true;
      else if (this.#isReady) this.#waiting?.(answer);
    } catch {
      this.#fail(`the process for it answered ${JSON.stringify(line.slice(0, 80))}`);
      this.#kill();
    }
  }

  #fail(reason: string): void {
    this.#failure ??= reason;
    this.#waiting?.({ kind: "refused", refusal: "unanswered", reason: this.#failure, path: this.#account.home });
  }

  /** The whole group; a process that hangs in a dead network file system stays until that answers. */
  #kill(): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // It is gone already.
    }
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
