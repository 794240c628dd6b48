import type { ReportEvent } from "../errors/event.ts";
import type { GoVersion } from "../release/go-version.ts";
import { describeHealth, loadReleaseHealth } from "../release/release-health.ts";

/** The numbers of the known vulnerabilities that a release is affected by, as `--json` has them, and one line on it. */
export interface ReleaseAdvice {
  readonly advisories: readonly string[];
  /** Undefined where nothing is known against the release. */
  readonly line: string | undefined;
}

/** What is known against a release, by what readygo carries. A run that changes nothing does not ask. */
export async function adviseOnRelease(version: GoVersion): Promise<ReleaseAdvice> {
  const health = (await loadReleaseHealth())(version);
  return { advisories: health.advisories.map(({ id }) => id), line: describeHealth(health) };
}

/** For commands whose result is another thing: a warning, with the release to go to. */
export function toWarning({ line }: ReleaseAdvice): ReportEvent | undefined {
  return line === undefined ? undefined : { kind: "warning", text: line };
}
