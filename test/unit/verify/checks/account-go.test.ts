import { expect, test } from "vitest";
import { accountGo } from "../../../../src/verify/checks/account-go.ts";
import { makeAccount, makeContext, wantedVersion, withGo } from "../check-host.ts";

/** `go env -json GOVERSION …` */
const sayVersion = (version: string): string => `printf '{"GOVERSION": "%s"}\\n' ${version}`;

const judge = (files: Readonly<Record<string, string>>, go = sayVersion(wantedVersion)) => {
  const account = makeAccount("/bin/bash", files);
  return accountGo
    .run(makeContext({ account, version: wantedVersion, architecture: "amd64", processes: withGo(go) }))
    .then((finding) => ({ ...finding, evidence: finding.evidence.replaceAll(account.home, "~") }));
};

test("an account without any such setting", async () => {
  expect(await judge({})).toEqual({
    status: "pass",
    evidence: "go1.27.4 for ada, whose settings leave it so",
    remedy: null,
  });
});

test.each([
  [
    "export GOTOOLCHAIN=go1.22.5",
    "GOTOOLCHAIN=go1.22.5 of ~/.profile:2: go then runs another release, and fetches it where it is not there",
  ],
  ["export GO111MODULE=off", "GO111MODULE=off of ~/.profile:2: go then knows no modules"],
  ["export GOFLAGS=-mod=vendor", "GOFLAGS=-mod=vendor of ~/.profile:2: `go install NAME@VERSION` then fails"],
  ["export GOOS=windows", "GOOS=windows of ~/.profile:2: what is built then does not run here"],
  ["export GOARCH=riscv64", "GOARCH=riscv64 of ~/.profile:2: what is built then does not run here"],
])("%s is named with its place, and a remedy that takes nothing else away", async (line, evidence) => {
  const [, name = ""] = /export (\w+)/.exec(line) ?? [];
  expect(await judge({ ".profile": `umask 022\n${line}\n` })).toEqual({
    status: "warn",
    evidence,
    remedy: `if that is not wanted, let  unset ${name}  be the last line of ada's ~/.profile and ~/.bashrc`,
  });
});

test("go's own file counts", async () => {
  expect(await judge({ ".config/go/env": "GOFLAGS=-mod=mod\n" })).toEqual({
    status: "warn",
    evidence: "GOFLAGS=-mod=mod of ~/.config/go/env: `go install NAME@VERSION` then fails",
    remedy: "go env -u GOFLAGS  as ada",
  });
});

test.each([
  "GOTOOLCHAIN=local",
  "GOTOOLCHAIN=auto",
  "GOTOOLCHAIN=go1.27.4+auto",
  "GO111MODULE=on",
  "GOFLAGS=-v",
  "GOOS=linux",
  "GOARCH=amd64",
])("%s does no harm", async (setting) => {
  expect((await judge({ ".config/go/env": `${setting}\n` })).status).toBe("pass");
});

test("a go that says another version, or nothing", async () => {
  expect((await judge({}, sayVersion("go1.22.5"))).evidence).toBe("go says that it is go1.22.5 to ada");
  expect((await judge({}, "echo no >&2; exit 3")).evidence).toBe("go does not answer ada: exit status 3: no");
});
