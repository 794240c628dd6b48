import { describe, expect, it } from "vitest";
import type { BaseRoot } from "../lab/hosts/base-root.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { createHost } from "../lab/hosts/throw-away-host.ts";
import { officialRelease } from "../lab/releases/releases.ts";
import type { FoundJson } from "../lab/doctor/play-plant.ts";

// A host on which nothing is wrong has no finding that anybody has to act on, for root, an account and all accounts.
describe.each<readonly [string, BaseRoot, readonly string[]]>([
  // Nothing on it trusts anybody: that is a fault of the host.
  ["minbase", "minbase", ["ca-missing"]],
  ["a server", "server", []],
])("doctor on %s", (_name, lower, expected) => {
  it("is silent", async () => {
    const host = await createHost({ lower });
    try {
      const mirror = await host.startMirror({ releases: [await officialRelease("1.26.8")] });
      await host.addUser("ada");
      host.write("/home/ada/.config/go/env", `GOPROXY=${mirror.proxyUrl}\n`);
      await host.must(["chown", "-R", "ada:", "/home/ada/.config"]);
      const run = await host.readygo(["install", "1.26.8", "--user", "ada", "--no-verify"], { timeoutMs: 280_000 });
      expect(run.status).toBe(0);
      for (const words of [["--user", "ada"], [], ["--all-users"]]) {
        const told = await host.readygo(["doctor", ...words, "--json"], { timeoutMs: 180_000 });
        const findings = readJson(told)["findings"] as readonly FoundJson[];
        const bad = findings
          .filter(({ severity }) => severity !== "info")
          .map(({ id, evidence }) => `${id}: ${evidence}`);
        expect([words, bad.filter((line) => !expected.some((id) => line.startsWith(`${id}:`)))]).toEqual([words, []]);
      }
    } finally {
      await host.destroy();
    }
  });
});
