import { describe, expect, it } from "vitest";
import { formatFleet, mostFleetBytes } from "../../../../src/report/fleet/format-fleet.ts";
import { createFleet, type Fleet } from "../../../../src/report/fleet/merge-fleet.ts";
import { readResults } from "../../../../src/report/fleet/read-results.ts";
import type { Result } from "../../../../src/report/result/result-shape.ts";
import { hostileTexts, obeyed, poison } from "../../../lab/report/hostile-texts.ts";
import { judgeHtml, listTags } from "../../../lab/report/judge-html.ts";
import { makeFleet } from "../../../lab/report/sample-fleet.ts";
import { doctorResult, failingResult, fullResult, healthyResult } from "../../../lab/report/sample-result.ts";

function mergeResults(results: readonly Result[]): Fleet {
  const fleet = createFleet();
  for (const result of results) fleet.add(result);
  return fleet.merge();
}

const show = (fleet: Fleet, problems: readonly string[] = []): string =>
  formatFleet({ fleet, problems, readygo: "0.1.0", madeAt: new Date("2026-11-30T07:00:00Z") });

const onHost = (name: string): Result["host"] => ({ name, id: null, system: null, root: null });

describe("many results", () => {
  it("are one row a host: the newest of each command, with the worst verdict", () => {
    const host = onHost("one");
    const { hosts } = mergeResults([
      healthyResult({ host, startedAt: "2026-11-30T06:00:00.000Z" }),
      failingResult({ host, startedAt: "2026-11-29T06:00:00.000Z" }),
      doctorResult({ host, startedAt: "2026-11-28T06:00:00.000Z", version: null }),
    ]);
    expect(hosts.map(({ name, version, verdict, seenAt }) => [name, version, verdict, seenAt])).toEqual([
      ["one", "go1.27.4", "bad", "2026-11-30T06:00:00.000Z"],
    ]);
    expect(hosts[0]?.troubles.some(({ id }) => id === "tree-manifest")).toBe(false);
  });

  it("keep hosts of one name apart by what their machine-id comes to", () => {
    const ids = ["a", "b"].map((id) => healthyResult({ host: { ...onHost("ubuntu"), id } }));
    expect(mergeResults(ids).hosts).toHaveLength(2);
  });

  it("tell who is not like most, the failed first", () => {
    const { hosts, usual } = mergeResults([
      ...["a", "b", "c"].map((name) => healthyResult({ host: onHost(name) })),
      healthyResult({ host: onHost("old"), version: "go1.26.8" }),
      failingResult({ host: onHost("z") }),
    ]);
    expect(usual).toEqual({ version: "go1.27.4", troubles: [] });
    expect(hosts.map(({ name, isUsual }) => [name, isUsual])).toEqual([
      ["z", false],
      ["a", true],
      ["b", true],
      ["c", true],
      ["old", false],
    ]);
  });
});

describe("a file", () => {
  const one = JSON.stringify(healthyResult());

  it("holds one object, one over several lines, or one a line", () => {
    expect(readResults(one, "f").results).toHaveLength(1);
    expect(readResults(JSON.stringify(healthyResult(), null, 2), "f").results).toHaveLength(1);
    expect(readResults(`${one}\n\n${one}\n`, "f").results).toHaveLength(2);
  });

  it("that holds something else is named, and its other lines are read", () => {
    const old = JSON.stringify({ command: "verify", checks: [] });
    const newer = JSON.stringify({ ...healthyResult(), schema: 2 });
    const odd = JSON.stringify({ ...healthyResult(), checks: [{ id: {} }] });
    expect(readResults([one, "PLAY [all] ***", old, newer, odd].join("\n"), "f")).toMatchObject({
      results: [{ command: "verify" }],
      problems: [
        "f:2 is no JSON",
        "f:3 is not what --json prints",
        "f:4 was printed by a readygo with another form of results",
        expect.stringMatching(/^f:5 is not what --json prints: /),
      ],
    });
    expect(readResults("", "f").problems).toEqual(["f is empty"]);
  });

  it("of a later readygo may have more in it", () => {
    expect(readResults(JSON.stringify({ ...healthyResult(), later: 1 }), "f").results).toHaveLength(1);
  });
});

describe("the page of a fleet", () => {
  const page = show(mergeResults(makeFleet(1000)), ["x.json is no JSON"]);

  it("of 1,000 hosts is HTML that html-validate has nothing against, and at most 2 MB", async () => {
    expect(await judgeHtml(page)).toEqual([]);
    expect(Buffer.byteLength(page)).toBeLessThan(mostFleetBytes);
    expect(page).not.toMatch(/<script|<img|<link|<iframe|src=|url\(|@import| style=| on[a-z]+=/);
  });

  it("has a place for each host in each order", () => {
    const places = [...page.matchAll(/#h\d+\{--r1:(\d+);--r2:(\d+);--r3:(\d+);--r4:(\d+)\}/g)];
    for (const order of [1, 2, 3, 4])
      expect(places.map((match) => Number(match[order])).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, at) => at)); // prettier-ignore
  });

  it("counts by release, newest first, and by finding", () => {
    expect([...page.matchAll(/<th scope="row">(go1[\d.]+)<\/th><td class="num">(\d+)/g)].map(([, version, count]) => `${version} ${count}`)).toEqual(["go1.27.4 875", "go1.26.8 100", "go1.9.7 25"]); // prettier-ignore
    expect(page).toMatch(
      /<span class="mono">tree-manifest<\/span><br><span class="soft">[^<]*<\/span><\/th><td class="num">59</,
    );
  });

  it("stays below 2 MB where every host has every finding", () => {
    const worst = makeFleet(1000).map(({ host }) => worstResult(host));
    expect(Buffer.byteLength(show(mergeResults(worst)))).toBeLessThan(mostFleetBytes);
  });

  it("keeps 200 hostile texts in every field as text", () => {
    const render = (text: string): string => show(mergeResults([poison(fullResult(), text), healthyResult()]), [text]);
    const tags = listTags(render("calm"));
    for (const text of hostileTexts) {
      expect(listTags(render(text))).toBe(tags);
      expect(render(text)).not.toMatch(obeyed);
    }
  });
});

/** Everything that can be wrong, in many words. */
function worstResult(host: Result["host"]): Result {
  const doctor = doctorResult();
  const findings = (doctor.findings ?? []).flatMap(
    (each) =>
    Array.from({ length: 10 }, (_, at) => ({ ...each, id: `${each.id}-${at}`, severity: "error" as const, evidence: "x".repeat(900) })), // prettier-ignore
  );
  return { ...failingResult(), host, findings };
}
