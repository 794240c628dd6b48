import { type FileLine, joinLines, lineEndOf, splitLines } from "./file-lines.ts";
import { findGuard } from "./find-guard.ts";
import {
  beginMark,
  blockBody,
  type BlockKind,
  endMark,
  joinedMark,
  knownBodies,
  offPrefix,
  removeOurProfile,
} from "./managed-block.ts";

/** Where the block is to stand: `same` is where it stands now. */
export type BlockPlace = "end" | "before-guard" | "same";

export interface FoundBlock {
  /** Whether it is, byte for byte, what this readygo writes. */
  readonly isCurrent: boolean;
  /** What stands above and below it, without anything of ours. */
  readonly above: string;
  readonly below: string;
}

/** Whether our block stands in an rc file, of whatever kind and age. */
export function hasBlock(text: string): boolean {
  return takeOut(splitLines(text)).at !== undefined;
}

/** Our block in an rc file; undefined where there is none. All texts are latin1, so that every byte survives. */
export function findBlock(text: string, block: BlockKind): FoundBlock | undefined {
  const lines = splitLines(text);
  const { kept, at, taken } = takeOut(lines);
  if (at === undefined) return undefined;
  const wanted = blockLines(block, lineEndOf(kept), kept.slice(0, at));
  return {
    isCurrent: isSameBlock(taken, wanted) && !lines.some(isOff),
    above: joinLines(kept.slice(0, at)),
    below: joinLines(kept.slice(at)),
  };
}

/**
 * The text with our block in one place, and without any other of ours. Lines that an earlier readygo switched off come
 * back. Applying it to its own result changes nothing, and `removeBlock` is its exact inverse.
 */
export function putBlock(text: string, block: BlockKind, place: BlockPlace): string {
  const out = takeOut(splitLines(text));
  const kept = out.kept.map(switchOn);
  const end = lineEndOf(kept);
  const at =
    place === "end" ? kept.length : place === "same" ? (out.at ?? kept.length) : (findGuard(kept) ?? kept.length);
  const above = kept.slice(0, at);
  const last = above.at(-1);
  const closed = last?.end === "" ? [...above.slice(0, -1), { ...last, end }] : above;
  return joinLines([...closed, ...blockLines(block, end, above), ...kept.slice(at)]);
}

/** The text without our block, and with every line that an earlier readygo switched off. */
export function removeBlock(text: string): string {
  return joinLines(takeOut(splitLines(text)).kept.map(switchOn));
}

/** A file without our part of it: one of the system has it from its first line on, one in a home has a block. */
export function removeOurPart(owner: string | null, text: string): string {
  return owner === null ? removeOurProfile(text) : removeBlock(text);
}

/** The note on a missing newline may have become untrue: somebody has written on below. */
function isSameBlock(one: readonly FileLine[], other: readonly FileLine[]): boolean {
  const reduce = (lines: readonly FileLine[]): string => joinLines(lines.filter((line) => plain(line) !== joinedMark));
  return reduce(one) === reduce(other);
}

function isOff({ body }: FileLine): boolean {
  return body.startsWith(offPrefix);
}

function switchOn(line: FileLine): FileLine {
  return isOff(line) ? { ...line, body: line.body.slice(offPrefix.length) } : line;
}

/**
 * In a CRLF file our lines end in CRLF, too, and each line of code in ` #` before it: the shell would otherwise read
 * the carriage return as a part of the last word.
 */
function blockLines(block: BlockKind, end: "\n" | "\r\n", above: readonly FileLine[]): readonly FileLine[] {
  const isJoined = above.at(-1)?.end === "";
  const bodies = [beginMark, ...(isJoined ? [joinedMark] : []), ...blockBody(block), endMark];
  return bodies.map((body) => ({ body: end === "\r\n" && !body.startsWith("#") ? `${body} #` : body, end }));
}

interface TakenOut {
  readonly kept: readonly FileLine[];
  /** Index in `kept` where the last whole block stood. */
  readonly at: number | undefined;
  readonly taken: readonly FileLine[];
}

