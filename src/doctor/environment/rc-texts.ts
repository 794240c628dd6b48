import type { Account } from "../../host/ports.ts";
import { type AbsolutePath, absolutePath } from "../../host/absolute-path.ts";
import { isClosedText } from "../../observe/is-closed-text.ts";
import { rcFileCandidates } from "../../shell/choose-rc-files.ts";
import { beginMark, endMark, type ShellDialect } from "../../shell/managed-block.ts";
import { type DoctorContext, oncePerAccount } from "../doctor-context.ts";

/** A file that a shell of an account reads when it starts. */
export interface RcText {
  readonly path: AbsolutePath;
  readonly dialect: ShellDialect;
  /** Without line ends, as they stand there. */
  readonly lines: readonly string[];
  /** Where readygo's block begins and ends, counted from 1; undefined where there is none. */
  readonly block: { readonly begin: number; readonly end: number } | undefined;
}

/** A line of such a file that is not readygo's own. */
export interface RcLine {
  readonly number: number;
  readonly text: string;
}

/** The account's shell files that are there, read by the account, once in a run. */
export const readRcTexts = oncePerAccount(readAll);

async function readAll(context: DoctorContext, account: Account): Promise<readonly RcText[]> {
  const texts = await Promise.all(
    rcFileCandidates(account.home).map(async (path) => {
      const text = await context.readHome(account, path);
      return text === undefined ? [] : [parseRcText(path, text)];
    }),
  );
  return texts.flat();
}

export function parseRcText(path: AbsolutePath, text: string): RcText {
  const lines = text.split("\n");
  const bare = lines.map((line) => line.replace(/ #\r$|\r$/, ""));
  const [begin, end] = [bare.indexOf(beginMark), bare.lastIndexOf(endMark)];
  const block = begin >= 0 && end > begin ? { begin: begin + 1, end: end + 1 } : undefined;
  return { path, dialect: dialectOf(path), lines, block };
}

function dialectOf(path: string): ShellDialect {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (name.endsWith(".fish")) return "fish";
  if (name.startsWith(".z")) return "zsh";
  return name.startsWith(".bash") ? "bash" : "sh";
}

/** All but comments, blank lines and readygo's block. */
export function listOwnLines({ lines, block }: RcText): readonly RcLine[] {
  return lines
    .map((text, at): RcLine => ({ number: at + 1, text }))
    .filter(({ number, text }) => {
      const isOurs = block !== undefined && number >= block.begin && number <= block.end;
      return !isOurs && text.trim() !== "" && !text.trimStart().startsWith("#");
    });
}

/** Whether the command on that line is inside nothing: the shell's own parser takes the text up to it for a whole one. */
export function isTopLevel(context: DoctorContext, account: Account, rc: RcText, line: number): Promise<boolean> {
  return isWhole(context, account, rc, rc.lines.slice(0, line));
}

/** Whether the file is still a whole script without that line. */
export function isWholeWithout(context: DoctorContext, account: Account, rc: RcText, line: number): Promise<boolean> {
  return isWhole(context, account, rc, rc.lines.toSpliced(line - 1, 1));
}

async function isWhole(
  { processes }: DoctorContext,
  account: Account,
  { dialect }: RcText,
  lines: readonly string[],
): Promise<boolean> {
  try {
    return await isClosedText(processes, account, { text: `${lines.join("\n")}\n`, dialect });
  } catch {
    // That shell is not on the host.
    return false;
  }
}

/** `FILE:LINE`, taken apart; undefined for any other words of origin. */
export function parsePlace(origin: string): { readonly file: AbsolutePath; readonly line: number } | undefined {
  const [, file, line] = /^(\/.*):(\d+)$/s.exec(origin) ?? [];
  return file === undefined ? undefined : { file: absolutePath(file), line: Number(line) };
}

/** A text file of the system's that root, or whoever asks, may read. */
export function readSystemFile({ files }: DoctorContext, path: AbsolutePath): string | undefined {
  try {
    return files.readStart(path, 65_536)?.toString("utf8");
  } catch {
    return undefined;
  }
}
