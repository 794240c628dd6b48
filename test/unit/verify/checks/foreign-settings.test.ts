import { expect, test } from "vitest";
import { noGopath, noGoroot } from "../../../../src/verify/checks/foreign-settings.ts";
import { contextVersion, makeAccount, makeContext } from "../check-host.ts";

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
    evidence: `GOROOT=/opt/go in the login and interactive shell, set by ${account.home}/.bashrc:2`,
    remedy: `readygo install ${contextVersion} --user ada`,
  });
});

test("what go takes by itself is no finding", async () => {
  const account = makeAccount("/bin/bash", {
    ".profile": "export GOPATH=$HOME/go GOROOT=/usr/local/go/\n. ~/.bashrc\n",
  });
  const context = makeContext({ account });
  expect(await noGopath.run(context)).toEqual({
    status: "pass",
    evidence: `GOPATH=${account.home}/go in the login shell: what go takes by itself`,
    remedy: null,
  });
  expect((await noGoroot.run(context)).status).toBe("pass");
});

test("the remedy takes nothing from the lines that use it", async () => {
  const account = makeAccount("/bin/bash", { ".profile": "export GOPATH=/srv/go\nPATH=$GOPATH/bin:$PATH\n" });
  expect((await noGopath.run(makeContext({ account }))).remedy).toBe(
    "if that is not wanted, let  unset GOPATH  be the last line of ada's ~/.profile and ~/.bashrc",
  );
});

test("go's own file counts, where no shell speaks of it", async () => {
  const account = makeAccount("/bin/bash", { ".config/go/env": "GOPATH=/srv/go\n" });
  expect(await noGopath.run(makeContext({ account }))).toEqual({
    status: "warn",
    evidence: `GOPATH=/srv/go in ${account.home}/.config/go/env`,
    remedy: `env GOPATH=${account.home}/go go env -u GOPATH  as ada`,
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
