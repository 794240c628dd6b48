import type { TrustEvidence } from "../host/receipt.ts";
import type { StagedTree } from "../fetch/stage-tar-gz.ts";
import type { DownloadLimits } from "../fetch/download-limits.ts";
import type { HttpClient } from "../fetch/http-client.ts";
import type { Publisher } from "../fetch/publisher.ts";
import type { AbsolutePath } from "../host/absolute-path.ts";
import type { ReadFiles } from "../host/ports.ts";
import type { SystemFiles } from "../host/system-files.ts";
import type { Architecture } from "../release/architecture.ts";
import type { GoVersion } from "../release/go-version.ts";
import type { Release } from "../release/release.ts";
import type { Sha256 } from "../release/sha256.ts";
import type { LogHeads } from "../release/sumdb/follow-heads.ts";
import type { ChecksumRecord } from "../release/sumdb/lookup.ts";
import type { TrustPolicy } from "../release/trust-policy.ts";
import type { Emit } from "../report/event.ts";

/** What every way of acquiring a release works with. */
export interface AcquireContext {
  readonly version: GoVersion;
  readonly architecture: Architecture;
  /** What the catalogue knows of it; the pinned manifest and, once asked, the publisher's JSON. */
  readonly release: Release | undefined;
  /** `--sha256`: held against whichever archive arrives, in the place of pinned and published hashes. */
  readonly sha256: Sha256 | undefined;
  readonly policy: TrustPolicy;
  readonly http: HttpClient;
  readonly publisher: Publisher;
  readonly limits: DownloadLimits;
  readonly files: ReadFiles;
  /** This machine, where sources and certificates lie also under --root. */
  readonly machine: ReadFiles;
  readonly system: SystemFiles;
  readonly emit: Emit;
  readonly stop: AbortSignal;
  /** A module proxy that mirrors the checksum database, for archives that come from elsewhere. */
  readonly logProxy: string | undefined;
  /** The setting of this host that keeps the checksum database from being asked, in words. It waives no trust. */
  readonly logRefusal?: string | undefined;
  /** The one place where the settings of this host have the checksum database asked. */
  readonly logUrl?: string | undefined;
  /** What is known of the log's earlier tree heads; without it they are not compared. */
  readonly logHeads?: LogHeads;
  /**
   * Where a copy of the log came along with the archive, in a bundle: `sumdb/sum.golang.org` is below this http or file
   * URL. It is asked whatever the policy, since it costs nothing.
   */
  readonly bundledLog?: string;
  /** Where signature and key of an archive of this machine lie, if not beside it: a bundle proves its parts elsewhere. */
  readonly signaturesIn?: AbsolutePath;
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
