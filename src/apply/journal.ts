import { check, type InferOutput, literal, nullable, picklist, pipe, regex, string, variant } from "valibot";
import {
  accountName,
  closed,
  component,
  componentPattern,
  digits,
  listOf,
  mode,
  path,
  pathWhere,
  sha256,
  time,
} from "../host/state/state-shapes.ts";
import type { AbsolutePath } from "../host/absolute-path.ts";
import { checkOwnPlaces } from "../host/state/own-places.ts";
import { isHomeDirectory, isHomeFile, isKeptRelease, places } from "../host/places.ts";
import type { ReadFiles } from "../host/ports.ts";
import {
  firstWriter,
  nameWriter,
  parseState,
  readStateText,
  requireKnownSchema,
  stateInvalid,
  stateSchema,
  unknownWriter,
} from "../host/state/state-file.ts";
import type { SystemFiles } from "../host/system-files.ts";
import { hashBytes } from "../release/sha256.ts";

/**
 * How a tree, or a link in its place, is recognised after a crash. The modification time of the root directory is set
 * when it is unpacked and no rename touches it; the inode number of a directory is not stable on an overlay whose
 * layers lie on different file systems (Documentation/filesystems/overlayfs.rst, "Inode properties"), so it is asked
 * only where the time tells nothing: two trees of one second, on a file system or in an image that keeps no more.
 */
const treeIdentity = closed({ kind: picklist(["directory", "link"]), mtimeNs: digits, inode: digits });
export type TreeIdentity = InferOutput<typeof treeIdentity>;

/** Kept in /var/lib/readygo/backups while the transaction is open; by its name no other backup is taken for one. */
const undoBackup = closed({ name: pipe(component, regex(/^undo-\d{8}T\d{9}Z-\d+$/)), sha256, mode });

/** Null for the system. Of what is named in a home, the child that works there sees to it that it lies there. */
const owner = nullable(accountName);
const stagedPlace = pathWhere((path) => isBelow(path, places.staging, 1));
const keptTree = (path: AbsolutePath): boolean =>
  isBelow(path, places.staging, 1) || isBelow(path, places.staging, 2) || isBelow(path, places.previous, 1);
const treePlace = pathWhere((path) => path === places.goroot || keptTree(path));
const copyPlace = pathWhere(keptTree);
const stateFiles: readonly string[] = [places.receipt, places.treeManifest, places.logHead, places.unfinished];
const deletion = pathWhere(
  (path) =>
    stateFiles.includes(path) ||
    path === places.partial ||
    isBelow(path, places.backups, 1) ||
    isBelow(path, places.previous, 1) ||
    isBelow(path, places.staging, 1),
);

/** What is about to be done; each is on the disk before its act, so that it can be undone from any moment on. */
const anyRecord = variant("kind", [
  closed({ kind: literal("begin"), id: pipe(string(), regex(/^\d{8}T\d{9}Z$/)), command: string(), at: time }),
  closed({ kind: literal("make-directory"), path, owner }),
  closed({ kind: literal("remove-directory"), path, owner }),
  closed({ kind: literal("stage"), path: stagedPlace }),
  closed({ kind: literal("write"), path, owner, before: nullable(undoBackup), after: nullable(sha256) }),
  closed({ kind: literal("move"), from: treePlace, to: treePlace, identity: treeIdentity }),
  closed({
    kind: literal("exchange"),
    one: treePlace,
    other: treePlace,
    identityOfOne: treeIdentity,
    identityOfOther: treeIdentity,
  }),
  /** The file system refuses to rename `path`: it is copied to `copy`; nothing of it is deleted before `delete-original`. */
  closed({ kind: literal("copy"), path: treePlace, copy: copyPlace }),
  closed({ kind: literal("delete-original"), path: treePlace, copy: copyPlace, identity: treeIdentity }),
  /** From here on the new state holds; only these deletions remain. */
  closed({ kind: literal("commit"), deletions: listOf(deletion) }),
]);
export type JournalRecord = InferOutput<typeof anyRecord>;

