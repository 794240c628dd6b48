import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { posix } from "node:path";
import { absolutePath, type AbsolutePath } from "../absolute-path.ts";
import type { Account } from "../ports.ts";
import { createRealProcesses } from "./real-processes.ts";
import { chooseParents, ifPossible, isOfDeadRun, nameScratch } from "../scratch.ts";

/** A directory that an account owns, for what runs as that account. */
export interface AccountScratch {
  /** Made when it is first asked for. */
  path(): AbsolutePath;
  /** Removes it, and what dead runs have left of theirs. What cannot be removed is left for a later run. */
  remove(): Promise<void>;
}

const name = "account";
/** Entered by everybody and written by root alone: no owner of what is in it can put another thing in its place. */
const enteredByAll = 0o711;
const mostRemoveMs = 10_000;

/** Where the account is readygo's own, it is a part of `ownScratch`, which goes with that. */
export function openAccountScratch(account: Account, ownScratch: string): AccountScratch {
  const isOwn = process.getuid?.() === account.uid;
  let path: AbsolutePath | undefined;
  return {
    path: () => (path ??= isOwn ? makeInside(ownScratch) : makeFor(account)),
    async remove() {
      await removeDead();
      if (path !== undefined && !isOwn) await removeOf(posix.dirname(path));
    },
  };
}

function makeInside(ownScratch: string): AbsolutePath {
  const path = posix.join(ownScratch, name);
  mkdirSync(path, { mode: 0o700 });
  return absolutePath(path);
}

function makeFor(account: Account): AbsolutePath {
  const parent = chooseParents().find(isEnteredByAll) ?? "/tmp";
  const outer = mkdtempSync(posix.join(parent, nameScratch()));
  const path = makeInside(outer);
  chownSync(path, account.uid, account.gid);
  chmodSync(outer, enteredByAll);
  return path;
}

function isEnteredByAll(path: string): boolean {
  return (lstatSync(path).mode & 0o001) !== 0 && (path === "/" || isEnteredByAll(posix.dirname(path)));
}

async function removeDead(): Promise<void> {
  for (const parent of chooseParents()) {
    for (const entry of listIfPossible(parent)) {
      if (isOfDeadRun(entry)) await removeOf(posix.join(parent, entry));
    }
  }
}

/**
 * Its owner may change what is in it at any time, so that root deleting it could be led elsewhere: its owner deletes it, and
 * root what is then two empty directories.
 */
async function removeOf(outer: string): Promise<void> {
  const path = posix.join(outer, name);
  const owner = findOwner(outer, path);
  if (owner === undefined) return;
  const { uid, gid } = owner;
  await createRealProcesses().run({
    argv: [
      "/usr/bin/setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--no-new-privs", "--pdeathsig=KILL", "--",
      "/bin/sh", "-c", 'chmod -R u+rwx -- "$1"; exec find "$1" -mindepth 1 -delete', "sh", path,
    ], // prettier-ignore
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    cwd: absolutePath("/"),
    timeoutMs: mostRemoveMs,
  });
  ifPossible(() => rmdirSync(path));
  ifPossible(() => rmdirSync(outer));
}

/** Undefined unless `outer` is a directory that {@link makeFor} has made, with nothing but `path` in it. */
function findOwner(outer: string, path: string): { readonly uid: number; readonly gid: number } | undefined {
  let owner: { readonly uid: number; readonly gid: number } | undefined;
  ifPossible(() => {
    const stat = lstatSync(outer);
    if (!stat.isDirectory() || stat.uid !== 0 || (stat.mode & 0o7777) !== enteredByAll) return;
    const inner = lstatSync(path);
    if (inner.isDirectory() && inner.uid !== 0) owner = { uid: inner.uid, gid: inner.gid };
  });
  return owner;
}

function listIfPossible(directory: string): readonly string[] {
  let names: readonly string[] = [];
  ifPossible(() => {
    names = readdirSync(directory);
  });
  return names;
}
