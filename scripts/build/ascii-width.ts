import { stripVTControlCharacters } from "node:util";

/** Columns that a text of yargs' takes, which here is ASCII: stands in for string-width, see pack-modules.ts. */
// oxlint-disable-next-line import/no-default-export -- it is how yargs imports string-width
export default function asciiWidth(text: string): number {
  return stripVTControlCharacters(text).length;
}