const journalRecord = pipe(anyRecord, check(isOfOurs, "a path that is not readygo's"));

function isOfOurs(record: JournalRecord): boolean {
  if (!("owner" in record)) return true;
  if (record.owner !== null) return record.kind === "write" ? isHomeFile(record.path) : isHomeDirectory(record.path);
  if (record.kind !== "write") return places.profile.startsWith(`${record.path}/`);
  return record.path === places.profile || stateFiles.includes(record.path) || isBelow(record.path, places.backups, 1);
}

/** Writes one transaction's records, each with a checksum over itself and all before it. */
export interface Journal {
  append(record: JournalRecord): void;
}

export function openJournal(system: SystemFiles, writtenBy: string): Journal {
  let sum = "";
  return {
    append(record) {
      const begun = record.kind === "begin" ? { schema: stateSchema, writtenBy } : {};
      const text = JSON.stringify({ ...begun, ...record });
      const next = sumOf(sum, text);
      system.append(places.journal, `${next} ${text}\n`);
      sum = next;
    },
  };
}

/**
 * The records of an unfinished transaction; empty where there is none. A last line without its newline was being
 * written when the machine stopped: its act had not begun, so it is left out.
 *
 * @throws ProvisionError `state-invalid` where anything in it is not what readygo writes; as checkOwnPlaces
 */
export function readJournal(files: ReadFiles): readonly JournalRecord[] {
  checkOwnPlaces(files);
  const lines = (readStateText(files, places.journal) ?? "").split("\n").slice(0, -1);
  const [first] = lines;
  if (first === undefined) return [];
  const texts = first.startsWith("{") ? lines : openLines(files, lines);
  const values = texts.map((text, index) => parseLine(files, text, index));
  const { schema, writtenBy: writer } = values[0] ?? {};
  const writtenBy = texts === lines ? firstWriter : nameWriter(writer);
  if (texts !== lines) requireKnownSchema(files, places.journal, { schema, writtenBy });
  return values.map((whole, index) => {
    const { schema: _, writtenBy: __, ...value } = whole;
    const record = parseState(files, places.journal, { schema: journalRecord, value, writtenBy });
    if ((record.kind === "begin") === (index === 0) && isOfCommand(record, values[0]?.["command"])) return record;
    throw stateInvalid(files, places.journal, `line ${index + 1}: a ${record.kind} does not stand there`, writtenBy);
  });
}

/** What readygo did not install lies under previous/ too; only `uninstall`, which brings it back, empties its place. */
function isOfCommand(record: JournalRecord, command: unknown): boolean {
  if (record.kind !== "commit" || command === "uninstall") return true;
  return record.deletions.every((path) => !isBelow(path, places.previous, 1) || isKeptRelease(path));
}

/** The lines without their checksums, each held against its own. The first schema had none. */
function openLines(files: ReadFiles, lines: readonly string[]): readonly string[] {
  let sum = "";
  return lines.map((line, index) => {
    const text = line.slice(sumLength + 1);
    sum = sumOf(sum, text);
    if (line === `${sum} ${text}`) return text;
    throw stateInvalid(
      files,
      places.journal,
      `line ${index + 1}: its checksum is not that of its content`,
      unknownWriter,
    );
  });
}

function parseLine(files: ReadFiles, text: string, index: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw stateInvalid(files, places.journal, `line ${index + 1} is not JSON`, unknownWriter, cause);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw stateInvalid(files, places.journal, `line ${index + 1} is not a record`, unknownWriter);
}

const sumLength = 16;

function sumOf(before: string, text: string): string {
  return hashBytes(Buffer.from(before + text)).slice(0, sumLength);
}

/** Whether a path is `base` and that many components more. */
function isBelow(path: AbsolutePath, base: AbsolutePath, components: number): boolean {
  const rest = path.startsWith(`${base}/`) ? path.slice(base.length + 1).split("/") : [];
  return rest.length === components && rest.every((name) => componentPattern.test(name));
}
