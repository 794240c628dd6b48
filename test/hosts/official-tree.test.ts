import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import type { GoVersion } from "../../src/release/go-version.ts";
import { computeModuleHash, moduleFileName } from "../../src/release/module-hash.ts";
import { parseSha256 } from "../../src/release/sha256.ts";
import { findOfficialTree } from "../lab/releases/machine-go.ts";

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
