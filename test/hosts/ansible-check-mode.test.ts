import { dirname, join } from "node:path";
import { asyncProperty, check } from "fast-check";
import { expect, it } from "vitest";
import { checkModes } from "../lab/fleet/check-mode-laws.ts";
import { collections } from "../lab/fleet/inventory.ts";
import { withHost } from "../lab/hosts/throw-away-host.ts";
import { stockShelf } from "../lab/properties/property-shelf.ts";
import { hostStart, installRequest } from "../lab/properties/property-start.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";
import { checkout } from "../lab/suite/lab-cache.ts";

// On generated hosts the module's check mode shows what is then changed, and a second run changes nothing.
it("shows in check mode, on any host, what it then changes", async () => {
  const shelf = await stockShelf();
  const archives = Object.values(shelf.releases).flatMap(({ file, zip }) => [
    dirname(file.archive),
    dirname(zip.archive),
  ]);
  const bind = [
    { from: join(checkout, "manifests/ansible"), to: `${collections}/ansible_collections/readygo/go` },
    ...[...new Set(archives)].map((path) => ({ from: path, to: path })),
  ];
  const tally: Record<string, number> = {};
  try {
    await withHost({ lower: "fleet", bind }, async (host) => {
      const law = asyncProperty(hostStart, installRequest, async (start, request) => {
        const { became } = await checkModes(host, start, request, shelf);
        tally[became] = (tally[became] ?? 0) + 1;
      });
      const numRuns = isFullMode ? 200 : 5;
      const details = await check(law, {
        numRuns,
        seed: 20_261_130,
        interruptAfterTimeLimit: isFullMode ? 580_000 : 60_000,
      });
      console.log(`check mode: ${JSON.stringify(tally)}`);
      expect(details.failed && `${JSON.stringify(details.counterexample, null, 1)} ${String(details.errorInstance)} path ${details.counterexamplePath ?? ""}`).toBe(false); // prettier-ignore
      expect(tally["changed"]).toBeGreaterThan(0);
    });
  } finally {
    shelf.remove();
  }
});
