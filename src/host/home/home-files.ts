import process from "node:process";
import type { AbsolutePath } from "../absolute-path.ts";
import { type ChildFailure, fromChildFailure } from "../child/child-failure.ts";
import { ChildService } from "../child/child-service.ts";
import type { HomeAnswer, HomeRequest } from "./home-child.ts";
import { type Expectation, type HomeFile, openHomeDirectory, type ReplaceOptions } from "./home-directory.ts";
import type { Account } from "../ports.ts";

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
  /** Ends the child; waits for that 4 s at most, after what it was asked has been answered or refused. */
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
  /** Milliseconds that all requests together may take; default: as many as six that give no answer. */
  readonly totalMs?: number;
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
    close: async () => undefined,
  };
}

function openThroughChild(options: HomeOptions): HomeFiles {
  const { account, root, entry, timeoutMs = defaultTimeoutMs, totalMs = timeoutMs * mostTimeouts } = options;
  let leftMs = totalMs;
  const { name, uid, gid, home } = account;
  type Child = ChildService<Exclude<HomeAnswer, ChildFailure>>;
  const start = (): Child => new ChildService({ role: { name, uid, gid, home, root, serves: "files" }, entry });
  let open: Child | undefined;
  let replacements = 0;
  let last: Promise<unknown> = Promise.resolve();
  /** One at a time, in the order in which they came. */
  const ask = (request: HomeRequest): Promise<HomeAnswer> => {
    const answer = last.then(async () => {
      // Somebody killed it: what it was in the middle of is undone by another. One that hangs is not tried again.
      if (open?.hasDied === true && replacements < mostReplacements) {
        replacements += 1;
        open = undefined;
      }
      open ??= start();
      const startedAt = performance.now();
      const given = await open.ask(request, { timeoutMs, subject: home, path: request.path });
      leftMs -= performance.now() - startedAt;
      if (leftMs < 0) open.kill(`${home} took more than ${totalMs} ms for all that was asked of it`);
      if (given.kind === "refused" || given.kind === "failed") throw fromChildFailure(given);
      return given;
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
    async close() {
      await last;
      await open?.close();
      open = undefined;
    },
  };
}

const mostReplacements = 2;
const defaultTimeoutMs = 10_000;
/** All requests together take as long as so many that give no answer: a home may be slow with each of very many. */
const mostTimeouts = 6;
