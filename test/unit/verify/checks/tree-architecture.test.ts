import { expect, test } from "vitest";
import { createRealFiles } from "../../../../src/host/real-files.ts";
import { treeArchitecture } from "../../../../src/verify/checks/tree-architecture.ts";
import { elfHeader, makeContext, makeDirectory, place, wantedVersion } from "../check-host.ts";

const programs = ["bin/go", "bin/gofmt", "pkg/tool/linux_arm64/compile"];

function judge(contents: Readonly<Record<string, Uint8Array>>) {
  const root = makeDirectory();
  place(`${root}/usr/local/go`, contents);
  return treeArchitecture.run(
    makeContext({ files: createRealFiles(root), version: wantedVersion, architecture: "arm64" }),
  );
}

const arm64Programs = Object.fromEntries(programs.map((program) => [program, elfHeader("arm64")]));

test("reads the headers of another machine's tree", async () => {
  expect(await judge(arm64Programs)).toEqual({
    status: "pass",
    evidence: "bin/go, bin/gofmt, pkg/tool/linux_arm64/compile are for arm64",
    remedy: null,
  });
});

test("names the programs that are for another architecture, none at all, or missing", async () => {
  expect(await judge({ "bin/go": elfHeader("amd64"), "bin/gofmt": Buffer.from("#!/bin/sh\n") })).toEqual({
    status: "fail",
    evidence:
      "wanted arm64: bin/go is for amd64, bin/gofmt is no program of a known architecture, pkg/tool/linux_arm64/compile is not there",
    remedy: "readygo install go1.27.4 --repair",
  });
});
