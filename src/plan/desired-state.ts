import type { Account } from "../host/ports.ts";
import type { Architecture } from "../release/architecture.ts";
import type { GoVersion } from "../release/go-version.ts";

/** What should be true of the host when `install` has ended. */
export interface DesiredState {
  readonly version: GoVersion;
  readonly architecture: Architecture;
  readonly account: Account;
  /** False with --no-rc: home files are left alone; /etc/profile.d is still written. */
  readonly isEditingRcFiles: boolean;
  /** Whole content of /etc/profile.d/readygo.sh. */
  readonly profile: string;
}
