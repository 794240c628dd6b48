import { expect, test } from "vitest";
import { otherArchitecture } from "../../../../src/release/architecture.ts";
import { crossCompile } from "../../../../src/verify/checks/cross-compile.ts";
import { goRun } from "../../../../src/verify/checks/go-run.ts";
import { hostArchitecture, makeContext, wantedVersion, withGo } from "../check-host.ts";

const target = otherArchitecture(hostArchitecture);
const repair = "readygo install go1.27.4 --repair";

test.each([
  ["prints something else", "echo KO", "fail", '`go run` does not print OK: it printed "KO\\n"', repair],
  [
    "does not compile",
    "echo 'runtime/x.go:1: syntax error' >&2; exit 1",
    "fail",
    "`go run` does not print OK: exit status 1: runtime/x.go:1: syntax error",
    repair,
  ],
  [
    "takes too long",
    "sleep 60",
    "fail",
    "`go run` does not print OK: no answer within 0.5 s",
    "allow more seconds: timeout in [verify] of readygo.ini",
    500,
  ],
])("go run that %s", async (_, script, status, evidence, remedy, timeoutMs = 60_000) => {
  const context = makeContext({ version: wantedVersion, processes: withGo(script), timeoutMs });
  expect(await goRun.run(context)).toEqual({ status, evidence, remedy });
});

test("a scratch place that forbids running programs is no fault of the tree", async () => {
  const words = "fork/exec /tmp/go-build1/exe/main: permission denied";
  const context = makeContext({ processes: withGo(`echo '${words}' >&2; exit 1`) });
  expect(await goRun.run(context)).toEqual({
    status: "warn",
    evidence: `\`go run\` cannot start what it built: exit status 1: ${words}`,
    remedy: `mount the file system of ${context.scratch} without noexec, or set TMPDIR to one that is`,
  });
});

test.each([
  [
    "fails",
    "echo 'link: no such arch' >&2; exit 2",
    `\`go build\` for ${target} fails: exit status 2: link: no such arch`,
  ],
  ["makes nothing", "true", `\`go build\` for ${target} made no program`],
  ["makes this host's program", "cp /bin/true program", `\`go build\` for ${target} made one for ${hostArchitecture}`],
])("cross-compilation that %s", async (_, script, evidence) => {
  const context = makeContext({ version: wantedVersion, processes: withGo(script) });
  expect(await crossCompile.run(context)).toEqual({ status: "fail", evidence, remedy: repair });
});
