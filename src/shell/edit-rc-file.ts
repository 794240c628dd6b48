import { type FileLine, joinLines, lineEndOf, splitLines } from "./file-lines.ts";
import { findPlace } from "./find-place.ts";
import { findForeignBlocks } from "./foreign-blocks.ts";
import { judgeLine, type LineSetting } from "./judge-line.ts";
import { beginMark, blockBody, endMark, joinedMark, offPrefix, type ShellDialect } from "./managed-block.ts";
import { takeOutBlock } from "./managed-text.ts";
import { type LineScan, scanLines } from "./scan-lines.ts";

export interface RcEditRequest {
  /** Decoded as latin1, so that every byte survives. */
  readonly text: string;
  readonly dialect: ShellDialect;
  /** The user's home as the host names it. */
  readonly home: string;
  /** Whether a directory holds the commands of a Go other than ours. Asked for absolute paths only. */
  readonly isOtherGo: (directory: string) => boolean;
  /**
   * `false` where the shell did not accept the text with lines switched off: no further line is, and each is reported.
   * Lines that an earlier run switched off stay so. Default `true`.
   */
  readonly disableLines?: boolean;
}

export interface RcChange {
  /** In the text that was given, from 1; for an added block the line it stands before (the end: one past the last). */
  readonly line: number;
  readonly kind: "block-added" | "block-refreshed" | "line-disabled";
  readonly before: string;
  readonly after: string;
}

export interface RcReport {
  readonly line: number;
  readonly text: string;
  readonly why: string;
}

export interface RcEdit {
  /** Equal to the text that was given where there is nothing to do. */
  readonly text: string;
  readonly changes: readonly RcChange[];
  readonly reported: readonly RcReport[];
}

/**
 * Puts our block where every shell that reads the file reaches it, and switches off lines that set GOROOT or put
 * another Go on PATH. Applying it to its own result changes nothing, and `removeFromRcFile` is its exact inverse.
 */
export function editRcFile(request: RcEditRequest): RcEdit {
  const { dialect } = request;
  const given = splitLines(request.text);
  const { lines, numbers, at, taken } = takeOutBlock(given, dialect);
  const scan = scanLines(lines, dialect);
  const foreign = findForeignBlocks(lines, scan);
  const numberOf = (index: number): number => numbers[index] ?? given.length + 1;

  const verdicts = judgeAll(lines, scan, foreign, request);
  const changes: RcChange[] = [];
  const reported: RcReport[] = [];
  const edited = lines.map((line, index): FileLine => {
    const verdict = verdicts[index];
    if (verdict?.action === "report")
      reported.push({ line: numberOf(index), text: line.body.trim(), why: verdict.why });
    if (verdict?.action !== "disable") return line;
    const off = { ...line, body: offPrefix + line.body };
    changes.push({ line: numberOf(index), kind: "line-disabled", before: line.body, after: off.body });
    return off;
  });

  // A whole block stays where the user may have moved it.
  const isKept = at !== undefined && at <= scan.openFrom && scan.starts[at] === "code" && foreign[at] !== true;
  const place = isKept ? at : findPlace(lines, scan, foreign);
  const above = edited.slice(0, place);
  const block = blockLines(dialect, lineEndOf(lines), above);
  const text = joinLines([...closeLast(above, lineEndOf(lines)), ...block, ...edited.slice(place)]);
  const before = joinLines(taken);
  const after = joinLines(block);
  if (taken.length === 0) {
    changes.push({
      line: place < lines.length ? numberOf(place) : given.length + 1,
      kind: "block-added",
      before,
      after,
    });
  } else if (before !== after || !isKept) {
    changes.push({ line: firstGap(numbers), kind: "block-refreshed", before, after });
  }
  return { text, changes: changes.toSorted((a, b) => a.line - b.line), reported };
}

/** The directories that `editRcFile` would ask about, for a caller that can only find out asynchronously. */
export function directoriesToAsk(request: Omit<RcEditRequest, "isOtherGo">): readonly string[] {
  const asked = new Set<string>();
  editRcFile({
    ...request,
    isOtherGo: (directory) => {
      asked.add(directory);
      return false;
    },
  });
  return [...asked];
}

type Verdict = { readonly action: "disable" | "report"; readonly why: string };

function judgeAll(
  lines: readonly FileLine[],
  scan: LineScan,
  foreign: readonly boolean[],
  request: RcEditRequest,
): readonly (Verdict | undefined)[] {
  const variables = new Map([["HOME", request.home]]);
  const settings = lines.map((line, index) => {
    const isOff = line.body.startsWith(offPrefix);
    const body = isOff ? line.body.slice(offPrefix.length) : line.body;
    const setting = judgeLine(body, { ...request, variables });
    const goroot = setting.kind === "goroot" ? variables.get("GOROOT") : undefined;
    if (scan.starts[index] === "code" && index < scan.openFrom) {
      for (const [name, value] of setting.sets) {
        if (value === undefined) variables.delete(name);
        else variables.set(name, value);
      }
    }
    return isOff ? undefined : { ...setting, goroot: setting.sets.get("GOROOT") ?? goroot };
  });
  // Taking GOROOT away would turn a leading `$GOROOT/bin` into /bin, and bring forward the distribution's Go there.
  const needsGoroot = settings.some((setting) => setting?.leadsWithGoroot === true);
  return settings.map((setting, index) => {
    if (setting === undefined || setting.kind === "none") return undefined;
    if (setting.kind === "goroot" && needsGoroot && setting.goroot === "/usr/local/go") {
      return { action: "report", why: `${setting.why}, which a later line with other directories needs` };
    }
    return verdictOf(setting, index, scan, foreign, request.disableLines ?? true);
  });
}

function verdictOf(
  setting: LineSetting,
  index: number,
  scan: LineScan,
  foreign: readonly boolean[],
  disableLines: boolean,
): Verdict {
  const { kind, why } = setting;
  const report = (reason: string): Verdict => ({ action: "report", why: `${why}; ${reason}` });
  if (kind === "gopath" || kind === "mixed") return { action: "report", why };
  if (index >= scan.openFrom) return report("stands after something that is opened and never closed");
  if (scan.starts[index] === "text") return report("stands in a quoted text");
  if (scan.starts[index] !== "code" || scan.starts[index + 1] !== "code")
    return report("is a part of a longer command");
  if (foreign[index] === true) return report("stands in another tool's block");
  if (scan.inFunction[index] === true) return report("stands in a function");
  return disableLines ? { action: "disable", why } : report("could not be switched off so that the file still parses");
}

/**
 * In a CRLF file our lines end in CRLF, too, and each line of code in ` #` before it: the shell would otherwise read
 * the carriage return as a part of the last word.
 */
function blockLines(dialect: ShellDialect, end: "\n" | "\r\n", above: readonly FileLine[]): readonly FileLine[] {
  const isJoined = above.at(-1)?.end === "";
  const bodies = [beginMark, ...(isJoined ? [joinedMark] : []), ...blockBody(dialect), endMark];
  return bodies.map((body) => ({ body: end === "\r\n" && !body.startsWith("#") ? `${body} #` : body, end }));
}

function closeLast(above: readonly FileLine[], end: "\n" | "\r\n"): readonly FileLine[] {
  const last = above.at(-1);
  return last?.end === "" ? [...above.slice(0, -1), { ...last, end }] : above;
}

function firstGap(numbers: readonly number[]): number {
  const gap = numbers.findIndex((number, index) => number !== index + 1);
  return (gap === -1 ? numbers.length : gap) + 1;
}
