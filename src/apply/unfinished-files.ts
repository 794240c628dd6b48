import { boolean, check, type InferOutput, nullable, pipe, string } from "valibot";
import { absolutePath } from "../host/absolute-path.ts";
import { HomeRefusal, type HomeRefusalKind } from "../host/home/home-refusal.ts";
import { isHomeDirectory, isHomeFile, places } from "../host/places.ts";
import type { ReadFiles } from "../host/ports.ts";
import { backup } from "../host/state/receipt.ts";
import { formatStateFile, readStateFile } from "../host/state/state-file.ts";
import { accountName, closed, listOf, path, sha256, time } from "../host/state/state-shapes.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import type { Emit } from "../errors/event.ts";
import { hashBytes } from "../release/sha256.ts";
import { chooseRestored } from "./restore-file.ts";
import type { ApplyPorts } from "./acts/act.ts";
import { putOwned, readOwned } from "./acts/write-file.ts";

/** A file in a home that a run was to restore, and could not: the home gave no answer, or its owner stands in the way. */
const unfinishedFile = pipe(
  closed({
    path,
    owner: accountName,
    /** As readygo left it; null where it had removed it. */
    left: nullable(sha256),
    /** What it is to become again; null for no file. */
    before: nullable(backup),
    createdDirectories: listOf(path),
    /** True where a run was rolled back: then a file that was changed since stays as its owner wants it. */
    isUndo: boolean(),
    since: time,
    reason: string(),
  }),
  check(({ path }) => isHomeFile(path), "not a file of readygo's"),
  check(
    ({ path, createdDirectories }) =>
      createdDirectories.every((directory) => path.startsWith(`${directory}/`) && isHomeDirectory(directory)),
    "a directory that readygo does not make for the file",
  ),
);
export type UnfinishedFile = InferOutput<typeof unfinishedFile>;

const unfinishedShape = closed({ files: listOf(unfinishedFile) });

/** What keeps a file from being restored for now. The others are for good, or concern the whole machine. */
const passing: ReadonlySet<HomeRefusalKind> = new Set([
  "unanswered",
  "link",
  "kind",
  "size",
  "owner",
  "hard-links",
  "rights",
]);

/** Whether the next run may succeed where this one was refused. */
export function isPassing(error: unknown): error is HomeRefusal {
  return error instanceof HomeRefusal && passing.has(error.kind);
}

/** @throws ProvisionError as readStateFile */
export function readUnfinished(files: ReadFiles): readonly UnfinishedFile[] {
  return readStateFile(files, places.unfinished, unfinishedShape)?.files ?? [];
}

export function formatUnfinished(unfinished: readonly UnfinishedFile[], writtenBy: string): Buffer {
  return Buffer.from(formatStateFile({ files: unfinished }, writtenBy));
}

/** Those that were known and those that have come, each once. */
export function mergeUnfinished(
  known: readonly UnfinishedFile[],
  more: readonly UnfinishedFile[],
): readonly UnfinishedFile[] {
  const isAgain = (file: UnfinishedFile): boolean =>
    known.some(({ path, before }) => path === file.path && before?.backup === file.before?.backup);
  return [...known, ...more.filter((file) => !isAgain(file))];
}

/** Not part of a transaction: each file is restored whole or not at all, and one that is restored already is left. */
export function storeUnfinished(ports: ApplyPorts, unfinished: readonly UnfinishedFile[]): void {
  if (unfinished.length === 0) ports.system.removeFile(places.unfinished);
  else ports.system.replace(places.unfinished, formatUnfinished(unfinished, ports.writtenBy), 0o600);
}

export function describeUnfinished({ path, reason }: UnfinishedFile): string {
  return `${path} could not be restored: ${reason}; what it needs is kept, and the next run restores it`;
}

/**
 * Restores what earlier runs could not; all homes at the same time, since each may take its bound. What still cannot be
 * restored stays for the next run, with a warning.
 */
export async function finishFiles(ports: ApplyPorts & { readonly emit: Emit }): Promise<void> {
  const unfinished = readUnfinished(ports.files);
  if (unfinished.length === 0) return;
  const byOwner = Map.groupBy(unfinished, ({ owner }) => owner);
  const left = await Promise.all([...byOwner.values()].map((files) => finishHome(ports, files)));
  const rest = left.flat();
  const needed = new Set(rest.map(({ before }) => before?.backup));
  for (const { before } of unfinished) {
    if (before !== null && !needed.has(before.backup))
      ports.system.removeFile(absolutePath(places.backups, before.backup));
  }
  storeUnfinished(ports, rest);
  ports.system.removeEmptyDirectory(places.backups);
  ports.system.removeEmptyDirectory(places.state);
}

async function finishHome(
  ports: ApplyPorts & { readonly emit: Emit },
  files: readonly UnfinishedFile[],
): Promise<readonly UnfinishedFile[]> {
  const rest: UnfinishedFile[] = [];
  for (const file of files) {
    try {
      await finishFile(ports, file);
      ports.emit({ kind: "notice", text: `${file.path}: what an earlier run could not restore is restored` });
    } catch (error) {
      if (isPassing(error)) {
        const still = { ...file, reason: error.message };
        rest.push(still);
        ports.emit({ kind: "warning", text: describeUnfinished(still) });
      } else if (error instanceof HomeRefusal || (error instanceof ProvisionError && error.code === "user-unknown")) {
        ports.emit({ kind: "warning", text: `${file.path} is left as it is: ${error.message}` });
      } else {
        throw error;
      }
    }
  }
  return rest;
}

async function finishFile(ports: ApplyPorts, file: UnfinishedFile): Promise<void> {
  const { path, owner, left, before, isUndo } = file;
  const now = await readOwned(ports, path, owner);
  const expected = now === undefined ? null : hashBytes(now.content);
  const isRestored = expected === (before?.sha256 ?? null);
  // One that its owner has deleted since, or has changed after a run that was rolled back, stays as its owner wants it.
  const isOwners = expected !== left && (isUndo || now === undefined);
  if (!isRestored && !isOwners) {
    const restored = chooseRestored(ports.files, file, now?.content);
    const mode = restored.kind === "before" ? restored.mode : (now?.mode ?? 0o644);
    const content = restored.kind === "lost" ? undefined : restored.content;
    if (content !== undefined) await putOwned(ports, { path, owner, content, mode, expected });
  }
  for (const directory of file.createdDirectories.toReversed()) await ports.home(owner).removeDirectory(directory);
}
