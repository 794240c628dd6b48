import { posix } from "node:path";
import { check, type InferOutput, literal, nullable, pipe, regex } from "valibot";
import { ProvisionError } from "../../errors/provision-error.ts";
import { absolutePath, type AbsolutePath } from "../../host/absolute-path.ts";
import { isHomeFile, places } from "../../host/places.ts";
import { closed, component, mode, path, sha256 } from "../../host/state/state-shapes.ts";
import { hashBytes, type Sha256 } from "../../release/sha256.ts";
import { mostManifestBytes } from "../../host/state/backups.ts";
import { chooseRestored } from "../restore-file.ts";
import type { ApplyPorts, Transaction } from "./act.ts";
import { isBelow, notOurs, owner, stateFiles } from "./record-parts.ts";

/** Kept in /var/lib/readygo/backups while the transaction is open; by its name no other backup is taken for one. */
const undoBackup = closed({ name: pipe(component, regex(/^undo-\d{8}T\d{9}Z-\d+$/)), sha256, mode });

export const writeRecord = pipe(
  closed({ kind: literal("write"), path, owner, before: nullable(undoBackup), after: nullable(sha256) }),
  check(({ path, owner }) => (owner === null ? isOwnFile(path) : isHomeFile(path)), notOurs),
);
export type WriteRecord = InferOutput<typeof writeRecord>;

function isOwnFile(path: AbsolutePath): boolean {
  return path === places.profile || stateFiles.includes(path) || isBelow(path, places.backups, 1);
}

export interface FileWrite {
  readonly path: AbsolutePath;
  readonly owner: string | null;
  readonly content: Buffer | null;
  readonly mode: number;
  readonly expected: Sha256 | null;
}

/** Replaces, makes or (content null) removes one file; `expected` is the content it must still have, null for absent. */
export async function writeFile(ports: ApplyPorts, transaction: Transaction, request: FileWrite): Promise<void> {
  const { path, owner, content, mode, expected } = request;
  const now = await readOwned(ports, path, owner);
  const nowSha256 = now === undefined ? null : hashBytes(now.content);
  if (nowSha256 !== expected) {
    throw new ProvisionError("step-failed", `${path} was changed by somebody else while readygo ran`);
  }
  const isThere = now !== undefined && nowSha256 !== null;
  const name = `undo-${transaction.id}-${transaction.records.length}`;
  const before = isThere ? { name, sha256: nowSha256, mode: now.mode } : null;
  // The record comes before its backup: cut off between them, the file is still as it was and needs none.
  transaction.record({ kind: "write", path, owner, before, after: content === null ? null : hashBytes(content) });
  if (now !== undefined && before !== null) {
    ports.system.replace(absolutePath(places.backups, before.name), now.content, 0o600);
  }
  await putOwned(ports, { path, owner, content, mode: now?.mode ?? mode, expected });
}

/** One file of readygo's own state, for root alone. */
export async function writeState(
  ports: ApplyPorts,
  transaction: Transaction,
  path: AbsolutePath,
  content: Buffer,
): Promise<void> {
  const now = ports.files.read(path, mostManifestBytes);
  const expected = now === undefined ? null : hashBytes(now);
  await writeFile(ports, transaction, { path, owner: null, content, mode: 0o600, expected });
}

/** What was to be written back is gone. */
export class LostBackup extends Error {
  override readonly name = "LostBackup";
}

/** @returns a warning where not all could be undone for want of a whole backup */
export async function undoWrite(ports: ApplyPorts, record: WriteRecord): Promise<string | undefined> {
  const { path, owner, before, after } = record;
  if (owner === null) ports.system.removeTemporary(path);
  else await ports.home(owner).removeTemporary(path);
  const now = await readOwned(ports, path, owner);
  const expected = now === undefined ? null : hashBytes(now.content);
  // Not as we were about to leave it: the act had not begun, or somebody has written there since.
  if (expected !== after || expected === (before?.sha256 ?? null)) return undefined;
  const put = (content: Buffer | null, mode: number): Promise<void> =>
    putOwned(ports, { path, owner, content, mode, expected });
  const kept = before === null ? null : { ...before, backup: before.name };
  const restored = chooseRestored(ports.files, { path, owner, before: kept }, now?.content);
  switch (restored.kind) {
    case "before":
      await put(restored.content, restored.mode);
      return undefined;
    case "part":
      if (restored.content !== undefined) await put(restored.content, now?.mode ?? 0o644);
      return `${path} is not as it was: ${restored.why}; readygo's part was taken out of it, and nothing else`;
    case "lost":
      throw new LostBackup(restored.why);
  }
}

interface OwnedFile {
  readonly content: Buffer;
  readonly mode: number;
}

/** A file of the system by root, one in a home by that account's own child. */
export async function readOwned(
  ports: ApplyPorts,
  path: AbsolutePath,
  owner: string | null,
): Promise<OwnedFile | undefined> {
  if (owner !== null) return ports.home(owner).read(path);
  const stat = ports.files.stat(path);
  const content = ports.files.read(path);
  return stat === undefined || content === undefined ? undefined : { content, mode: stat.mode };
}

export async function putOwned(ports: ApplyPorts, { path, owner, content, mode, expected }: FileWrite): Promise<void> {
  if (owner !== null) {
    const home = ports.home(owner);
    if (content === null) await home.remove(path, { ifSha256: expected });
    else await home.replace(path, content, { mode, ifSha256: expected });
    return;
  }
  if (content === null) ports.system.removeFile(path);
  else ports.system.replace(path, content, mode);
  ports.system.syncDirectory(absolutePath(posix.dirname(path)));
}
