import { readFileSync } from "node:fs";
import { parse } from "valibot";
import { describe, expect, it, test } from "vitest";
import { formatAdvisories, parseOsv } from "../../../scripts/manifests/gather-advisories.ts";
import { advisoryListShape, findAdvisories, loadAdvisories } from "../../../src/release/advisories.ts";
import { compareWithSemver } from "../../../src/release/go-semver.ts";
import { parseGoVersion, type GoVersion } from "../../../src/release/go-version.ts";
import { createReleaseJudge, describeHealth, loadReleaseHealth } from "../../../src/release/release-health.ts";

const version = (text: string): GoVersion => parseGoVersion(text) as GoVersion;

it.each([
  ["go1.26.5", "1.26.5", 0],
  ["go1.26.4", "1.26.5", -1],
  ["go1.26.0", "1.26.0-0", 1],
  ["go1.26rc1", "1.26.0-0", 1],
  ["go1.26beta1", "1.26.0-0", 1],
  ["go1.25.14", "1.26.0-0", -1],
  ["go1.27rc3", "1.27.0-rc.3", 0],
  ["go1.27rc2", "1.27.0-rc.3", -1],
  ["go1.27.0", "1.27.0-rc.3", 1],
  ["go1.20", "1.20.0-0", 1],
  ["go1.20rc1", "1.20.0", -1],
  ["go1.3.1", "0", 1],
])("%s beside %s", (release, semver, sign) => {
  expect(Math.sign(compareWithSemver(version(release), semver))).toBe(sign);
});

describe("what readygo carries", () => {
  test("is of the shape, sorted, each once, and as a refresh would write it", async () => {
    const text = readFileSync("manifests/go-advisories.json", "utf8");
    const list = parse(advisoryListShape, JSON.parse(text));
    expect(list.licence).toContain("CC-BY-4.0");
    expect(new Set(list.advisories.map(({ id }) => id)).size).toBe(list.advisories.length);
    expect(formatAdvisories(list.modified, list.advisories)).toBe(text);
    expect(await loadAdvisories()).toEqual(list);
  });

  test.each([
    ["1.26.8", undefined],
    ["1.27.4", undefined],
    ["1.28rc1", undefined],
    [
      "1.26.5",
      "go1.26.5 has 10 known vulnerabilities (GO-2026-6218, GO-2026-6180, GO-2026-6179 and 7 more); go1.26.11 has none of them",
    ],
    ["1.25.14", "go1.25.14 is out of support; go1.26.11 is supported"],
    [
      "1.25.12",
      "go1.25.12 is out of support and has 9 known vulnerabilities (GO-2026-6218, GO-2026-6180, GO-2026-6179 and 6 more); go1.26.11 has none of them",
    ],
  ])("says of %s: %s", async (release, said) => {
    expect(describeHealth((await loadReleaseHealth())(version(release)))).toBe(said);
  });

  test("knows the newer patch of a line, a candidate's release among them", async () => {
    const judge = await loadReleaseHealth();
    const newer = ["1.26.8", "1.26.11", "1.27rc1", "1.25.1"].map((each) => judge(version(each)).newerPatch);
    expect(newer).toEqual(["go1.26.11", undefined, "go1.27.4", "go1.25.14"]);
  });
});

test("a release that is itself affected is no way out", () => {
  const stable = ["1.27.1", "1.27.0", "1.26.9"].map((each) => ({
    version: version(each),
    isStable: true,
    archives: {},
    knownBy: [],
  }));
  const advisories = [
    {
      id: "GO-2026-9001",
      aliases: [],
      packages: ["net"],
      ranges: [["0", "1.27.1"] as const, ["1.27.2", null] as const],
    },
  ];
  expect(createReleaseJudge(stable, { advisories })(version("1.26.8")).better).toBe("go1.27.1");
  const everywhere = [{ id: "GO-2026-9001", aliases: [], packages: ["net"], ranges: [["0", null] as const] }];
  expect(createReleaseJudge(stable, { advisories: everywhere })(version("1.26.8")).better).toBeUndefined();
  expect(describeHealth(createReleaseJudge(stable, { advisories: everywhere })(version("1.26.8")))).toBe(
    "go1.26.8 has one known vulnerability (GO-2026-9001)",
  );
  expect(findAdvisories({ advisories }, version("1.27.1"))).toEqual([]);
});

test("of an OSV file, what is of other systems alone is left out", () => {
  const windows = { path: "os", goos: ["windows"] };
  const file = (imports: readonly object[]) => ({
    id: "GO-2026-9001",
    affected: [
      {
        package: { name: "stdlib" },
        ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "1.2.3" }] }],
        ecosystem_specific: { imports: imports as { path: string }[] },
      },
    ],
  });
  expect(parseOsv(file([windows]))).toBeUndefined();
  expect(parseOsv(file([windows, { path: "net" }]))).toMatchObject({ packages: ["net"], ranges: [["0", "1.2.3"]] });
});
