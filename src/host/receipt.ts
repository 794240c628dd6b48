import type { Architecture } from "../release/architecture.ts";
import type { GoVersion } from "../release/go-version.ts";
import type { ChecksumRecord } from "../release/sumdb/checksum-record.ts";
import type { Sha256 } from "../release/sha256.ts";
import type { AbsolutePath } from "./absolute-path.ts";

/** What vouched for an archive or tree, and in what words; several may have. */
export interface TrustEvidence {
  readonly root: "flag" | "manifest" | "publisher" | "signature" | "log";
  readonly evidence: string;
}

/** A file that readygo wrote, and what it needs to give back the bytes that were there. */
export interface ManagedFile {
  readonly path: AbsolutePath;
  /** The account whose home holds it; null for a file of the system. */
  readonly owner: string | null;
  /** As readygo left it. */
  readonly sha256: Sha256;
  /** Null where there was no file. `backup` is a name in /var/lib/readygo/backups. */
  readonly before: { readonly backup: string; readonly sha256: Sha256; readonly mode: number } | null;
  /** Directories that had to be made for it, outermost first. */
  readonly createdDirectories: readonly AbsolutePath[];
}

/** A release as readygo put it on the host, and what vouched for it. */
export interface InstalledRelease {
  readonly version: GoVersion;
  readonly architecture: Architecture;
  readonly installedAt: string;
  readonly archive: {
    readonly name: string;
    readonly kind: "tar.gz" | "zip";
    readonly sha256: Sha256;
    readonly size: number;
    /** Redacted: no password or token. */
    readonly from: string;
  };
  readonly trust: readonly TrustEvidence[];
  /** Where the checksum database was asked: its record of this release, which proves the tree public without a network. */
  readonly record?: ChecksumRecord;
  /** Identity of the tree's root directory, by which a run that changes nothing recognises it without a walk. */
  readonly tree: {
    readonly inode: string;
    readonly mtimeNs: string;
    readonly manifestSha256: Sha256;
    readonly versionFileSha256: Sha256;
  };
}

/** A release that was replaced: its tree under previous/ and its tree manifest among the backups, by these names. */
export interface KeptRelease extends InstalledRelease {
  readonly keptAs: string;
  readonly manifest: string;
}

/** /var/lib/readygo/receipt.json: what is installed, and how to undo it. */
export interface Receipt extends InstalledRelease {
  readonly schema: 1;
  readonly files: readonly ManagedFile[];
  /** What stood at /usr/local/go before readygo's first run; kept under previous/ by this name. */
  readonly original: { readonly kind: "absent" } | { readonly kind: "directory" | "link"; readonly keptAs: string };
  /** Releases before this one, the last one first. */
  readonly previous: readonly KeptRelease[];
}

/** The part of a receipt that goes along with its tree. */
export function toInstalledRelease(receipt: InstalledRelease): InstalledRelease {
  const { version, architecture, installedAt, archive, trust, record, tree } = receipt;
  return { version, architecture, installedAt, archive, trust, ...(record === undefined ? {} : { record }), tree };
}
