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
    evidence: "3 programs are for arm64: bin/go, bin/gofmt and the tools",
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

/** A program that names a dynamic loader, as linkers write it. */
function linkedWith(loader: string): Uint8Array {
  const program = Buffer.alloc(256);
  program.set(elfHeader("arm64"));
  program.writeBigUInt64LE(64n, 32);
  program.writeUInt16LE(56, 54);
  program.writeUInt16LE(1, 56);
  program.writeUInt32LE(3, 64);
  program.writeBigUInt64LE(128n, 64 + 8);
  program.writeBigUInt64LE(BigInt(loader.length + 1), 64 + 32);
  program.write(loader, 128, "latin1");
  return program;
}

test("a tool of another machine, and a loader that the host lacks, are seen in any program", async () => {
  const tool = "pkg/tool/linux_arm64/vet";
  expect(await judge({ ...arm64Programs, [tool]: elfHeader("amd64") })).toMatchObject({
    status: "fail",
    evidence: `wanted arm64: ${tool} is for amd64`,
  });
  expect(await judge({ ...arm64Programs, "bin/go": linkedWith("/lib/ld-linux-aarch64.so.1") })).toMatchObject({
    status: "fail",
    evidence: "wanted arm64: bin/go needs /lib/ld-linux-aarch64.so.1, which is not there",
    // The same release again would need it again.
    remedy: expect.stringContaining("apt-get install libc6"),
  });
});
