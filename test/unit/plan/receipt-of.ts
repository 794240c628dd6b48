import type { Receipt } from "../../../src/host/state/receipt.ts";
import type { Architecture } from "../../../src/release/architecture.ts";
import type { GoVersion } from "../../../src/release/go-version.ts";
import { hashBytes } from "../../../src/release/sha256.ts";

/** Of a host that had no Go before: this release, no files, nothing kept. */
export const receiptOf = (version: GoVersion, architecture: Architecture): Receipt => ({
  version,
  architecture,
  installedAt: "2026-11-23T00:00:00.000Z",
  archive: { name: "a", kind: "tar.gz", sha256: hashBytes(Buffer.from("a")), size: 1, from: "x" },
  trust: [],
  tree: {
    inode: "1",
    mtimeNs: "1",
    manifestSha256: hashBytes(Buffer.from("m")),
    versionFileSha256: hashBytes(Buffer.from("v")),
  },
  files: [],
  links: [],
  leftAlone: [],
  original: { kind: "absent" },
  previous: [],
});
