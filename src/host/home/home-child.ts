import { answerLook, type LookAnswer, type LookRequest, openGoTreeView } from "../trees/look-request.ts";
import { spareMemory } from "../child/run-bounds.ts";
import { createInterface } from "node:readline";
import process from "node:process";
import type { Sha256 } from "../../release/sha256.ts";
import { absolutePath } from "../absolute-path.ts";
import { type ChildFailure, toChildFailure } from "../child/child-failure.ts";
import { type HomeDirectory, type HomeFile, openHomeDirectory } from "./home-directory.ts";

/** The hidden first argument of the child; the second is a HomeRole as JSON. */
export const homeRole = "__home";

export interface HomeRole {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly root: string;
  /**
   * `files`: reading and writing in the home (HomeRequest). `look`: looking at Go trees below it (LookRequest), and
   * nothing else; only this is served with root's rights, where the role's account is root.
   */
  readonly serves: "files" | "look";
}

/** One line of JSON each; content travels as base64. `ready` is sent once, when the rights are dropped. */
export interface HomeRequest {
  readonly act: keyof HomeDirectory;
  readonly path: string;
  readonly content?: string;
  readonly mode?: number;
  readonly ifSha256?: string | null;
}

export type HomeAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "done"; readonly value: boolean | null }
  | { readonly kind: "file"; readonly file: Omit<HomeFile, "content">; readonly content: string }
  | ChildFailure;

const exitUnprivileged = 77;

/** True in a process that readygo started to work in a home or to look at trees: main.ts asks this first. */
export function isHomeChild(argv: readonly string[]): boolean {
  return argv[2] === homeRole;
}

/**
 * Gives up root for good, then serves one request after another until stdin ends. Nothing of the home directory is
 * looked at before; if any right is left, the process ends with 77 and has served nothing. Root's own process stays root
 * and only looks: the parent can end it where a file system does not answer.
 */
export function runHomeChild(argv: readonly string[]): void {
  const role = JSON.parse(argv[3] ?? "null") as HomeRole;
  // Paths start from here afterwards: directories above --root DIR may be closed to the account.
  process.chdir(role.root === "" ? "/" : role.root);
  if (!isLookingAsRoot(role) && !isDroppedTo(role)) {
    process.exitCode = exitUnprivileged;
    return;
  }
  const answer = openService(role);
  const send = (value: HomeAnswer | LookAnswer): void => {
    process.stdout.write(`${JSON.stringify(value)}\n`);
  };
  // The parent may be gone; there is nobody left to tell.
  process.stdout.on("error", () => process.exit(0));
  send({ kind: "ready" });
  createInterface({ input: process.stdin, terminal: false }).on("line", (line) => {
    send(answer(line));
  });
}

/** Answers a line of JSON. */
function openService({ uid, home, root, serves }: HomeRole): (line: string) => HomeAnswer | LookAnswer {
  const place = { home: absolutePath(home), root: root === "" ? "" : "." };
  if (serves === "look") {
    spareMemory();
    const view = openGoTreeView(place);
    return (line) => answerLook(view, JSON.parse(line) as LookRequest);
  }
  const directory = openHomeDirectory({ uid, ...place });
  return (line) => answerRequest(directory, JSON.parse(line) as HomeRequest);
}

function isLookingAsRoot({ uid, serves }: HomeRole): boolean {
  return serves === "look" && uid === 0 && process.getuid?.() === 0 && process.geteuid?.() === 0;
}

function isDroppedTo({ name, uid, gid, root }: HomeRole): boolean {
  if (process.getuid?.() === 0) {
    takeGroups(name, gid, root);
    process.setgid?.(gid);
    process.setuid?.(uid);
  }
  process.umask(0o022);
  const isAccount =
    process.getuid?.() === uid &&
    process.geteuid?.() === uid &&
    process.getgid?.() === gid &&
    process.getegid?.() === gid;
  return uid !== 0 && isAccount && !canBecomeRoot();
}

/** An image's account has the image's groups, which this machine doesn't know. */
function takeGroups(name: string, gid: number, root: string): void {
  try {
    if (root !== "") process.setgroups?.([gid]);
    else groupInitialiser.initgroups?.(name, gid);
  } catch {
    process.setgroups?.([gid]);
  }
}

/** Left out of Node's type declarations. */
const groupInitialiser = process as { readonly initgroups?: (user: string, extraGroup: number) => void };

function canBecomeRoot(): boolean {
  try {
    process.setuid?.(0);
    return true;
  } catch {
    return false;
  }
}

function answerRequest(directory: HomeDirectory, request: HomeRequest): HomeAnswer {
  try {
    return act(directory, request);
  } catch (error) {
    return toChildFailure(error);
  }
}

function act(directory: HomeDirectory, request: HomeRequest): HomeAnswer {
  const path = absolutePath(request.path);
  const expectation = request.ifSha256 === undefined ? {} : { ifSha256: request.ifSha256 as Sha256 | null };
  switch (request.act) {
    case "replace":
      return done(
        directory.replace(path, Buffer.from(request.content ?? "", "base64"), {
          ...expectation,
          ...(request.mode === undefined ? {} : { mode: request.mode }),
        }),
      );
    case "remove":
      return done(directory.remove(path, expectation));
    case "read":
      return toFileAnswer(directory.read(path));
    case "removeTemporary":
      return done(directory.removeTemporary(path));
    case "makeDirectory":
      return done(directory.makeDirectory(path));
    case "removeDirectory":
      return done(directory.removeDirectory(path));
    case "isDirectory":
      return done(directory.isDirectory(path));
  }
}

function done(value: boolean | void): HomeAnswer {
  return { kind: "done", value: value ?? null };
}

function toFileAnswer(found: HomeFile | undefined): HomeAnswer {
  if (found === undefined) return done();
  const { content, ...file } = found;
  return { kind: "file", file, content: content.toString("base64") };
}
