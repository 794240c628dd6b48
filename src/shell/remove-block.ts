import { joinLines, splitLines } from "./file-lines.ts";
import { offPrefix, type ShellDialect } from "./managed-block.ts";
import { takeOutBlock } from "./managed-text.ts";
import { scanLines } from "./scan-lines.ts";

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
