import { expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { withHost } from "../lab/hosts/throw-away-host.ts";
import { officialRelease, officialVersions } from "../lab/releases/releases.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";

const version = officialVersions.older;

// They take a minute, and ten, of two processors: npm run hosts -- --full.
it.skipIf(!isFullMode).each([
  ["the runtime's", "race-detector,go-test,same-bytes,cgo-build"],
  ["the library's", "build-std,vet-std,test-std"],
])("%s expensive proofs pass on a healthy host (needs the full mode)", async (_, ids) => {
  await withHost({}, async (host) => {
    const release = await officialRelease(version);
    await host.startMirror({ releases: [release] });
    expect(readJson(await host.readygo(["install", version, "--no-verify", "--json"])).status).toBe("changed");
    const words = ["verify", "--deep", "--only", ids, "--json", "--timeout", "120"];
    const run = await host.readygo(words, { timeoutMs: 3_600_000 });
    const verdicts = readJson(run).checks.map(({ id, status, evidence }) => [
      id,
      status === "skip" ? evidence : status,
    ]);
    const wanted = Object.fromEntries(ids.split(",").map((id) => [id, "pass"]));
    expect([run.status, Object.fromEntries(verdicts)]).toEqual([0, wanted]);
  });
});
