import { type InferOutput, literal, pipe, regex, string, variant } from "valibot";
import { checkOwnPlaces } from "../host/state/own-places.ts";
import { isKeptRelease, places } from "../host/places.ts";
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
import { closed, time } from "../host/state/state-shapes.ts";
import type { SystemFiles } from "../host/system-files.ts";
import { hashBytes } from "../release/sha256.ts";
import { makeDirectoryRecord, removeDirectoryRecord } from "./acts/change-directory.ts";
import { linkRecord } from "./acts/change-link.ts";
import { commitRecord } from "./acts/commit.ts";
import { copyRecord, deleteOriginalRecord } from "./acts/displace-by-copy.ts";
import { exchangeRecord } from "./acts/exchange-trees.ts";
import { moveAdditionRecord } from "./acts/move-addition.ts";
import { moveRecord } from "./acts/move-tree.ts";
import { isBelow } from "./acts/record-parts.ts";
import { stageRecord } from "./acts/stage.ts";
import { writeRecord } from "./acts/write-file.ts";

/** What is about to be done; each is on the disk before its act, so that it can be undone from any moment on. */
const journalRecord = variant("kind", [
  closed({ kind: literal("begin"), id: pipe(string(), regex(/^\d{8}T\d{9}Z$/)), command: string(), at: time }),
  stageRecord,
  makeDirectoryRecord,
  removeDirectoryRecord,
  writeRecord,
  linkRecord,
  moveRecord,
  moveAdditionRecord,
  exchangeRecord,
  copyRecord,
  deleteOriginalRecord,
  commitRecord,
]);
export type JournalRecord = InferOutput<typeof journalRecord>;

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
