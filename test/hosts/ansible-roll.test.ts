import { expect, it } from "vitest";
import { nameHost, rollFleet } from "../lab/fleet/rolling-fleet.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";

// From nothing to verified, nothing to do, and a roll that one host stops in its gate: that host has its old Go again, what is
// in its batch has the new one, and no further batch begins.
const fleets: readonly { readonly count: number; readonly serial: number; readonly bad: number }[] = isFullMode
  ? [
      { count: 3, serial: 5, bad: 2 },
      { count: 10, serial: 5, bad: 7 },
      { count: 30, serial: 5, bad: 12 },
    ]
  : [{ count: 3, serial: 2, bad: 2 }];

it.each(fleets)("rolls a release out to $count hosts, $serial at a time", async ({ count, serial, bad }) => {
  const { stages, releases, summary, originBytes } = await rollFleet(count, serial, bad);
  const [install, again, roll] = stages;
  const names = Array.from({ length: count }, (_, at) => nameHost(at + 1));
  const batchOf = (at: number): number => Math.floor(at / serial);
  const isBegun = names.map((_, at) => batchOf(at) <= batchOf(bad - 1));
  const all = (word: string) => Object.fromEntries(names.map((name) => [name, word]));

  expect(install?.became, install?.played.text).toEqual(all("changed"));
  expect(install?.played.status).toBe(0);
  expect(again?.became).toEqual(all("unchanged"));
  expect(Object.values(again?.played.stats ?? {}).map(({ changed }) => changed)).toEqual(names.map(() => 0));
  expect(again?.bytes).toBe(0);

  expect(roll?.became, roll?.played.text).toEqual(
    Object.fromEntries(
      names.map((name, at) => [name, !isBegun[at] ? "not begun" : at === bad - 1 ? "failed: gate-failed" : "changed"]),
    ),
  );
  expect(roll?.played.status).not.toBe(0);
  expect(releases).toEqual(
    Object.fromEntries(names.map((name, at) => [name, isBegun[at] && at !== bad - 1 ? "go1.30.2" : "go1.30.1"])),
  );
  expect(summary).toMatch(new RegExp(`${nameHost(bad)} +failed +gate-failed: .*the former Go and files are back`));
  console.log(
    JSON.stringify({ count, originBytes, ...Object.fromEntries(stages.map(({ name, seconds, bytes }) => [name, { seconds, bytes }])) }), // prettier-ignore
  );
});
