import { createHash } from "node:crypto";
import { formatStateFile } from "../../../src/host/state/state-file.ts";

/** A state file of schema 2 with its checksum made anew; one of schema 1, which has none, as it is. */
export function sealFile(data: Readonly<Record<string, unknown>>): string {
  const { schema, writtenBy, checksum, ...body } = data;
  if (checksum === undefined) return `${JSON.stringify(data, null, 2)}\n`;
  const sealed = JSON.parse(formatStateFile(body, String(writtenBy))) as object;
  // A schema that was damaged on purpose stays so.
  return `${JSON.stringify({ ...sealed, schema }, null, 2)}\n`;
}

/** The records of a journal, as texts; `isSealed` where its lines have checksums. */
export function openLines(journal: string): { readonly texts: readonly string[]; readonly isSealed: boolean } {
  const lines = journal.split("\n").slice(0, -1);
  const isSealed = lines[0]?.startsWith("{") === false;
  return { texts: isSealed ? lines.map((line) => line.slice(line.indexOf(" ") + 1)) : lines, isSealed };
}

export function sealLines({
  texts,
  isSealed,
}: {
  readonly texts: readonly string[];
  readonly isSealed: boolean;
}): string {
  let sum = "";
  return texts
    .map((text) => {
      sum = createHash("sha256")
        .update(sum + text)
        .digest("hex")
        .slice(0, 16);
      return isSealed ? `${sum} ${text}\n` : `${text}\n`;
    })
    .join("");
}
