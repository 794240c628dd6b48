import { expect, test } from "vitest";
import { createRealProcesses } from "../../../../src/host/child/real-processes.ts";
import { goEnv } from "../../../../src/verify/checks/go-env.ts";
import { isRoot, machineVersion, makeAccount, makeContext } from "../check-host.ts";

const isGoThere = machineVersion !== undefined && isRoot;
const judge = (profile: string, stored?: string) =>
  goEnv.run(
    makeContext({
      processes: createRealProcesses(),
      account: makeAccount("/bin/bash", {
        ".profile": profile,
        ...(stored === undefined ? {} : { ".config/go/env": stored }),
      }),
    }),
  );

test.runIf(isGoThere)("an account that sets nothing has the defaults (needs a Go at /usr/local/go)", async () => {
  expect(await judge("")).toMatchObject({
    status: "pass",
    evidence: "every value of `go env` is the release's default for ada",
  });
});

test.runIf(isGoThere)(
  "what is set is told with its place, and harms nothing (needs a Go at /usr/local/go)",
  async () => {
    const finding = await judge("export GOFLAGS=-v\n", "GOPRIVATE=git.example\n");
    expect(finding).toMatchObject({ status: "pass" });
    expect(finding.evidence).toMatch(/^of ada: GOFLAGS=-v of .*\/\.profile:1; GOPRIVATE=git\.example of .*\/go\/env$/);
  },
);

test.runIf(isGoThere).each([
  ["GOFLAGS=-nope", /a program does not build with .* \(by GOFLAGS=-nope of .*\.profile:1\)$/, /unset GOFLAGS/],
  ["GOEXPERIMENT=nope", /by GOEXPERIMENT=nope/, /unset GOEXPERIMENT/],
  ["CC=/nowhere/cc", /there is no \/nowhere\/cc/, /unset CC/],
  ["GOCACHE=/dev/null/cache", /GOCACHE is \/dev\/null\/cache, which cannot be written/, /unset GOCACHE/],
  ["GOTMPDIR=/nowhere", /creating work dir: .* \(by GOTMPDIR=\/nowhere of /, /unset GOTMPDIR/],
])("export %s keeps a program from being built (needs a Go at /usr/local/go)", async (setting, evidence, remedy) => {
  const finding = await judge(`export ${setting}\nexport GOPRIVATE=git.example\n`);
  expect(finding).toMatchObject({
    status: "warn",
    evidence: expect.stringMatching(evidence),
    remedy: expect.stringMatching(remedy),
  });
  expect(finding.remedy).not.toContain("GOPRIVATE");
});
