import type { TreeDifference } from "../release/tree-manifest.ts";

const mostNamed = 5;

/** A tree's differences, one or more. */
export interface NamedDifferences {
  /** In one line, the first five by name. */
  readonly text: string;
  /** `src/fmt/print.go (content)`, and so on. */
  readonly all: readonly string[];
}

/** Undefined where there are none. */
export function nameDifferences({ missing, added, changed }: TreeDifference): NamedDifferences | undefined {
  const all = [
    ...changed.map(({ path, what }) => `${path} (${what})`),
    ...missing.map((path) => `${path} (missing)`),
    ...added.map((path) => `${path} (added)`),
  ];
  if (all.length === 0) return undefined;
  const rest = all.length - mostNamed;
  const head = all.length === 1 ? "1 difference" : `${all.length.toLocaleString("en-US")} differences`;
  const more = rest > 0 ? ` and ${rest.toLocaleString("en-US")} more` : "";
  return { text: `${head}: ${all.slice(0, mostNamed).join(", ")}${more}`, all };
}
