import { expect, test } from "vitest";
import { noGopath, noGoroot } from "../../../../src/verify/checks/foreign-settings.ts";
import { makeAccount, makeContext } from "../check-host.ts";

test("neither is set", async () => {
  const context = makeContext();
  expect(await noGoroot.run(context)).toEqual({ status: "pass", evidence: "GOROOT is not set", remedy: null });
  expect(await noGopath.run(context)).toEqual({ status: "pass", evidence: "GOPATH is not set", remedy: null });
});

test("names the line of the file that sets it, not the comment that speaks of it", async () => {
  const account = makeAccount("/bin/bash", {
    ".profile": "# export GOROOT=/old\nif true; then export GOROOT=/opt/go; fi\n. ~/.bashrc\n",
    ".bashrc": "MY_GOROOT=/no\nGOROOT=/opt/go; export GOROOT\n",
  });
  expect(await noGoroot.run(makeContext({ account }))).toEqual({
    status: "warn",
    evidence: `GOROOT=/opt/go in the login and interactive shell, set by ${account.home}/.profile:2, ${account.home}/.bashrc:2`,
    remedy: `delete the line that sets GOROOT in ${account.home}/.profile:2, ${account.home}/.bashrc:2`,
  });
});

test("go's own file counts, where no shell speaks of it", async () => {
  const account = makeAccount("/bin/bash", { ".config/go/env": "GOPATH=/srv/go\n" });
  expect(await noGopath.run(makeContext({ account }))).toEqual({
    status: "warn",
    evidence: `GOPATH=/srv/go in ${account.home}/.config/go/env`,
    remedy: `delete the line GOPATH=… from ${account.home}/.config/go/env`,
  });
});

test("XDG_CONFIG_HOME and GOENV move that file, GOENV=off takes it away", async () => {
  const files = { "conf/go/env": "GOPATH=/by-xdg\n", other: "GOPATH=/by-goenv\n" };
  const evidence = async (profile: string): Promise<string> => {
    const account = makeAccount("/bin/bash", { ...files, ".profile": profile });
    return (await noGopath.run(makeContext({ account }))).evidence.replaceAll(account.home, "~");
  };
  expect(await evidence("export XDG_CONFIG_HOME=$HOME/conf\n")).toBe("GOPATH=/by-xdg in ~/conf/go/env");
  expect(await evidence("export GOENV=$HOME/other\n")).toBe("GOPATH=/by-goenv in ~/other");
  expect(await evidence("export GOENV=off\n")).toBe("GOPATH is not set");
});

test("says so where no shell answered", async () => {
  const account = makeAccount("/usr/sbin/nologin");
  expect(await noGoroot.run(makeContext({ account }))).toEqual({
    status: "pass",
    evidence: "GOROOT is not set in the account's go/env; its shells did not answer",
    remedy: null,
  });
});
