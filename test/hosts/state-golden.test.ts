import { mkdtempSync, readdirSync, readFileSync, rmSync, readlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stateSchema } from "../../src/host/state/state-file.ts";
import { onlyInFullMode } from "../lab/suite/full-mode.ts";
import { checkout } from "../lab/suite/lab-cache.ts";
import { describeHost, readStart, readStateFixture, rebuildHost } from "../lab/state/state-fixture.ts";
import type { StateImage, StateRun } from "../lab/state/state-image.ts";
import { packStateRelease } from "../lab/state/state-release.ts";

// Every state that a readygo has ever written is read by this one: it says what is there, upgrades it, goes back, and
// gives back the host before the first run. `node scripts/record-state.ts` adds what the present code writes.
const fixtures = join(checkout, "test/fixtures/state");
const cases = readdirSync(fixtures).flatMap((schema) =>
  readdirSync(join(fixtures, schema)).map((name) => `${schema}/${name}`),
);

const withPrevious = cases.filter((name) => readStateFixture(join(fixtures, name)).previous !== null);

/** Of the schema that is written now, which every other test of hosts goes through. */
const isPresent = (name: string): boolean => name.startsWith(`schema-${stateSchema}/`);

let room: string;
let source: readonly string[];
beforeAll(() => {
  room = mkdtempSync(join(tmpdir(), "readygo-golden-"));
  // Newer than any that was recorded.
  const { archive, sha256 } = packStateRelease("1.30.99", room);
  source = ["--source", archive, "--sha256", sha256, "--arch", "amd64"];
});
afterAll(() => rmSync(room, { recursive: true, force: true }));

/** In this process: test/faults/state-damage.test.ts shows that it is the same as the program. */
async function mustRun(host: StateImage, ...argv: readonly string[]): Promise<StateRun> {
  const run = await host.run(argv);
  expect([argv[0], run.exit, run.error ?? null, run.exit === 0 ? "" : run.words]).toEqual([argv[0], 0, null, ""]);
  return run;
}

function versionOf(host: StateImage): string | undefined {
  return readFileSync(host.path("/usr/local/go/VERSION"), "utf8").split("\n")[0];
}

it("has the states of schema 1", () => {
  expect(cases.filter((name) => name.startsWith("schema-1/"))).toHaveLength(7);
  expect(withPrevious.filter((name) => name.startsWith("schema-1/"))).toHaveLength(3);
});

it.for(withPrevious)(
  "goes back to the release that was kept before, and uninstalls, with %s",
  async (name, context) => {
    if (isPresent(name)) onlyInFullMode(context);
    const fixture = join(fixtures, name);
    const host = rebuildHost(fixture, join(room, `${name.replace("/", "-")}-back`));
    await mustRun(host, "rollback", "--no-verify");
    expect(versionOf(host)).toBe(readStateFixture(fixture).previous);
    await mustRun(host, "uninstall");
    expect(describeHost(host)).toEqual(readStart(fixture));
  },
);

it.for(cases)("reads, upgrades, rolls back and uninstalls %s", async (name, context) => {
  if (isPresent(name)) onlyInFullMode(context);
  const fixture = join(fixtures, name);
  const { version, previous, isCut } = readStateFixture(fixture);
  const host = rebuildHost(fixture, join(room, name.replace("/", "-")));
  if (!isCut) {
    const listed = await mustRun(host, "list", ...source.slice(0, 2));
    expect(listed).toMatchObject({ version, previous, status: "unchanged" });
    // Its own tree is recognised: nothing is to be installed.
    const same = await mustRun(host, "plan", version.slice(2), ...source.slice(0, 2), ...source.slice(4));
    expect(same.steps?.filter((step) => (step as { kind: string }).kind === "install-tree")).toEqual([]);
  }
  // With it come what those readygos did not have yet: links, and the block in another place.
  const { steps = [] } = await mustRun(host, "plan", "1.30.99", ...source);
  expect(steps.filter((step) => (step as { kind: string }).kind === "install-tree")).toHaveLength(1);
  // What was cut off has been ended.
  expect(versionOf(host)).toBe(version);
  await mustRun(host, "install", "1.30.99", ...source, "--no-verify");
  expect(versionOf(host)).toBe("go1.30.99");
  expect(readlinkSync(host.path("/usr/local/bin/go"))).toBe("../go/bin/go");
  expect((await mustRun(host, "plan", "1.30.99", ...source)).steps).toEqual([]);
  await mustRun(host, "rollback", "--no-verify");
  expect(versionOf(host)).toBe(version);
  await mustRun(host, "uninstall");
  expect(describeHost(host)).toEqual(readStart(fixture));
});
