import { chownSync } from "node:fs";
import { expect, test } from "vitest";
import { absolutePath } from "../../../../src/host/absolute-path.ts";
import { createRealFiles } from "../../../../src/host/real-files.ts";
import type { ReadFiles } from "../../../../src/host/ports.ts";
import type { CheckContext } from "../../../../src/verify/check.ts";
import { goproxy } from "../../../../src/verify/checks/goproxy.ts";
import { isRoot, machineVersion, makeAccount, makeContext, wantedVersion, withGo } from "../check-host.ts";

/** go.env of the tree as given; undefined: there is none. The rest is this machine's. */
function filesWithGoEnv(goEnv: string | undefined): ReadFiles {
  const real = createRealFiles("");
  return {
    ...real,
    read: (path, maxBytes) =>
      path === absolutePath("/usr/local/go/go.env")
        ? goEnv === undefined
          ? undefined
          : Buffer.from(goEnv)
        : real.read(path, maxBytes),
  };
}

const standard = "# defaults\nGOPROXY=https://standard.example,direct\nGOTOOLCHAIN=auto\n";

/** `go env -json` as go answers it: the variable, else the user's file, else go.env. */
const goEnv = `
file=$(sed -n 's/^GOPROXY=//p' "$GOENV" 2>/dev/null)
printf '{"GOPROXY": "%s"}\\n' "\${GOPROXY:-\${file:-https://standard.example,direct}}"`;

const judge = (account: CheckContext["account"], files = filesWithGoEnv(standard), go = goEnv) =>
  goproxy.run(makeContext({ account, files, version: wantedVersion, processes: withGo(go) }));

test("the release's own default", async () => {
  expect(await judge(makeAccount("/bin/bash"))).toEqual({
    status: "pass",
    evidence: "https://standard.example,direct",
    remedy: null,
  });
});

test("an override by a variable names file and line, and keeps its password to itself", async () => {
  const account = makeAccount("/bin/bash", {
    ".profile": "umask 022\nexport GOPROXY=https://me:secret@proxy.example\n",
  });
  expect(await judge(account)).toEqual({
    status: "warn",
    evidence: `GOPROXY is https://***@proxy.example, the release's own is https://standard.example,direct; overridden by ${account.home}/.profile:2`,
    remedy: "if that is not wanted, let  unset GOPROXY  be the last line of ada's ~/.profile and ~/.bashrc",
  });
});

test("an override by go's own file names that", async () => {
  const account = makeAccount("/bin/bash", { ".config/go/env": "GOPROXY=off\n" });
  expect(await judge(account)).toEqual({
    status: "warn",
    evidence: `GOPROXY is off, the release's own is https://standard.example,direct; overridden by ${account.home}/.config/go/env`,
    remedy: "if that is not wanted:  go env -u GOPROXY  as ada",
  });
});

test.each([
  ["no go.env", undefined, "/usr/local/go/go.env is not there"],
  ["a go.env without it", "GOTOOLCHAIN=auto\n", "/usr/local/go/go.env sets no GOPROXY"],
])("%s fails: modules could not be fetched at all", async (_, content, evidence) => {
  expect(await judge(makeAccount("/bin/bash"), filesWithGoEnv(content))).toEqual({
    status: "fail",
    evidence,
    remedy: "readygo install go1.27.4 --repair",
  });
});

test("a go that the account's settings break is reported in go's words", async () => {
  const finding = await judge(makeAccount("/bin/bash"), undefined, "echo 'go: bad setting' >&2; exit 2");
  expect(finding).toEqual({
    status: "warn",
    evidence: "`go env GOPROXY` does not answer ada: exit status 2: go: bad setting",
    remedy: "see  go env  as ada",
  });
});

test.runIf(isRoot && machineVersion !== undefined)(
  "this machine's go answers another account, from its closed home (needs a Go at /usr/local/go)",
  async () => {
    const account = {
      ...makeAccount("/bin/bash", { ".config/go/env": "GOPROXY=https://ada.example\n" }),
      uid: 65534,
      gid: 65534,
    };
    chownSync(account.home, 65534, 65534);
    const finding = await goproxy.run(makeContext({ account, files: filesWithGoEnv(standard) }));
    expect(finding.evidence).toBe(
      `GOPROXY is https://ada.example, the release's own is https://standard.example,direct; overridden by ${account.home}/.config/go/env`,
    );
  },
);
