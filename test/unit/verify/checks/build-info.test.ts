import { expect, test } from "vitest";
import { buildInfo } from "../../../../src/verify/checks/build-info.ts";
import type { ReadFiles } from "../../../../src/host/ports.ts";
import { isRoot, makeContext, machineVersion, wantedVersion, withGo } from "../check-host.ts";

const files = { list: () => ["compile"] } as unknown as ReadFiles;
const judge = (text: string) =>
  buildInfo.run(
    makeContext({ files, processes: withGo(`printf '${text}'`), version: wantedVersion, architecture: "amd64" }),
  );
const line = (name: string, version = "go1.27.4", more = "") => `/usr/local/go/${name}: ${version}\\n${more}`;
const compile = "pkg/tool/linux_amd64/compile";

test("each program is held against the release", async () => {
  const well = line("bin/go") + line("bin/gofmt", "go1.27.4", "\\tpath\\tcmd/gofmt\\n\\tbuild\\tGOARCH=amd64\\n");
  expect(await judge(well + line(compile))).toMatchObject({ status: "pass", evidence: "3 programs of go1.27.4" });
  expect(await judge(well + line(compile, "go1.26.8"))).toMatchObject({
    status: "fail",
    evidence: `not of go1.27.4 linux/amd64: ${compile} is of go1.26.8`,
    remedy: "readygo install go1.27.4 --repair",
  });
  expect(await judge(well + line(compile, "go1.27.4", "\\tbuild\\tGOARCH=arm64\\n"))).toMatchObject({
    evidence: `not of go1.27.4 linux/amd64: ${compile} is for arm64`,
  });
  expect(await judge(well)).toMatchObject({ evidence: `not of go1.27.4 linux/amd64: ${compile} says nothing` });
});

test.skipIf(machineVersion === undefined || !isRoot)(
  "this machine's programs are of their release (needs a Go at /usr/local/go)",
  async () => {
    expect(await buildInfo.run(makeContext())).toMatchObject({ status: "pass" });
  },
);
