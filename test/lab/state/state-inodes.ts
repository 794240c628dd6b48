import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openLines, sealFile, sealLines } from "./state-seal.ts";

type Locate = (path: string) => string;

/**
 * Makes the state of a rebuilt host name that host's trees: a receipt and a journal hold inode numbers of trees, and a
 * journal hashes of receipts. Nothing else of a text changes. `inodes` are those that the state was written with.
 */
export function refreshInodes(inodes: ReadonlyMap<string, string>, locate: Locate): void {
  const numbers = new Map([...inodes].map(([tree, inode]) => [inode, inodeOf(locate(tree))]));
  rewriteState(locate, (text) =>
    text.replaceAll(/("inode": ?")(\d+)"/g, (whole, key: string, inode: string) => {
      const now = numbers.get(inode);
      return now === undefined ? whole : `${key}${now}"`;
    }),
  );
}

/** The inode number of each tree or link that the state may name, by its path. */
export function readTreeInodes(locate: Locate): ReadonlyMap<string, string> {
  return new Map(listTrees(locate).map((tree) => [tree, inodeOf(locate(tree))]));
}

/** Rewrites every text of a host's state by `change`, and the hashes that one text of the state has of another. */
export function rewriteState(locate: Locate, change: (text: string) => string): void {
  const files = listStateTexts(locate);
  const hashes = new Map<string, string>();
  for (const file of files) {
    const before = readFileSync(file, "latin1");
    const after = reseal(before, change(before));
    if (after === before) continue;
    hashes.set(hash(before), hash(after));
    write(file, after);
  }
  // A journal that has the hash of a receipt is the hash of nothing; so one pass is enough.
  for (const file of files) {
    const before = readFileSync(file, "latin1");
    const after = reseal(
      before,
      before.replaceAll(/\b[0-9a-f]{64}\b/g, (sha256) => hashes.get(sha256) ?? sha256),
    );
    if (after !== before) write(file, after);
  }
}

/** With the checksums of schema 2 as readygo makes them. */
function reseal(before: string, after: string): string {
  if (before === after) return after;
  if (!after.startsWith("{")) return sealLines(openLines(after));
  return after.includes('"checksum": "') ? sealFile(JSON.parse(after) as Record<string, unknown>) : after;
}

/** Every directory or link that stands at /usr/local/go, or is kept or staged in its stead. */
function listTrees(locate: Locate): readonly string[] {
  const list = (path: string): readonly string[] => {
    const stat = lstatSync(locate(path), { throwIfNoEntry: false });
    return stat?.isDirectory() === true ? readdirSync(locate(path)).map((name) => join(path, name)) : [];
  };
  const store = "/usr/local/.readygo";
  const staged = list(`${store}/staging`);
  return ["/usr/local/go", ...list(`${store}/previous`), ...staged, ...staged.flatMap(list)].filter(
    (path) => lstatSync(locate(path), { throwIfNoEntry: false }) !== undefined,
  );
}

/** The receipt, the journal, and the copies of receipts among the backups. */
function listStateTexts(locate: Locate): readonly string[] {
  const state = locate("/var/lib/readygo");
  if (lstatSync(state, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(state, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => /^(?:[{[]|[0-9a-f]{16} \{)/.test(readFileSync(file, "latin1")));
}

function inodeOf(real: string): string {
  return String(lstatSync(real, { bigint: true }).ino);
}

function hash(latin1: string): string {
  return createHash("sha256").update(Buffer.from(latin1, "latin1")).digest("hex");
}

function write(file: string, text: string): void {
  const { atime, mtime } = statSync(file);
  writeFileSync(file, text, { encoding: "latin1" });
  utimesSync(file, atime, mtime);
}
