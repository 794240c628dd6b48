import type { FileLine } from "./file-lines.ts";
import { beginMark, blockBody, endMark, joinedMark, type ShellDialect } from "./managed-block.ts";
import { scanLines } from "./scan-lines.ts";

/** A file's lines without our block; switched-off lines are still in it, as they stand. */
export interface TakenOut {
  readonly lines: readonly FileLine[];
  /** For each of `lines`, its number (from 1) in the text that was given. */
  readonly numbers: readonly number[];
  /** Index in `lines` where the (first whole) block stood. */
  readonly at: number | undefined;
  /** What was taken out, as it stood: the block, further blocks, left-overs of damaged ones. */
  readonly taken: readonly FileLine[];
}

/**
 * Takes our block out. Text of the user's is never taken: marks inside a here-document or a quote are text; of a block
 * that lost one of its marks only the lines that are literally ours, next to the mark that is left, are taken; lines
 * added to a block that is otherwise as we write it are kept.
 */
export function takeOutBlock(all: readonly FileLine[], dialect: ShellDialect): TakenOut {
  let out = takeOutOnce(all, dialect);
  // A stray quote in a damaged block can make text of another mark until the block has gone.
  for (let pass = 0; pass < mostPasses; pass += 1) {
    const next = takeOutOnce(out.lines, dialect);
    if (next.taken.length === 0) break;
    const { numbers } = out;
    out = {
      lines: next.lines,
      numbers: next.numbers.map((number) => numbers[number - 1] ?? number),
      at: next.at,
      taken: [...out.taken, ...next.taken],
    };
  }
  return out;
}

const mostPasses = 20;

function takeOutOnce(all: readonly FileLine[], dialect: ShellDialect): TakenOut {
  const scan = scanLines(all, dialect);
  const marks = all.map((line, index) => {
    if (index <= scan.openFrom && scan.starts[index] !== "code") return undefined;
    const body = plain(line);
    return body === beginMark ? "begin" : body === endMark ? "end" : undefined;
  });
  const nextMarks: (number | undefined)[] = [];
  for (let at = all.length - 2; at >= 0; at -= 1)
    nextMarks[at] = marks[at + 1] === undefined ? nextMarks[at + 1] : at + 1;
  const takenIndexes = new Set<number>();
  let first: number | undefined;
  let index = 0;
  while (index < all.length) {
    if (marks[index] === undefined) {
      index += 1;
      continue;
    }
    const next = nextMarks[index];
    if (marks[index] === "begin" && next !== undefined && marks[next] === "end") {
      for (const at of blockLines(all, index, next)) takenIndexes.add(at);
      first ??= index;
      index = next + 1;
    } else {
      takenIndexes.add(index);
      for (const at of leftOver(all, index, marks[index] === "begin" ? 1 : -1)) takenIndexes.add(at);
      index += 1;
    }
  }
  return withoutLines(all, takenIndexes, first);
}

function withoutLines(all: readonly FileLine[], without: ReadonlySet<number>, first: number | undefined): TakenOut {
  const lines: FileLine[] = [];
  const numbers: number[] = [];
  const taken: FileLine[] = [];
  let at: number | undefined;
  let joined: { readonly from: number; readonly end: FileLine["end"] } | undefined;
  for (const [index, line] of all.entries()) {
    if (index === first) at = lines.length;
    if (without.has(index)) {
      taken.push(line);
      if (plain(line) === joinedMark) joined = { from: lines.length, end: line.end };
    } else {
      lines.push(line);
      numbers.push(index + 1);
    }
  }
  const last = lines.at(-1);
  // Where the user has written on below the block, the newline that came with it is theirs now.
  if (joined !== undefined && joined.from === lines.length && last !== undefined) {
    const isOwnEnd = last.end === joined.end || joined.end === "";
    lines[lines.length - 1] = isOwnEnd
      ? { body: last.body, end: "" }
      : // Only the newline came with the block: a carriage return before it was the last byte of the user's file.
        { body: last.end === "\r\n" ? `${last.body}\r` : last.body, end: "" };
  }
  return { lines, numbers, at, taken };
}

/** The indexes from mark to mark that go. */
function blockLines(all: readonly FileLine[], begin: number, end: number): readonly number[] {
  const inside = Array.from({ length: end - begin - 1 }, (_, offset) => begin + 1 + offset);
  for (const body of bodies) {
    const { matched, isWhole } = matchInOrder(all, inside, body);
    if (isWhole) return [begin, ...matched, ...inside.filter((at) => isJoinedMark(all[at])), end];
  }
  // Another readygo's block: its lines aren't known to this one, so all that the marks enclose is the block.
  return [begin, ...inside, end];
}

/** Which lines beside a lone mark are literally ours, going away from it until the first that isn't. */
function leftOver(all: readonly FileLine[], mark: number, step: 1 | -1): readonly number[] {
  let longest: readonly number[] = [];
  for (const body of bodies) {
    const ordered = step === 1 ? body : body.toReversed();
    const found: number[] = [];
    let from = 0;
    for (let at = mark + step; at >= 0 && at < all.length; at += step) {
      const line = all[at];
      if (line === undefined) break;
      if (!isJoinedMark(line)) {
        const position = ordered.indexOf(plain(line), from);
        if (position === -1) break;
        from = position + 1;
      }
      found.push(at);
    }
    if (found.length > longest.length) longest = found;
  }
  return longest;
}

function matchInOrder(
  all: readonly FileLine[],
  indexes: readonly number[],
  body: readonly string[],
): { readonly matched: readonly number[]; readonly isWhole: boolean } {
  const matched: number[] = [];
  for (const at of indexes) {
    const line = all[at];
    if (line !== undefined && plain(line) === body[matched.length]) matched.push(at);
  }
  return { matched, isWhole: matched.length === body.length };
}

const bodies = [blockBody("sh"), blockBody("fish")];

/** A line of ours as blockBody has it: in CRLF files code lines carry a `#` that hides the carriage return. */
function plain(line: FileLine): string {
  return line.end === "\r\n" && line.body.endsWith(" #") ? line.body.slice(0, -2) : line.body;
}

function isJoinedMark(line: FileLine | undefined): boolean {
  return line !== undefined && plain(line) === joinedMark;
}
