import type { PlannedChange } from "../errors/event.ts";
import { paint, printableLine } from "./printable.ts";
import { wrapText } from "./wrap-text.ts";

export interface ChangesOptions {
  readonly isColor: boolean;
  /** Also what is there before and after, and why. */
  readonly isVerbose: boolean;
  readonly columns: number;
}

const verbWidth = 7;
const rest = " ".repeat(2 + verbWidth + 2);

/** What a run is about to change, a line a verb; nothing for no changes. No newline at the end. */
export function formatChanges(changes: readonly PlannedChange[], options: ChangesOptions): string {
  const { isColor, isVerbose, columns } = options;
  const first = (verb: string): string => `  ${verb.padEnd(verbWidth)}  `;
  const wrap = (verb: string, text: string): string =>
    wrapText(printableLine(text), { columns, first: first(verb), rest }).replace(verb, paint(verb, "bold", isColor));
  if (!isVerbose) {
    const byVerb = Map.groupBy(changes, ({ verb }) => verb);
    return [...byVerb].map(([verb, own]) => wrap(verb, joinPaths(own.map(({ path }) => path)))).join("\n");
  }
  return changes
    .flatMap(({ verb, path, before, after, reason }) => [
      wrap(verb, path),
      wrapText(printableLine(`${before} -> ${after}`), { columns, first: rest, rest }),
      wrapText(printableLine(`because ${reason}`), { columns, first: rest, rest }),
    ])
    .join("\n");
}

/** `/usr/local/bin/{go,gofmt}, ~ubuntu/.profile`: as a shell would read them. */
function joinPaths(paths: readonly string[]): string {
  const short = paths.map((path) => path.replace(/^\/home\/([a-z_][a-z0-9_-]*)\//, "~$1/"));
  const byDirectory = Map.groupBy(short, (path) => path.slice(0, path.lastIndexOf("/") + 1));
  return [...byDirectory]
    .flatMap(([directory, own]) => {
      const names = own.map((path) => path.slice(directory.length));
      // Dot files and one file alone read better whole.
      if (names.length === 1 || names.some((name) => name.startsWith("."))) return own;
      return [`${directory}{${names.join(",")}}`];
    })
    .join(", ");
}
