import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { otherArchitecture } from "../../src/release/architecture.ts";
import type { GoVersion } from "../../src/release/go-version.ts";
import { computeModuleHash, moduleFileName } from "../../src/release/module-hash.ts";
import { parseSha256 } from "../../src/release/sha256.ts";
import { crossCompile } from "../../src/verify/checks/cross-compile.ts";
import { goRun } from "../../src/verify/checks/go-run.ts";
import { findOfficialTree } from "../lab/releases/machine-go.ts";
import { hostArchitecture, machineVersion, makeContext } from "../unit/verify/check-host.ts";

// What takes a real Go, and the time that one needs.

// One test for both: they share a build cache, as in a real run.
test.runIf(machineVersion !== undefined)(
  "this machine's go runs a program and builds one for the other architecture (skipped where there is no Go)",
  async () => {
    const context = makeContext({ timeoutMs: 280_000 });
    expect(await goRun.run(context)).toEqual({
      status: "pass",
      evidence: expect.stringMatching(/^`go run` printed OK after \d+\.\d s$/),
      remedy: null,
    });
    const target = otherArchitecture(hostArchitecture);
    expect(await crossCompile.run(context)).toEqual({
      status: "pass",
      evidence: expect.stringMatching(new RegExp(`^linux/${target} program after \\d+\\.\\d s$`)),
      remedy: null,
    });
  },
  600_000,
);

const root = findOfficialTree("1.26.8") ?? "";

test.skipIf(root === "")(
  "an official tree hashes to the checksum database's value (needs the official go1.26.8 on this machine)",
  () => {
    // go.env is the one file that hosts may edit without touching the release.
    const stockGoEnv = parseSha256("98fcab78e155e9fa0c36b18874add30724d04c2452078117c78618107ebfbc9e");
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).flatMap((entry) => {
      const path = relative(root, join(entry.parentPath, entry.name));
      const name = entry.isDirectory() ? undefined : moduleFileName("go1.26.8" as GoVersion, "amd64", path);
      if (name === undefined) return [];
      const digest = createHash("sha256")
        .update(readFileSync(join(root, path)))
        .digest("hex");
      const sha256 = path === "go.env" ? stockGoEnv : parseSha256(digest);
      return sha256 === undefined ? [] : [{ name, sha256 }];
    });
    expect(computeModuleHash(files)).toBe("h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=");
  },
);
