import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { makeSmallRelease } from "../lab/releases/releases.ts";

describe("verify", () => {
  let host: LabHost;
  beforeAll(async () => {
    host = await createHost();
    await host.startMirror({ releases: [await makeSmallRelease("1.30.1")], modules: [] });
    const run = await host.readygo(["install", "1.30.1", "--no-verify", "--json"]);
    expect(readJson(run).status).toBe("changed");
  });
  afterAll(() => host?.destroy());

  const ids = async (...words: readonly string[]): Promise<readonly string[]> =>
    readJson(await host.readygo(["verify", "--json", ...words])).checks.map(({ id }) => id);

  it("runs what is asked for", async () => {
    expect(
      await ids("--layer", "2", "--skip", "standard-library,goproxy,launch-contexts,go-env,host-floors,work-directory"),
    ).toEqual(
      ["login-shell", "interactive-shell", "no-goroot", "no-gopath", "goroot", "account-go"], // prettier-ignore
    );
    expect(await ids("--only", "goroot")).toEqual(["goroot"]);
  });

  it("ends with 7 for a warning where that is asked for, and else with 0", async () => {
    host.write("/root/.profile", `${host.read("/root/.profile")}\nexport GOROOT=/opt/gone\n`);
    const ask = async (...words: readonly string[]) => {
      const run = await host.readygo(["verify", "--only", "no-goroot", "--json", ...words]);
      return [run.status, readJson(run).error?.summary, readJson(run).checks.map(({ status }) => status)];
    };
    expect(await ask()).toEqual([0, undefined, ["warn"]]);
    expect(await ask("--fail-on", "warning")).toEqual([7, "1 of 1 checks failed or warned", ["warn"]]);
    await host.script("sed -i '/GOROOT/d' /root/.profile");
  });

  it("starts no other program with --quick, and says so", async () => {
    const trace = ["strace", "-f", "-qq", "-e", "trace=execve", "-o", "/tmp/trace", "/opt/readygo/node"];
    const run = await host.run([...trace, "/opt/readygo/dist/readygo.mjs", "verify", "--quick", "--json"]);
    expect([run.status, readJson(run).checks.every(({ layer }) => layer === 1)]).toEqual([0, true]);
    expect(readJson(run).checks.find(({ id }) => id === "version")?.evidence).toContain("--quick starts no other");
    expect(host.read("/tmp/trace").match(/execve\(/g)).toHaveLength(1);
  });

  it("is what the timer's service runs, and leaves JSON and Prometheus text", async () => {
    const { cloudConfig } = JSON.parse((await host.readygo(["cloud-init", "--timer", "--json"])).stdout) as {
      readonly cloudConfig: {
        readonly write_files: readonly {
          readonly path: string;
          readonly permissions: string;
          readonly content: string;
        }[];
      };
    };
    const files = cloudConfig.write_files.filter(({ path }) => path.includes("readygo-verify"));
    for (const { path, permissions, content } of files) host.write(path, content, Number.parseInt(permissions, 8));
    host.write(
      "/usr/local/bin/readygo",
      '#!/bin/sh\nexec /opt/readygo/node /opt/readygo/dist/readygo.mjs "$@"\n',
      0o755,
    );
    const units = files.map(({ path }) => path).filter((path) => path.startsWith("/etc/systemd/"));
    expect((await host.run(["systemd-analyze", "--man=no", "verify", ...units])).stderr).not.toMatch(/readygo-verify/);

    await host.script("mkdir /run/readygo-verify && /usr/local/lib/readygo/readygo-verify");
    const { checks } = JSON.parse(host.read("/run/readygo-verify/result.json")) as ReturnType<typeof readJson>;
    const rows = checks.map(
      ({ id, layer, status }) => `readygo_check{command="verify",check="${id}",layer="${layer}",status="${status}"} 1`,
    );
    const text = host.read("/run/readygo-verify/readygo.prom");
    expect(text.split("\n").filter((line) => line.startsWith("readygo_check{"))).toEqual(rows);
    expect(text).toMatch(
      /^readygo_exit_code\{command="verify"\} 0\n[^]*^readygo_timestamp_seconds\{command="verify"\} \d{10}$/m,
    );
  });

  it("proves the tree before anything of it is run, whatever is asked for, and tells where it is not whole", async () => {
    await host.script("echo changed >>/usr/local/go/VERSION.txt; echo >>/usr/local/go/go.env");
    const run = await host.readygo(["verify", "--only", "goroot", "--json"]);
    const { checks } = readJson(run);
    expect([run.status, checks.map(({ id, status }) => `${id} ${status}`)]).toEqual([
      7,
      ["tree-manifest fail", "goroot skip"],
    ]);
  });

  it.each([
    [["--only", "go-rum"], "there is no check go-rum", "go-run"],
    [["--skip", "tree-manifst"], "there is no check tree-manifst", "tree-manifest"],
    [["--layer", "4"], "there is no layer 4", ""],
    [["--quick", "--deep"], "--quick and --deep exclude each other", ""],
    [["--quick", "--only", "go-run"], "--quick leaves no check to run", ""],
    [["--layer", "1", "--only", "go-run"], "no check is left to run", ""],
  ])("refuses %j", async (words, summary, near) => {
    const run = await host.readygo(["verify", ...words, "--json"]);
    const { error } = readJson(run);
    expect([run.status, error?.code, error?.summary]).toEqual([2, "usage", summary]);
    if (near !== "") expect(error?.details["did you mean"]).toContain(near);
  });

  it("lists what there is, and looks at nothing", async () => {
    const run = await host.readygo(["verify", "--list"]);
    expect([run.status, run.stdout]).toEqual([0, expect.stringMatching(/^layer 1: binary\n {2}archive-digest +look /)]);
    const { list } = JSON.parse((await host.readygo(["verify", "--list", "--quick", "--json"])).stdout);
    expect(list.map(({ cost }: { cost: string }) => cost)).toEqual(list.map(() => "look"));
  });
});
