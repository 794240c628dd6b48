import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Architecture } from "../../src/release/architecture.ts";
import type { Result } from "../../src/report/result/result-shape.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { toolchainModule } from "../lab/releases/modules.ts";
import { mirrorNames } from "../lab/servers/mirror-protocol.ts";
import { readDefaultProxyName } from "../lab/releases/machine-go.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";

// The first and the last release of each line that there is a toolchain module of: each is installed and passes every
// check that applies to it, or is refused by `plan`. CI plays one, which knows neither modules nor `go run` without a file.
const words = (text: string): readonly string[] => text.trim().split(/\s+/);
const installed: Record<Architecture, readonly string[]> = {
  amd64: words(`
    1.5.1 1.5.4 1.6.2 1.6.4 1.7.1 1.7.6 1.8 1.8.7 1.9 1.9.7 1.10 1.10.8 1.11 1.11.13 1.12 1.12.17 1.13 1.13.15
    1.14 1.14.15 1.15 1.15.15 1.16 1.16.15 1.17 1.17.13 1.18 1.18.10 1.19 1.19.13 1.20 1.20.14 1.21.0 1.21.13
    1.22.0 1.22.12 1.23.0 1.23.12 1.24.0 1.24.13 1.25.0 1.25.14 1.26.0 1.26.11 1.27.0 1.27.4`),
  arm64: words("1.20.10 1.20.14 1.22.12 1.23.12 1.24.0 1.24.13 1.25.0 1.25.14 1.26.0 1.26.11 1.27.0 1.27.4"),
};
const refused = ["1.2.2", "1.3.1", "1.3.3", "1.4.1", "1.4.3"];
const sample: typeof installed = { amd64: ["1.10.8"], arm64: ["1.27.4"] };
const { amd64, arm64 } = isFullMode ? installed : sample;

/** What `verify` has against a healthy installation: nothing. */
function listAlarms({ checks }: Result): readonly string[] {
  const alarms = checks.filter(({ status }) => status === "fail" || status === "warn");
  return alarms.map(({ id, evidence }) => `${id}: ${evidence}`);
}

describe("a release of each line", () => {
  let host: LabHost;
  beforeAll(async () => {
    host = await createHost();
  });
  afterAll(() => host?.destroy());

  const install = async (version: string, arch: Architecture, options: readonly string[]) => {
    const modules = [toolchainModule(version, arch), "rsc.io/quote@v1.5.2"];
    // The tree head of another release's record would want tiles between the two.
    await host.script("rm -rf /var/lib/readygo /usr/local/.readygo /usr/local/go");
    const names = [...Object.values(mirrorNames), readDefaultProxyName()];
    const { proxyUrl } = await host.startMirror({ releases: [], modules, names });
    // `1.8` is the whole line, of which `1.8.0` is the first.
    const release = /^1\.\d+$/.test(version) ? `${version}.0` : version;
    const argv = ["install", release, "--source", `goproxy=${proxyUrl}`, "--timeout", "280", "--json", ...options];
    return readJson(await host.readygo(argv, { timeoutMs: 590_000 }));
  };

  it.each(amd64)("go%s passes what applies to it, and goes again", async (version) => {
    const { status, checks, error } = await install(version, "amd64", []);
    expect([status, error]).toEqual(["changed", null]);
    expect(checks.filter((check) => check.status === "fail")).toEqual([]);
    const verdicts = Object.fromEntries(checks.map((check) => [check.id, check.status]));
    expect(verdicts).toMatchObject({ "standard-library": "pass", "go-run": "pass", "cross-compile": "pass" });
    const goproxy = checks.find(({ id }) => id === "goproxy");
    const hasGoEnv = Number(version.split(".")[1]) >= 21;
    expect(goproxy).toMatchObject(hasGoEnv ? { status: "pass" } : { status: "skip", evidence: "it applies from go1.21 on" }); // prettier-ignore
    const verified = await host.readygo(["verify", "--json", "--timeout", "280"], { timeoutMs: 590_000 });
    expect([verified.status, listAlarms(readJson(verified))]).toEqual([0, []]);
    expect((await host.must(["bash", "-lc", "go version"])).stdout).toContain(`go version go${version} linux/amd64`);
    expect(readJson(await host.readygo(["uninstall", "--json"])).error).toBeNull();
  });

  it.each(arm64)("go%s for arm64 is proven in an image, and goes again", async (version) => {
    const image = "/srv/image";
    await host.script(`
      rm -rf ${image}
      mkdir -p ${image}/usr/local ${image}/etc/profile.d ${image}/var/lib ${image}/root ${image}/lib
      # Until 1.20 bin/go is not static.
      touch ${image}/lib/ld-linux-aarch64.so.1
      printf 'root:x:0:0::/root:/bin/bash\\n' >${image}/etc/passwd`);
    const { status, checks, error } = await install(version, "arm64", ["--root", image, "--arch", "arm64"]);
    expect([status, error]).toEqual(["changed", null]);
    expect(checks.filter((check) => check.status === "fail")).toEqual([]);
    const verdicts = Object.fromEntries(checks.map((check) => [check.id, check.status]));
    expect(verdicts).toMatchObject({ architecture: "pass", "tree-manifest": "pass", "tree-public": "pass" });
    expect(host.read(`${image}/usr/local/go/VERSION`).split("\n")[0]).toBe(`go${version}`);
    expect(readJson(await host.readygo(["uninstall", "--root", image, "--json"])).error).toBeNull();
  });

  it.each(refused)("go%s is refused by plan before anything is fetched: too old for the checks", async (version) => {
    const run = await host.readygo(["plan", version, "--json"]);
    expect([run.status, readJson(run).error?.code]).toEqual([2, "version-too-old"]);
    expect(readJson(run).error?.remedy).toEqual(["readygo install 1.5  is the oldest line that they know"]);
  });
});
