import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { toolchainModule } from "../lab/releases/modules.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";

// Real releases of long ago, by their toolchain modules: each is installed and passes every check that applies to it, or is
// refused by `plan`. In CI one is played, which knows neither modules nor `go run` without a file.
const all = ["1.5.4", "1.6.4", "1.7.6", "1.8.7", "1.9.7", "1.10.8", "1.11.13", "1.12.17", "1.13.15", "1.14.15", "1.15.15", "1.16.15", "1.17.13", "1.18.10", "1.19.13", "1.20.14"]; // prettier-ignore
const versions = isFullMode ? all : ["1.10.8"];

describe("a release of long ago", () => {
  let host: LabHost;
  let mirror: Mirror;
  beforeAll(async () => {
    host = await createHost();
    const modules = [...versions, "1.4.3"].map((version) => toolchainModule(version, "amd64"));
    mirror = await host.startMirror({ releases: [], modules: [...modules, "rsc.io/quote@v1.5.2"] });
  });
  afterAll(() => host?.destroy());

  it.each(versions)("go%s passes what applies to it, and goes again", async (version) => {
    const words = ["install", version, "--source", `goproxy=${mirror.proxyUrl}`, "--timeout", "280", "--json"];
    const { status, checks, error } = readJson(await host.readygo(words, { timeoutMs: 590_000 }));
    expect([status, error]).toEqual(["changed", null]);
    const verdicts = Object.fromEntries(checks.map((check) => [check.id, check.status]));
    expect(verdicts).toMatchObject({ "standard-library": "pass", "go-run": "pass", "cross-compile": "pass" });
    expect(checks.find(({ id }) => id === "goproxy")).toMatchObject({
      status: "skip",
      evidence: "it applies from go1.21 on",
    });
    expect((await host.must(["bash", "-lc", "go version"])).stdout).toContain(`go version go${version} linux/amd64`);
    expect(readJson(await host.readygo(["uninstall", "--json"])).error).toBeNull();
  });

  it("that is too old for the checks is refused before anything is fetched", async () => {
    const run = await host.readygo(["plan", "1.4.3", "--source", `goproxy=${mirror.proxyUrl}`, "--json"]);
    expect([run.status, readJson(run).error?.code]).toEqual([2, "version-too-old"]);
    expect(readJson(run).error?.remedy).toEqual(["readygo install 1.5  is the oldest line that they know"]);
  });
});
