import type { TrustEvidence } from "../host/state/receipt.ts";
import type { Sha256 } from "../release/sha256.ts";
import type { ChecksumRecord } from "./sumdb/lookup.ts";
import { describeUnshown, type LogStatement } from "./sumdb/log-answer.ts";
import { logEvidence } from "./prove-by-log.ts";
import type { UnusedRoot } from "./trust-failures.ts";

export interface ModuleVouching {
  readonly trust: readonly TrustEvidence[];
  readonly unused: readonly UnusedRoot[];
  /** What the log says, where it vouches. */
  readonly record: ChecksumRecord | undefined;
}

export interface ModuleStatements {
  readonly sha256: Sha256 | undefined;
  /** What readygo carries of the release's files. */
  readonly pinnedH1: string | undefined;
  readonly logged: LogStatement | undefined;
  /** Why the log says nothing, where it was asked. */
  readonly unlogged?: string | undefined;
}

/**
 * What vouches for a module zip, whose SHA-256 nobody publishes. The record of a log that cannot be shown to continue what
 * this host has seen may be one made for this host alone: it is not where readygo has carried the same hash since it
 * was built. The pinned hash came from the log: beside the log, or in its absence, it is no root.
 */
export function vouchForModule({ sha256, pinnedH1, logged, unlogged }: ModuleStatements): ModuleVouching {
  const flag: readonly TrustEvidence[] = sha256 === undefined ? [] : [{ root: "flag", evidence: `--sha256 ${sha256}` }];
  if (logged === undefined) {
    const unused: readonly UnusedRoot[] = unlogged === undefined ? [] : [{ root: "log", reason: unlogged }];
    return { trust: flag, unused, record: undefined };
  }
  const { record, unshown } = logged;
  if (unshown === undefined) return { trust: [...flag, logEvidence(record)], unused: [], record };
  const isPinned = pinnedH1 === record.h1;
  const pinned: TrustEvidence = {
    root: "manifest",
    evidence: `the pinned manifest states ${record.h1}, as the checksum database's record ${record.recordId} does`,
  };
  return {
    trust: isPinned ? [...flag, pinned] : flag,
    unused: [{ root: "log", reason: describeUnshown(unshown), isUnfollowed: true }],
    record: undefined,
  };
}
