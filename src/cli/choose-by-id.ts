import { nearestWords } from "../errors/nearest-words.ts";
import { ProvisionError } from "../errors/provision-error.ts";

/** Which of a command's checks or diagnostics are wanted. */
export interface Choosing<Item extends { readonly id: string }> {
  /** Whose `--list` has them all. */
  readonly command: string;
  /** What one of them is called. */
  readonly what: string;
  readonly items: readonly Item[];
  /** IDs; none: all of them. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
  /** What else they are chosen by. */
  readonly kind: {
    readonly name: string;
    readonly known: readonly string[];
    /** None: all of them. */
    readonly wanted: readonly string[];
    of(item: Item): string;
  };
}

/** @throws ProvisionError `usage` with the nearest ones for an ID or a kind that there is not, and where none is left */
export function chooseById<Item extends { readonly id: string }>(choosing: Choosing<Item>): readonly Item[] {
  const { command, what, items, only, skip, kind } = choosing;
  const remedy = [`readygo ${command} --list`];
  const ids = items.map(({ id }) => id);
  for (const id of [...only, ...skip]) requireKnown(id, ids, what, remedy);
  for (const word of kind.wanted) requireKnown(word, kind.known, kind.name, remedy);
  const chosen = items.filter(
    (item) =>
      (only.length === 0 || only.includes(item.id)) &&
      !skip.includes(item.id) &&
      (kind.wanted.length === 0 || kind.wanted.includes(kind.of(item))),
  );
  if (chosen.length > 0) return chosen;
  throw new ProvisionError("usage", `no ${what} is left to run`, { remedy });
}

/** The words of a list with commas. */
export function splitList(list: string | undefined): readonly string[] {
  return (list ?? "").split(",").flatMap((word) => (word.trim() === "" ? [] : [word.trim()]));
}

function requireKnown(word: string, known: readonly string[], what: string, remedy: readonly string[]): void {
  if (known.includes(word)) return;
  const near = nearestWords(word, known, 3);
  throw new ProvisionError("usage", `there is no ${what} ${word}`, {
    ...(near.length === 0 ? {} : { details: { "did you mean": near.join(", ") } }),
    remedy,
  });
}
