import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { dirname } from "node:path";
import { readJson } from "../lab/hosts/read-json.ts";
import { type LabArchive, makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// A tree that is not what it should be: seen, named file by file up to a limit, put right, and the old one kept.
describe("a damaged tree", () => {
  let host: LabHost;
  let older: LabArchive;
  let newer: LabArchive;

  beforeAll(async () => {
    older = await makeSmallRelease("1.30.1");
    newer = await makeSmallRelease("1.30.2");
    host = await createHost({
      bind: [older, newer].map(({ path, version }) => ({ from: dirname(path), to: `/opt/${version}` })),
    });
  });
  afterAll(() => host?.destroy());
  afterEach(() => host.script("rm -rf /usr/local/go /usr/local/.readygo /var/lib/readygo /etc/profile.d/readygo.sh"));

  const run = async (command: string, ...flags: readonly string[]) => {
    const source = ["--source", "/opt/go1.30.1", "--sha256", older.sha256];
    return readJson(await host.readygo([command, "1.30.1", ...source, ...flags, "--json"]));
  };
  const install = (...flags: readonly string[]) => run("install", "--no-verify", ...flags);
  const reasonOf = async (...flags: readonly string[]): Promise<string> => {
    const { steps } = await run("plan", ...flags);
    const [step] = steps as readonly { readonly target: string; readonly reason: string }[];
    return step?.target === "/usr/local/go" ? step.reason : "nothing to do";
  };
  const tree = () => [...host.snapshot(["/usr/local/go"])].map(([path, entry]) => [path, { ...entry, mtimeNs: "" }]);

  const inTree = "cd /usr/local/go; touch --reference=. /tmp/root-time;";
  const asBefore = "; touch --reference=/tmp/root-time .";

  // As many at a time as a reason names; each on a path of its own.
  it.each([
    [
      "in its files",
      {
        "rm src/fmt/fmt.go": "src/fmt/fmt.go is missing",
        "echo x >>src/os/os.go": "src/os/os.go has another size",
        "printf X | dd of=src/make.bash conv=notrunc status=none": "src/make.bash has another content",
        "echo x >src/fmt/old.go": "src/fmt/old.go was added",
        "chmod 700 bin/go": "bin/go has another mode",
      },
    ],
    [
      "in its directories, owners and kinds",
      {
        "chmod 700 src": "src has another mode",
        "chown 1234 src/os/os.go": "src/os/os.go has another owner",
        "chown 1234 bin": "bin has another owner",
        "rm src/fmt/fmt.go; ln -s ../os/os.go src/fmt/fmt.go": "src/fmt/fmt.go has another kind",
      },
    ],
  ])("%s: each is named, put right by --repair, the old tree kept", async (_, damages) => {
    await install();
    const whole = tree();
    await host.script(`${inTree} ${Object.keys(damages).join("; ")} ${asBefore}`);
    const told = await reasonOf("--repair");
    expect(told).toMatch(/^the tree is not whole: /);
    const named = told.replace(/^the tree is not whole: /, "").split(/, | and /);
    expect(named.toSorted()).toEqual(Object.values(damages).toSorted());
    expect(await install("--repair")).toMatchObject({ status: "changed", error: null });
    expect(tree()).toEqual(whole);
    expect(host.exists("/usr/local/.readygo/previous/damaged-go1.30.1")).toBe(true);
    expect(await reasonOf("--repair")).toBe("nothing to do");
  });

  it("by a umask of 077 and another owner: the first few are named, the rest counted", async () => {
    await install();
    await host.script(`${inTree} chmod -R go-rwx . ; chown -R 1234 . ${asBefore}`);
    expect(await reasonOf("--repair")).toMatch(/^the tree is not whole: (?:\S+ has another \w+, ){5}and \d+ more$/);
    const whole = await install("--repair");
    expect(whole.error).toBeNull();
    expect(host.snapshot(["/usr/local/go/bin/go"]).get("/usr/local/go/bin/go")).toMatchObject({ mode: 0o755, uid: 0 });
  });

  it("that another release was unpacked over: named without --repair, replaced whole, and kept apart", async () => {
    await install();
    const whole = tree();
    await host.script(`tar -C /usr/local -xzf /opt/go1.30.2/${newer.filename}; rm /usr/local/go/doc/README.md`);
    const told = await reasonOf();
    expect(told).toMatch(/^readygo did not install what stands there; against its go1\.30\.1: .*VERSION has another content/); // prettier-ignore
    expect(told).toContain("doc/README.md is missing");
    expect((await install()).status).toBe("changed");
    expect(tree()).toEqual(whole);
    expect(host.read("/usr/local/.readygo/previous/foreign/VERSION")).toContain("go1.30.2");
  });

  it("without a receipt and half unpacked is adopted: replaced, and given back", async () => {
    await host.script(
      `tar -C /usr/local -xzf /opt/go1.30.2/${newer.filename}; rm -r /usr/local/go/src /usr/local/go/bin/go`,
    );
    const before = tree();
    expect(await reasonOf()).toBe("readygo did not install what stands there");
    expect((await install()).status).toBe("changed");
    expect(host.read("/usr/local/go/VERSION")).toContain("go1.30.1");
    expect(readJson(await host.readygo(["uninstall", "--json"])).error).toBeNull();
    expect(tree()).toEqual(before);
  });
});
