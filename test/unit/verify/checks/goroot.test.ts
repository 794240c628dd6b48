import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { goroot } from "../../../../src/verify/checks/goroot.ts";
import { machineVersion, makeContext, wantedVersion, withGo } from "../check-host.ts";

test.runIf(machineVersion !== undefined)(
  "this machine's go knows its own tree (needs a Go at /usr/local/go)",
  async () => {
    expect(await goroot.run(makeContext())).toEqual({ status: "pass", evidence: "/usr/local/go", remedy: null });
  },
);

test.runIf(machineVersion !== undefined)(
  "go leaves no telemetry, and no child that would write some later (needs a Go at /usr/local/go)",
  async () => {
    const context = makeContext();
    await goroot.run(context);
    expect(readdirSync(context.scratch, { recursive: true })).toEqual([
      "home",
      "home/.config",
      "home/.config/go",
      "home/.config/go/telemetry",
      "home/.config/go/telemetry/mode",
    ]);
  },
);

test.each([
  ["says another tree", "echo /opt/go", "`go env GOROOT` says /opt/go, the command is /usr/local/go/bin/go"],
  [
    "does not find one",
    "echo 'go: cannot find GOROOT directory' >&2; exit 2",
    "`go env GOROOT` does not answer: exit status 2: go: cannot find GOROOT directory",
  ],
])("fails where go %s", async (_, script, evidence) => {
  expect(await goroot.run(makeContext({ version: wantedVersion, processes: withGo(script) }))).toEqual({
    status: "fail",
    evidence,
    remedy: "readygo install go1.27.4 --repair",
  });
});
