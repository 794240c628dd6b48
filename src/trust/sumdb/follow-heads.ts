import { ProvisionError } from "../../errors/provision-error.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import { checkConsistency, openSignedHead, type SignedHead } from "./check-consistency.ts";
import { parseVerifierKey, sumGolangOrgKey, type VerifierKey } from "./note.ts";
import type { TileAccess } from "./read-tile.ts";

/** The tree heads of the checksum database that a run comes to see, held against the newest that is known. */
export interface LogHeads {
  /**
   * An older head than the known one is normal, since mirrors keep them: it has to be its beginning. A newer one becomes
   * the known one. The tiles for that are read at the first of these places that has them all.
   *
   * @returns what kept it from being shown, where no place has them: then nothing becomes known. Whoever serves a forked
   *   tree would keep them back too.
   * @throws ProvisionError `log-forked`, and of logFailure
   */
  follow(signedNote: string, places: readonly TileAccess[]): Promise<RequestFailure | undefined>;
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
    async follow(signedNote, places) {
      const head = openSignedHead(signedNote, key);
      const failure = newest === undefined ? undefined : await showConsistency(newest, head, places);
      // While tiles were read, another answer of this run may have become the known one.
      if (failure === undefined && (newest === undefined || head.size > newest.size)) newest = head;
      return failure;
    },
    newest: () => newest?.note,
  };
}

async function showConsistency(
  known: SignedHead,
  head: SignedHead,
  places: readonly TileAccess[],
): Promise<RequestFailure | undefined> {
  let first: RequestFailure | undefined;
  for (const access of places) {
    try {
      await checkConsistency(known, head, access);
      return undefined;
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      first ??= error;
    }
  }
  return first;
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