/**
 * Takes out all that stands between our marks. Of a block that lost one of its marks only the lines that are literally
 * ours, next to the mark that is left, are taken; lines that somebody added to a block that is otherwise ours are kept.
 */
function takeOut(lines: readonly FileLine[]): TakenOut {
  const going = new Set<number>();
  let last: number | undefined;
  for (let index = 0; index < lines.length; index += 1) {
    const mark = plain(lines[index]);
    if (mark === beginMark) {
      const end = findEnd(lines, index);
      const found = end === undefined ? [index, ...leftOver(lines, index, 1)] : wholeBlock(lines, index, end);
      for (const at of found) going.add(at);
      if (end === undefined) continue;
      last = index;
      index = end;
    } else if (mark === endMark) {
      for (const at of [index, ...leftOver(lines, index, -1)]) going.add(at);
    }
  }
  const kept: FileLine[] = [];
  let at: number | undefined;
  for (const [index, line] of lines.entries()) {
    if (index === last) at = kept.length;
    if (!going.has(index)) kept.push(line);
    else if (plain(line) === joinedMark) openLast(kept, lines, index, line.end);
  }
  return { kept, at, taken: lines.filter((_, index) => going.has(index)) };
}

/** The end mark of the block that begins there; undefined where another begins before it, or none ends. */
function findEnd(lines: readonly FileLine[], begin: number): number | undefined {
  const next = lines.findIndex((line, at) => at > begin && [beginMark, endMark].includes(plain(line)));
  return next !== -1 && plain(lines[next]) === endMark ? next : undefined;
}

/** The newline above the block came with it, unless somebody has written on below: then it is theirs now. */
function openLast(kept: FileLine[], lines: readonly FileLine[], mark: number, end: FileLine["end"]): void {
  const last = kept.at(-1);
  const blockEnd = findEnd(lines, mark) ?? mark;
  if (last === undefined || blockEnd !== lines.length - 1) return;
  const isOwnEnd = last.end === end || end === "";
  // Only the newline came with the block: a carriage return before it was the last byte of the user's file.
  const body = !isOwnEnd && last.end === "\r\n" ? `${last.body}\r` : last.body;
  kept[kept.length - 1] = { body, end: "" };
}

/** The indexes from mark to mark that are ours. */
function wholeBlock(lines: readonly FileLine[], begin: number, end: number): readonly number[] {
  const inside = Array.from({ length: end - begin - 1 }, (_, offset) => begin + 1 + offset);
  for (const body of knownBodies) {
    const matched = inside.filter(matchInOrder(lines, body));
    if (matched.length === body.length)
      return [begin, ...matched, ...inside.filter((at) => plain(lines[at]) === joinedMark), end];
  }
  // Another readygo's block: its lines aren't known to this one, so all that the marks enclose is the block.
  return [begin, ...inside, end];
}

function matchInOrder(lines: readonly FileLine[], body: readonly string[]): (at: number) => boolean {
  let matched = 0;
  return (at) => {
    if (plain(lines[at]) !== body[matched]) return false;
    matched += 1;
    return true;
  };
}

/** Which lines beside a lone mark are literally ours, going away from it until the first that isn't. */
function leftOver(lines: readonly FileLine[], mark: number, step: 1 | -1): readonly number[] {
  const runs = knownBodies.map((body) => {
    const ordered = step === 1 ? body : body.toReversed();
    const found: number[] = [];
    let from = 0;
    for (let at = mark + step; at >= 0 && at < lines.length; at += step) {
      const line = plain(lines[at]);
      const position = line === joinedMark ? from - 1 : ordered.indexOf(line, from);
      if (position === -1 && line !== joinedMark) break;
      from = position + 1;
      found.push(at);
    }
    return found;
  });
  return runs.reduce((longest, run) => (run.length > longest.length ? run : longest), []);
}

/** A line of ours as blockBody has it: in CRLF files code lines carry a `#` that hides the carriage return. */
function plain(line: FileLine | undefined): string {
  if (line === undefined) return "";
  return line.end === "\r\n" && line.body.endsWith(" #") ? line.body.slice(0, -2) : line.body;
}
