import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { type ReleaseShelf, stockReleases } from "../lab/releases/release-shelf.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// 1.24.99 is a small release of a line that is out of support and of which, by the data that readygo carries, every release
// is vulnerable; 1.30.1 one of which nothing is known.
describe("what is known against a release is said in one line", () => {
  let host: LabHost;
  let shelf: ReleaseShelf;
  const line =
    /go1\.24\.99 is out of support and has \d+ known vulnerabilities \(GO-2026-\d+, GO-2026-\d+, GO-2026-\d+ and \d+ more\); go1\.26\.11 has none of them/;

  beforeAll(async () => {
    shelf = await stockReleases("1.24.99", "1.30.1");
    host = await createHost({ bind: shelf.bind });
  });
  afterAll(() => host?.destroy());

  const run = (command: string, version: string, ...more: readonly string[]) =>
    host.readygo([command, ...shelf.words(version), ...more]);

  it("by plan and install, as a warning, and in --json", async () => {
    const plan = await run("plan", "1.24.99");
    expect([plan.status, plan.stderr]).toEqual([0, expect.stringMatching(line)]);
    expect(readJson(await run("plan", "1.24.99", "--json"))).toMatchObject({
      advisories: expect.arrayContaining(["GO-2026-6218"]),
    });
    const install = await run("install", "1.24.99", "--no-verify", "--json");
    expect(install.stderr).toMatch(line);
    expect(readJson(install)).toMatchObject({ advisories: expect.arrayContaining(["GO-2026-6218"]) });
  });

  it("by verify at its end, and by list as a mark", async () => {
    const { stdout } = await host.readygo(["verify"]);
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(line);
    const list = await host.readygo(["list", "--all"]);
    expect(list.stdout).toMatch(/^go1\.26\.5 {2}10 known vulnerabilities$/m);
    expect(list.stdout).toMatch(/^go1\.25\.14 {2}out of support$/m);
    expect(list.stdout).toMatch(/^go1\.26\.11$/m);
  });

  it("not by an install that has nothing to do", async () => {
    const again = await run("install", "1.24.99", "--json");
    expect(readJson(again)).toMatchObject({ status: "unchanged" });
    expect([again.stderr, readJson(again)]).toEqual([
      expect.not.stringMatching(line),
      expect.not.objectContaining({ advisories: expect.anything() }),
    ]);
  });

  it("and nothing of a release that nothing is known against", async () => {
    const install = await run("install", "1.30.1", "--no-verify", "--json");
    expect(install.stderr).not.toMatch(/support|vulnerab/);
    expect(readJson(install)).toMatchObject({ status: "changed", advisories: [] });
  });
});
