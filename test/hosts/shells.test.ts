import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// Each user's own login shell, as the user would start it.
describe("shells find the Go that was installed", () => {
  let host: LabHost;

  beforeAll(async () => {
    host = await createHost();
    await host.startMirror({ releases: [await makeSmallRelease("1.30.1")], modules: [] });
    // What an old installation leaves behind.
    await host.script(
      "mkdir -p /opt/go1.19/bin && printf '#!/bin/sh\\necho old\\n' >/opt/go1.19/bin/go && chmod 755 /opt/go1.19/bin/go",
    );
  });
  afterAll(() => host?.destroy());

  it.each([
    ["bashful", "/bin/bash", ".bashrc", "export PATH=/opt/go1.19/bin:$PATH\nexport GOROOT=/opt/go1.19\n"],
    ["zoe", "/usr/bin/zsh", ".zshrc", "path=(/opt/go1.19/bin $path)\nexport GOROOT=/opt/go1.19\n"],
    [
      "finn",
      "/usr/bin/fish",
      ".config/fish/config.fish",
      "set -gx PATH /opt/go1.19/bin $PATH\nset -gx GOROOT /opt/go1.19\n",
    ],
    ["dashy", "/bin/dash", ".profile", "PATH=/opt/go1.19/bin:$PATH\nexport PATH\n"],
  ])("for %s, whose shell is %s", async (name, shell, file, old) => {
    await host.addUser(name, shell);
    const path = `/home/${name}/${file}`;
    host.write(path, old);
    await host.must(["chown", "-R", `${name}:${name}`, `/home/${name}`]);
    const before = host.snapshot([`/home/${name}`]);
    const run = await host.readygo(["install", "1.30.1", "--user", name, "--json"], { timeoutMs: 180_000 });
    const verdicts = Object.fromEntries(
      readJson(run).checks.map(({ id, status, evidence }) => [id, `${status}: ${evidence}`]),
    );
    expect(verdicts["login-shell"]).toMatch(/^pass: \/usr\/local\/go\/bin\/go comes first/);
    expect(verdicts["no-goroot"]).toMatch(/^pass/);
    expect(run.status).toBe(0);
    // `su -` starts the user's own login shell; an interactive one reads the rc file too.
    expect((await host.must(["su", "-", name, "-c", "command -v go"])).stdout).toBe("/usr/local/go/bin/go\n");
    const owner = before.get(path);
    expect(host.snapshot([path]).get(path)).toMatchObject({ uid: owner?.uid, gid: owner?.gid, mode: owner?.mode });
    const again = await host.readygo(["install", "1.30.1", "--user", name, "--json"]);
    expect(readJson(again).status).toBe("unchanged");
  });

  it("gives every one of these homes back", async () => {
    await host.must(["true"]);
    expect(readJson(await host.readygo(["uninstall", "--json"])).error).toBeNull();
    for (const name of ["bashful", "zoe", "finn", "dashy"]) {
      const left = [...host.snapshot([`/home/${name}`]).keys()].filter((path) => path.includes("readygo"));
      expect([name, left]).toEqual([name, []]);
      expect((await host.run(["grep", "-rl", "readygo", `/home/${name}`])).stdout).toBe("");
    }
  });

  it("leaves homes alone with --no-rc, and still reaches login shells", async () => {
    await host.addUser("norc");
    const before = host.snapshot(["/home/norc"]);
    await host.readygo(["install", "1.30.1", "--user", "norc", "--no-rc", "--no-verify"]);
    expect(host.snapshot(["/home/norc"])).toEqual(before);
    expect((await host.must(["su", "-", "norc", "-c", "command -v go"])).stdout).toBe("/usr/local/go/bin/go\n");
  });

  it("starts no program and writes nothing where there is nothing to do", async () => {
    await host.addUser("quinn");
    const words = ["install", "1.30.1", "--user", "quinn", "--no-verify", "--json"];
    expect(readJson(await host.readygo(words)).status).toBe("changed");
    const places = ["/usr/local", "/etc", "/home/quinn", "/var/lib/readygo"];
    const before = host.snapshot(places);
    const calls = "trace=execve,unlink,unlinkat,rename,renameat,renameat2,symlink,symlinkat,mkdir,mkdirat,fchmod,fsync";
    const strace = ["strace", "-f", "-qq", "-e", calls, "-o", "/tmp/calls"];
    const run = await host.must([...strace, "/opt/readygo/node", "/opt/readygo/dist/readygo.mjs", ...words]);
    expect(readJson(run).status).toBe("unchanged");
    const seen = host
      .read("/tmp/calls")
      .split("\n")
      .filter((line) => /^\d+ +[a-z]/.test(line));
    // Itself, and the child of its own that reads quinn's home as quinn.
    expect(seen.map((line) => /(\w+)\("?([^",]*)/.exec(line)?.slice(1, 3))).toEqual([
      ["execve", "/opt/readygo/node"],
      ["execve", "/opt/readygo/node"],
    ]);
    expect(host.snapshot(places)).toEqual(before);
  });

  it("asks the shells once of a file that was edited, and keeps the answer", async () => {
    await host.addUser("rhea");
    const words = ["install", "1.30.1", "--user", "rhea", "--no-verify", "--json"];
    await host.readygo(words);
    host.write("/home/rhea/.bashrc", `${host.read("/home/rhea/.bashrc")}alias later=true; echo asked >>/tmp/asked\n`);
    await host.must(["chown", "rhea:rhea", "/home/rhea/.bashrc"]);
    const places = ["/usr/local", "/etc", "/home/rhea", "/var/lib/readygo"];
    const asked = async (): Promise<number> => Number((await host.script("cat /tmp/asked 2>/dev/null | wc -l")).stdout);
    expect(readJson(await host.readygo(words)).status).toBe("unchanged");
    const [before, times] = [host.snapshot(places), await asked()];
    expect(times).toBeGreaterThan(0);
    expect(readJson(await host.readygo(words)).status).toBe("unchanged");
    expect(await asked()).toBe(times);
    expect(host.snapshot(places)).toEqual(before);
  });

  it("takes only its own part out of an rc file that was edited since", async () => {
    await host.addUser("edith");
    await host.readygo(["install", "1.30.1", "--user", "edith", "--no-verify"]);
    const theirs = host.read("/etc/skel/.bashrc");
    host.write("/home/edith/.bashrc", `${host.read("/home/edith/.bashrc")}alias later=true\n`);
    await host.must(["chown", "edith:edith", "/home/edith/.bashrc"]);
    expect((await host.readygo(["uninstall"])).status).toBe(0);
    expect(host.read("/home/edith/.bashrc")).toBe(`${theirs}alias later=true\n`);
  });
});
