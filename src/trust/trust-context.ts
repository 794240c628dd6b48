import type { HttpClient } from "../fetch/http/http-client.ts";
import type { AbsolutePath } from "../host/absolute-path.ts";
import type { ReadFiles } from "../host/ports.ts";
import type { Architecture } from "../release/architecture.ts";
import type { GoVersion } from "../release/go-version.ts";
import type { Sha256 } from "../release/sha256.ts";
import type { GoproxyList } from "../sources/goproxy-list.ts";
import type { Publisher } from "../sources/publisher.ts";
import type { LogHeads } from "./sumdb/follow-heads.ts";
import type { TrustPolicy } from "./trust-policy.ts";

/** What asking the trust roots of a release works with. */
export interface TrustContext {
  readonly version: GoVersion;
  readonly architecture: Architecture;
  /** `--sha256`: held against whichever archive arrives, in the place of pinned and published hashes. */
  readonly sha256: Sha256 | undefined;
  readonly policy: TrustPolicy;
  readonly http: HttpClient;
  readonly publisher: Publisher;
  /** This machine, where sources and certificates lie also under --root. */
  readonly machine: ReadFiles;
  readonly stop: AbortSignal;
  /** The module proxies that are asked, in their order, whether they mirror the checksum database. */
  readonly logProxies: GoproxyList;
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
}
