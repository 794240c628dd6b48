import { ProvisionError } from "../../errors/provision-error.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import { checkConsistency, openSignedHead, type SignedHead } from "./check-consistency.ts";
import { parseVerifierKey, sumGolangOrgKey, type VerifierKey } from "./note.ts";
import type { TileAccess } from "./read-tile.ts";

/** The tree heads of the checksum database that a run comes to see, held against the newest that is known. */
export interface LogHeads {
  /**
   * An older head than the known one is normal, since mirrors keep them: it has to be its beginning. A newer one becomes
   * the known one. Where that cannot be shown for want of tiles, it is told, and nothing becomes known.
   *
   * @throws ProvisionError `log-forked`, `log-untrusted`
   */
  follow(signedNote: string, access: TileAccess): Promise<void>;
  /** The newest signed note that continues the kept one; what to keep for the next run. */
  newest(): string | undefined;
}

interface FollowOptions {
  /** The note that an earlier run kept. */
  readonly kept: string | undefined;
  readonly onNotice: (text: string) => void;
  /** Default: the pinned key of sum.golang.org. */
  readonly key?: VerifierKey;
}

export function followHeads({ kept, onNotice, key = parseVerifierKey(sumGolangOrgKey) }: FollowOptions): LogHeads {
  let newest = kept === undefined ? undefined : openKept(kept, key, onNotice);
  return {
    async follow(signedNote, access) {
      const head = openSignedHead(signedNote, key);
      try {
        if (newest !== undefined) await checkConsistency(newest, head, access);
        if (newest === undefined || head.size > newest.size) newest = head;
      } catch (error) {
        if (!(error instanceof RequestFailure)) throw error;
        onNotice(`whether the checksum database still has what it had before cannot be shown: ${error.message}`);
      }
    },
    newest: () => newest?.note,
  };
}

/** Only root can have changed what was kept; without it, this run is like a first one. */
function openKept(kept: string, key: VerifierKey, onNotice: FollowOptions["onNotice"]): SignedHead | undefined {
  try {
    return openSignedHead(kept, key);
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    onNotice(`the kept tree head of the checksum database is passed over: ${error.message}`);
    return undefined;
  }
}
