import { array, type InferOutput, nullable, parse, pipe, readonly, regex, strictObject, string, tuple } from "valibot";
import { compareWithSemver } from "./go-semver.ts";
import type { GoVersion } from "./go-version.ts";

const semver = pipe(string(), regex(/^(?:0|\d+\.\d+\.\d+(?:-[0-9A-Za-z.]+)?)$/));

const advisory = strictObject({
  /** As the database names it: `GO-2026-4970`. */
  id: pipe(string(), regex(/^GO-\d{4}-\d{4,}$/)),
  /** Of other databases: `CVE-2026-39822`. */
  aliases: pipe(array(string()), readonly()),
  packages: pipe(array(string()), readonly()),
  /** From the first release that is affected to the one that is not any more; null: none yet. */
  ranges: pipe(array(pipe(tuple([semver, nullable(semver)]), readonly())), readonly()),
});
export type Advisory = Readonly<InferOutput<typeof advisory>>;

/** manifests/go-advisories.json. */
export const advisoryListShape = strictObject({
  source: string(),
  licence: string(),
  /** When the database was last changed. */
  modified: pipe(string(), regex(/^\d{4}-\d\d-\d\d$/)),
  advisories: pipe(array(advisory), readonly()),
});
export type AdvisoryList = Readonly<InferOutput<typeof advisoryListShape>>;

/**
 * What the Go vulnerability database says of the standard library and the go command, on Linux. Not loaded by a run that
 * has nothing to do.
 */
export async function loadAdvisories(): Promise<AdvisoryList> {
  const module: { readonly default: unknown } = await import("../../manifests/go-advisories.json", {
    with: { type: "json" },
  });
  return parse(advisoryListShape, module.default);
}

/** Those that a release is affected by, the newest first. */
export function findAdvisories(
  { advisories }: Pick<AdvisoryList, "advisories">,
  version: GoVersion,
): readonly Advisory[] {
  return advisories
    .filter(({ ranges }) =>
      ranges.some(
        ([introduced, fixed]) =>
          compareWithSemver(version, introduced) >= 0 && (fixed === null || compareWithSemver(version, fixed) < 0),
      ),
    )
    .toSorted((a, b) => numberOf(b) - numberOf(a));
}

/** Year and number. */
function numberOf({ id }: Advisory): number {
  const [, year = "", number = ""] = id.split("-");
  return Number(year) * 1_000_000 + Number(number);
}
