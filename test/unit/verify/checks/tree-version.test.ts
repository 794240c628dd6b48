import { expect, test } from "vitest";
import { createRealFiles } from "../../../../src/host/real-files.ts";
import { treeVersion } from "../../../../src/verify/checks/tree-version.ts";
import { makeContext, makeDirectory, place, wantedVersion, withGo } from "../check-host.ts";

function hostWith(versionFile: string | undefined) {
  const root = makeDirectory();
  if (versionFile !== undefined) place(root, { "usr/local/go/VERSION": versionFile });
  return { files: createRealFiles(root), version: wantedVersion, architecture: "amd64" } as const;
}

const whole = "go1.27.4\ntime 2026-10-07T00:00:00Z\n";
const repair = "readygo install go1.27.4 --repair";

test("file and command agree", async () => {
  const context = makeContext({ ...hostWith(whole), processes: withGo("echo go version go1.27.4 linux/amd64") });
  expect(await treeVersion.run(context)).toEqual({
    status: "pass",
    evidence: "go version go1.27.4 linux/amd64",
    remedy: null,
  });
});

test("the command is left alone where nothing may be run", async () => {
  const context = makeContext({
    ...hostWith(whole),
    processes: withGo("exit 1"),
    unrunnable: "the tree is for another architecture",
  });
  expect(await treeVersion.run(context)).toEqual({
    status: "pass",
    evidence: "VERSION says go1.27.4; `go version` was not run: the tree is for another architecture",
    remedy: null,
  });
});

test.each([
  ["no VERSION file", undefined, "true", "/usr/local/go/VERSION is not there"],
  ["another release", "go1.26.8\n", "true", "VERSION says go1.26.8, wanted go1.27.4"],
  [
    "a command of another release",
    whole,
    "echo go version go1.26.8 linux/amd64",
    "VERSION says go1.27.4, but `go version` says go version go1.26.8 linux/amd64",
  ],
  [
    "a command that does not run",
    whole,
    "echo no such thing >&2; exit 3",
    "VERSION says go1.27.4, but `go version` does not run: exit status 3: no such thing",
  ],
])("fails on %s", async (_, versionFile, go, evidence) => {
  const context = makeContext({ ...hostWith(versionFile), processes: withGo(go) });
  expect(await treeVersion.run(context)).toEqual({ status: "fail", evidence, remedy: repair });
});

test("asks in an environment that nobody's settings reach, with a HOME in scratch", async () => {
  const go = 'echo "go version go1.27.4 linux/amd64"; env | sort >"$TMPDIR/seen"; pwd >>"$TMPDIR/seen"';
  const context = makeContext({ ...hostWith(whole), processes: withGo(go) });
  await treeVersion.run(context);
  const seen = createRealFiles("")
    .read(`${context.scratch}/seen` as typeof context.scratch)
    ?.toString("utf8");
  expect(seen?.replaceAll(context.scratch, "SCRATCH").replace(/^_=.*\n/m, "")).toBe(`CGO_ENABLED=0
GIT_TERMINAL_PROMPT=0
GO111MODULE=off
GOCACHE=SCRATCH/build-cache
GOENV=/dev/null
GOFLAGS=-modcacherw
GOMODCACHE=SCRATCH/modules
GOPATH=SCRATCH/gopath
GOTOOLCHAIN=local
GOWORK=off
HOME=SCRATCH/home
LC_ALL=C
PATH=/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
PWD=SCRATCH
TMPDIR=SCRATCH
SCRATCH
`);
});
