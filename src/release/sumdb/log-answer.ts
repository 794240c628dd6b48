import type { ProvisionError } from "../../errors/provision-error.ts";
import type { RequestFailure } from "../../errors/request-failure.ts";
import type { ChecksumRecord } from "./checksum-record.ts";

/** Why there is no record: the log could not be asked, has none, or is not to be asked. */
interface LogAbsence {
  /** In words, on one line, of which `it` is the log. */
  readonly why: string;
  /** For who cannot do without: RequestFailure, or ProvisionError `checksum-unknown` where a setting forbids it. */
  readonly cause: RequestFailure | ProvisionError;
}

export type LogAnswer = ChecksumRecord | LogAbsence;

export function isRecord(answer: LogAnswer): answer is ChecksumRecord {
  return "signedNote" in answer;
}
