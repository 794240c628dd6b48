import { safeParse } from "valibot";
import { type Result, resultSchemaVersion, resultShape } from "../result/result-shape.ts";

/** What a file that was named comes to: results, and what in it is none. */
export interface ReadResults {
  readonly results: readonly Result[];
  /** In words, each with its place. */
  readonly problems: readonly string[];
}

/**
 * Reads what `--json` prints: one object, or one a line, as many hosts' outputs are when they are put together.
 *
 * @param name as a problem names it
 */
export function readResults(text: string, name: string): ReadResults {
  const whole = parseJson(text);
  if (whole !== undefined) return collect([{ place: name, value: whole }]);
  const lines = text
    .split("\n")
    .flatMap((line, at) => (line.trim() === "" ? [] : [{ place: `${name}:${at + 1}`, line }]));
  if (lines.length === 0) return { results: [], problems: [`${name} is empty`] };
  return collect(lines.map(({ place, line }) => ({ place, value: parseJson(line) })));
}

function collect(values: readonly { readonly place: string; readonly value: unknown }[]): ReadResults {
  const results: Result[] = [];
  const problems: string[] = [];
  for (const { place, value } of values) {
    const parsed = safeParse(resultShape, value);
    if (parsed.success) results.push(parsed.output);
    else problems.push(`${place} ${describe(value, parsed.issues[0].message)}`);
  }
  return { results, problems };
}

function describe(value: unknown, issue: string): string {
  if (value === undefined) return "is no JSON";
  if (typeof value !== "object" || value === null || !("schema" in value)) return "is not what --json prints";
  return value.schema === resultSchemaVersion
    ? `is not what --json prints: ${issue}`
    : "was printed by a readygo with another form of results";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
