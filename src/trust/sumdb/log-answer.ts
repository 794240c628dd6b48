import { ProvisionError } from "../../errors/provision-error.ts";
import type { RequestFailure } from "../../errors/request-failure.ts";
import type { ChecksumRecord } from "./checksum-record.ts";

/** What the log says of a release, verified. */
export interface LogStatement {
  readonly record: ChecksumRecord;
  /**
   * What kept it from being shown that the log still has what it had before: then the record can refuse a tree,
   * and not prove it.
   */
  readonly unshown: RequestFailure | undefined;
}

/** Why there is no record: the log could not be asked, has none, or is not to be asked. */
interface LogAbsence {
  /** In words, on one line, of which `it` is the log. */
  readonly why: string;
  /** For who cannot do without: RequestFailure, or ProvisionError `checksum-unknown` where a setting forbids it. */
  readonly cause: RequestFailure | ProvisionError;
}

export type LogAnswer = LogStatement | LogAbsence;

export function isStatement(answer: LogAnswer): answer is LogStatement {
  return "record" in answer;
}

/** @throws ProvisionError `roots-disagree` where the record has another hash than the pinned manifest */
export function requireSameH1({ h1, recordId }: ChecksumRecord, pinned: string): void {
  if (h1 === pinned) return;
  throw new ProvisionError(
    "roots-disagree",
    "the checksum database has another hash on record than the pinned manifest",
    {
      details: { "the pinned manifest": pinned, "the checksum database": `record ${recordId} states ${h1}` },
    },
  );
}

/** Why such a statement proves nothing, in words of which `it` is the log. */
export function describeUnshown({ message, url }: RequestFailure): string {
  return `whether it still has what it had before cannot be shown: ${message} (${url})`;
}
