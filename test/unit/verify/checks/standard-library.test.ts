import { expect, test } from "vitest";
import { standardLibrary } from "../../../../src/verify/checks/standard-library.ts";
import { machineVersion, makeContext, wantedVersion, withGo } from "../check-host.ts";

test.runIf(machineVersion !== undefined)(
  "counts this machine's packages (needs a Go at /usr/local/go)",
  async () => {
    const finding = await standardLibrary.run(makeContext());
    expect(finding).toEqual({ status: "pass", evidence: expect.stringMatching(/^[2-9]\d\d packages$/), remedy: null });
  },
  60_000,
);

test.each([
  ["only a few", "echo fmt; echo os", "`go list std` finds only 2 packages"],
  [
    "an error",
    "echo 'package fmt is not in std' >&2; exit 1",
    "`go list std` fails: exit status 1: package fmt is not in std",
  ],
])("fails on %s", async (_, script, evidence) => {
  expect(await standardLibrary.run(makeContext({ version: wantedVersion, processes: withGo(script) }))).toEqual({
    status: "fail",
    evidence,
    remedy: "readygo install go1.27.4 --repair",
  });
});
