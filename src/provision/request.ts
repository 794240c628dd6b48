import type { TrustPolicy } from "../trust/trust-policy.ts";
import type { DownloadLimits } from "../fetch/download/download-limits.ts";
import type { Architecture } from "../release/architecture.ts";
import type { Sha256 } from "../release/sha256.ts";
import type { SourceRequest } from "../sources/source.ts";
import type { SavedPlan } from "./saved-plan.ts";
import type { VersionRequest } from "../release/version-request.ts";

/** What every command takes. */
export interface CommonRequest {
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly isVerbose: boolean;
  readonly isColor: boolean;
  /** Width of what the result is written to. */
  readonly columns: number;
  /** "" for this machine, else the real path of the mounted image. */
  readonly root: string;
  /** Seconds to wait for another readygo. */
  readonly waitSeconds: number;
  readonly module: string;
  readonly checkTimeoutMs: number;
  readonly user: string | undefined;
  readonly proxy: string | undefined;
  /** `--proxy`, or the key of readygo.ini. */
  readonly proxyNamedBy: string;
  /** In NO_PROXY's syntax, and in its place. */
  readonly noProxy: string | undefined;
  readonly caFile: string | undefined;
  readonly limits: DownloadLimits;
  /** readygo.ini's GOPROXY list. */
  readonly goproxy: string | undefined;
}

/** What to do where a build runs from the tree: wait for it and then replace, replace at once, or give up. */
export type BusyPolicy = "wait" | "replace" | "fail";

/** What was asked for: command line over readygo.ini over defaults, parsed once. */
export interface InstallRequest extends CommonRequest {
  readonly version: VersionRequest;
  readonly architecture: Architecture | undefined;
  readonly sources: readonly SourceRequest[];
  /** Whether neither the command line nor readygo.ini names any: then their order is left to the host. */
  readonly areSourcesUsual: boolean;
  /** Whether they were named on the command line: then no other place is asked for a catalogue either. */
  readonly areSourcesNamed: boolean;
  readonly sha256: Sha256 | undefined;
  readonly policy: TrustPolicy;
  readonly isEditingRcFiles: boolean;
  /** False with --no-links. */
  readonly hasLinks: boolean;
  /** With --gobin. */
  readonly hasGobin: boolean;
  readonly isVerifying: boolean;
  readonly isKeepingFailed: boolean;
  readonly isRepairing: boolean;
  /** Whether state that cannot be used is set aside. */
  readonly isAdopting: boolean;
  readonly busy: BusyPolicy;
  readonly waitBuildsSeconds: number;
  /** How many previous releases are kept for `rollback`. */
  readonly keep: number;
  readonly isDiscardingForeign: boolean;
  /** With --keep-tools: what users put into the tree's bin goes to /usr/local/bin when the tree is replaced. */
  readonly isKeepingTools: boolean;
  /** With --plan: what the plan has to be, else nothing is done. */
  readonly saved?: SavedPlan | undefined;
}
