import type { Result } from "../../../src/report/result/result-shape.ts";
import { doctorResult, failingResult, healthyResult } from "./sample-result.ts";

/** Hosts as a fleet has them: most alike, some with an old release, some that fail, some that doctor has looked at as well. */
export function makeFleet(count: number): readonly Result[] {
  return Array.from({ length: count }, (_, at) => {
    const host = {
      name: `${["web", "build", "db"][at % 3]}-${String(at).padStart(4, "0")}.example`,
      id: at.toString(16).padStart(16, "0"),
      system: at % 5 === 0 ? "Debian GNU/Linux 12 (bookworm)" : "Ubuntu 24.04.3 LTS",
      root: null,
    };
    const startedAt = new Date(Date.UTC(2026, 10, 30, 6, 0, at)).toISOString();
    const version = at % 10 === 0 ? "go1.26.8" : at % 37 === 0 ? "go1.9.7" : "go1.27.4";
    if (at % 17 === 3) return failingResult({ host, startedAt, version });
    return at % 41 === 7 ? doctorResult({ host, startedAt, version }) : healthyResult({ host, startedAt, version });
  });
}
