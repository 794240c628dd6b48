import { dirname } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { type LabArchive, makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// People put gopls into /usr/local/go/bin, and a module cache into the tree. Nothing of it is deleted with a release.
let host: LabHost;
let releases: readonly LabArchive[];

beforeAll(async () => {
  releases = await Promise.all(["1.30.1", "1.30.2", "1.30.3"].map((version) => makeSmallRelease(version)));
  host = await createHost({
    bind: releases.map(({ path, version }) => ({ from: dirname(path), to: `/opt/${version}` })),
  });
});
afterAll(() => host?.destroy());

const run = (command: string, number: number, ...words: readonly string[]) => {
  const { version = "", sha256 = "" } = releases[number - 1] ?? {};
  return host.readygo([
    ...`${command} ${version} --source /opt/${version} --sha256 ${sha256} --json`.split(" "),
    ...(command === "install" ? ["--no-verify"] : []),
    ...words,
  ]);
};
const previous = "/usr/local/.readygo/previous";
const put = (path: string, mode = 755): Promise<unknown> =>
  host.script(`install -D -m ${mode} /dev/stdin /usr/local/go/${path} <<<'echo mine'`);

it("moves what users put into the tree aside when the tree is replaced, by name, and keeps the tree whole", async () => {
  await run("install", 1);
  await put("bin/gopls");
  await put("pkg/mod/cache/x.txt", 644);
  await host.script("ln -s gopls /usr/local/go/bin/alias; ln /usr/local/go/bin/go /usr/local/go/bin/go1");
  const planned = readJson(await run("plan", 2));
  const [note] = (planned["notes"] as readonly { text: string }[]).filter(({ text }) => text.includes("bin/gopls"));
  expect(note?.text).toMatch(
    new RegExp(
      `go1.30.1 moves to ${previous}/added-to-go1.30.1 .--keep-tools.*: bin/alias, bin/go1, bin/gopls, pkg/mod`,
    ),
  );
  const upgrade = await run("install", 2);
  expect(upgrade.status).toBe(0);
  expect(upgrade.stderr).toContain(`bin/gopls in /usr/local/go was not of go1.30.1: it is ${previous}/added-to-go1.30.1/bin/gopls now`); // prettier-ignore
  expect(host.read(`${previous}/added-to-go1.30.1/bin/gopls`)).toBe("echo mine\n");
  expect(host.read(`${previous}/added-to-go1.30.1/pkg/mod/cache/x.txt`)).toBe("echo mine\n");
  // The kept tree is the release again: there is a way back.
  expect(readJson(await host.readygo(["rollback", "--no-verify", "--json"]))).toMatchObject({ version: "go1.30.1" });
  expect(readJson(await run("install", 1))).toMatchObject({ status: "unchanged" });
  expect((await run("install", 2)).status).toBe(0);
});

it("moves programs of its bin to /usr/local/bin with --keep-tools, unless something is there", async () => {
  await put("bin/gopls");
  await put("bin/dlv");
  await put("bin/notes.txt", 644);
  host.write("/usr/local/bin/dlv", "another");
  await run("install", 3, "--keep-tools");
  expect(host.read("/usr/local/bin/gopls")).toBe("echo mine\n");
  expect((await host.script("stat -c '%U %a' /usr/local/bin/gopls")).stdout).toBe("root 755\n");
  expect(host.read("/usr/local/bin/dlv")).toBe("another");
  expect(host.read(`${previous}/added-to-go1.30.2/bin/dlv`)).toBe("echo mine\n");
  expect(host.read(`${previous}/added-to-go1.30.2/bin/notes.txt`)).toBe("echo mine\n");
  await host.script("rm /usr/local/bin/gopls /usr/local/bin/dlv");
});

it("deletes no kept release with what an earlier readygo left in it, and nothing with the last", async () => {
  // As an upgrade of before left it: the kept tree has the file in it.
  await host.script(`cd ${previous}/go1.30.2.linux-*/bin; install -m 755 /dev/stdin staticcheck <<<'echo mine'`);
  await run("install", 1);
  expect(host.read(`${previous}/added-to-go1.30.2-2/bin/staticcheck`)).toBe("echo mine\n");
  await put("bin/gopls");
  const uninstalled = await host.readygo(["uninstall"]);
  expect(uninstalled.status).toBe(0);
  expect(uninstalled.stderr).toContain(`it is ${previous}/added-to-go1.30.1-2/bin/gopls now`);
  const left = (await host.script("cd /usr/local/.readygo; find . -type f -o -type l | sort")).stdout;
  expect(left.trim().split("\n")).toEqual(
    [
      "added-to-go1.30.1-2/bin/gopls",
      "added-to-go1.30.1/bin/alias",
      "added-to-go1.30.1/bin/go1",
      "added-to-go1.30.1/bin/gopls",
      "added-to-go1.30.1/pkg/mod/cache/x.txt",
      "added-to-go1.30.2-2/bin/staticcheck",
      "added-to-go1.30.2/bin/dlv",
      "added-to-go1.30.2/bin/notes.txt",
    ].map((path) => `./previous/${path}`),
  );
});
