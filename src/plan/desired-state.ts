import type { Account } from "../host/ports.ts";
import type { Architecture } from "../release/architecture.ts";
import type { GoVersion } from "../release/go-version.ts";
import type { Sha256 } from "../release/sha256.ts";
import type { TrustPolicy } from "../trust/trust-policy.ts";

/** What should be true of the host when `install` has ended. */
export interface DesiredState {
  readonly version: GoVersion;
  readonly architecture: Architecture;
  readonly account: Account;
  /** False with --no-rc: home files are left alone; /etc/profile.d is still written. */
  readonly isEditingRcFiles: boolean;
  /** False with --no-links: none of readygo's links stays in /usr/local/bin. */
  readonly hasLinks: boolean;
  /** With --gobin: ~/go/bin at the end of PATH. */
  readonly hasGobin: boolean;
  /** With --keep-tools: what users put into the bin of a tree that is replaced goes to /usr/local/bin. */
  readonly isKeepingTools: boolean;
  /** Which trust roots have to have proven what stands there. */
  readonly policy: TrustPolicy;
  /** `--sha256`: of the archive that it has to have come from. */
  readonly sha256: Sha256 | undefined;
}
