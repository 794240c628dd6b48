import type { AbsolutePath } from "../host/absolute-path.ts";
import { joinLines, splitLines } from "./file-lines.ts";
import { offPrefix, profileText, type ShellDialect } from "./managed-block.ts";
import { takeOutBlock } from "./managed-text.ts";
import { scanLines } from "./scan-lines.ts";
import { posix } from "node:path";

/**
 * The inverse of `editRcFile`: our block goes and switched-off lines come back; nothing else changes. For a text that
 * had no marks of ours, `removeFromRcFile(editRcFile(text).text) === text`, byte for byte. `text` is decoded as latin1.
 */
export function removeFromRcFile(text: string, dialect: ShellDialect): string {
  const { lines } = takeOutBlock(splitLines(text), dialect);
  const { starts, openFrom } = scanLines(lines, dialect);
  return joinLines(
    lines.map((line, index) => {
      const isText = index <= openFrom && starts[index] !== "code";
      return isText || !line.body.startsWith(offPrefix) ? line : { ...line, body: line.body.slice(offPrefix.length) };
    }),
  );
}

/** A file of the system is ours from its first line on, without marks; one in a home has a block. */
export function removeOurPart(path: AbsolutePath, owner: string | null, text: string): string {
  if (owner !== null) return removeFromRcFile(text, dialectOf(path));
  return text.startsWith(profileText()) ? text.slice(profileText().length) : text;
}

/** The language of a file that `chooseRcFiles` named, by its name alone. */
export function dialectOf(path: AbsolutePath): ShellDialect {
  const name = posix.basename(path);
  if (name.endsWith(".fish")) return "fish";
  if (name.startsWith(".z")) return "zsh";
  return name.startsWith(".bash") ? "bash" : "sh";
}
