import type { Emit } from "../../errors/event.ts";
import type { DownloadLimits } from "../../fetch/download/download-limits.ts";
import type { StagedTree } from "../../fetch/unpack/stage-tar-gz.ts";
import type { ReadFiles } from "../../host/ports.ts";
import type { TrustEvidence } from "../../host/state/receipt.ts";
import type { SystemFiles } from "../../host/system-files.ts";
import type { Release } from "../../release/release.ts";
import type { ChecksumRecord } from "../../trust/sumdb/checksum-record.ts";
import type { TrustContext } from "../../trust/trust-context.ts";

/** What every way of acquiring a release works with. */
export interface AcquireContext extends TrustContext {
  /** What the catalogue knows of it; the pinned manifest and, once asked, the publisher's JSON. */
  readonly release: Release | undefined;
  readonly limits: DownloadLimits;
  readonly files: ReadFiles;
  readonly system: SystemFiles;
  readonly emit: Emit;
  /** Whether sudo may have dropped proxy settings. */
  readonly isSudo: boolean;
}

/** A release in staging, and why it can be trusted. */
export interface AcquiredRelease {
  readonly staged: StagedTree;
  readonly archiveName: string;
  /** Redacted. */
  readonly from: string;
  readonly trust: readonly TrustEvidence[];
  /** Where the checksum database was asked: what it said, with its proof. */
  readonly record?: ChecksumRecord;
}
