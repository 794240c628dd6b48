import { chownSync } from "node:fs";
import { expect, test } from "vitest";
import type { Account } from "../../../../src/host/ports.ts";
import { modDownload } from "../../../../src/verify/checks/mod-download.ts";
import { buildZip } from "../../fetch/unpack/build-zip.ts";
import {
  isRoot,
  machineVersion,
  makeAccount,
  makeContext,
  makeDirectory,
  place,
  wantedVersion,
  withGo,
} from "../check-host.ts";

const hasGo = machineVersion !== undefined;
const module = "small.example/hello@v1.0.0";

/** A module proxy in a directory, with one module. */
function makeProxy(): string {
  const directory = makeDirectory();
  const goMod = "module small.example/hello\n";
  place(`${directory}/small.example/hello/@v`, {
    "v1.0.0.info": '{"Version":"v1.0.0","Time":"2026-01-02T03:04:05Z"}',
    "v1.0.0.mod": goMod,
    "v1.0.0.zip": buildZip([
      { name: `${module}/go.mod`, content: goMod },
      { name: `${module}/hello.go`, content: "package hello\n" },
    ]),
  });
  return `file://${directory}`;
}

/** An account that is not root, as far as the test may make one. */
function makeOther(home: Readonly<Record<string, string>> = {}): Account {
  const account = makeAccount("/bin/bash", home);
  if (!isRoot) return account;
  chownSync(account.home, 65534, 65534);
  return { ...account, uid: 65534, gid: 65534 };
}

test.runIf(hasGo)("a module comes by the account's own settings (needs a Go at /usr/local/go)", async () => {
  const account = makeOther({ ".config/go/env": `GOPROXY=${makeProxy()}\nGOSUMDB=off\n` });
  expect(await modDownload.run(makeContext({ account, module }))).toEqual({
    status: "pass",
    evidence: expect.stringMatching(
      /^small\.example\/hello@v1\.0\.0 h1:[A-Za-z0-9+/]{43}= from file:\S+ after \d+\.\d s, hash checked by nobody: GOSUMDB=off$/,
    ),
    remedy: null,
  });
});

test.runIf(hasGo)("what readygo was started with comes before them (needs a Go at /usr/local/go)", async () => {
  const account = makeOther({ ".config/go/env": "GOPROXY=off\n" });
  const passedEnvironment = { GOPROXY: makeProxy(), GOSUMDB: "off" };
  expect((await modDownload.run(makeContext({ account, module, passedEnvironment }))).status).toBe("pass");
});

test.runIf(hasGo)(
  "a refused connection is a warning, in go's words without the password (needs a Go at /usr/local/go)",
  async () => {
    const passedEnvironment = { GOPROXY: "https://me:secret@127.0.0.1:1", GOSUMDB: "off" };
    const finding = await modDownload.run(makeContext({ account: makeOther(), module, passedEnvironment }));
    expect(finding).toEqual({
      status: "warn",
      evidence: expect.stringMatching(
        /^small\.example\/hello@v1\.0\.0 cannot be downloaded, the connection is refused: .*connection refused$/,
      ),
      remedy: "correct GOPROXY, or let this host through the firewall",
    });
    expect(finding.evidence).not.toContain("secret");
  },
);

test("a proxy that never answers is a warning at the bound", async () => {
  const processes = withGo('case "$1" in env) echo "{}" ;; *) sleep 60 ;; esac');
  expect(await modDownload.run(makeContext({ processes, timeoutMs: 500 }))).toEqual({
    status: "warn",
    evidence: "rsc.io/quote@v1.5.2 cannot be downloaded, no answer within the bound: 0.5 s",
    remedy: "point GOPROXY at a proxy that this host can reach quickly",
  });
});

test("a go that crashes is the tree's fault", async () => {
  const processes = withGo('case "$1" in env) echo "{}" ;; *) kill -SEGV $$ ;; esac');
  expect(await modDownload.run(makeContext({ version: wantedVersion, processes }))).toEqual({
    status: "fail",
    evidence: "`go mod download` ended by SIGSEGV",
    remedy: "readygo install go1.27.4 --repair",
  });
});

test.runIf(isRoot)("what runs as another account may end there by any signal", async () => {
  const processes = withGo('case "$1" in env) echo "{}" ;; *) kill -SEGV $$ ;; esac');
  const finding = await modDownload.run(makeContext({ account: makeOther(), version: wantedVersion, processes }));
  expect([finding.status, finding.evidence]).toEqual(["warn", expect.stringContaining("cannot be downloaded")]);
});

test.runIf(isRoot)("root takes modules from web proxies alone, and says what it leaves out", async () => {
  const processes = withGo(
    `case "$1" in env) echo '{"GOPROXY": "https://me:secret@127.0.0.1:1,file:///srv,direct", "GOINSECURE": "*"}' ;;
      *) echo "$GOPROXY $GOVCS $GOAUTH [$GOINSECURE]" >&2; exit 1 ;; esac`,
  );
  const finding = await modDownload.run(makeContext({ version: wantedVersion, processes }));
  expect(finding.status).toBe("warn");
  expect(finding.evidence).toMatch(
    /: https:\/\/\*\*\*@127\.0\.0\.1:1 \*:off off \[\]; root's check leaves out file:\/\/\/srv, direct in GOPROXY, GOINSECURE=\*$/,
  );
});

test.runIf(isRoot)("and asks for nothing where none is left", async () => {
  const processes = withGo(`case "$1" in env) echo '{"GOPROXY": "file:///srv,direct"}' ;; *) kill -SEGV $$ ;; esac`);
  expect(await modDownload.run(makeContext({ version: wantedVersion, processes }))).toEqual({
    status: "warn",
    evidence:
      "rsc.io/quote@v1.5.2 was not asked for: GOPROXY is file:///srv,direct, and root's check uses http and https proxies alone",
    remedy: "readygo verify --user NAME  tries it with an account's own settings",
  });
});
