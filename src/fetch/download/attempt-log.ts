import { RequestFailure, type RequestFailureKind } from "../../errors/request-failure.ts";

/** One connection of a download that did not bring it to its end. */
interface DownloadAttempt {
  readonly at: Date;
  /** Redacted. */
  readonly url: string;
  /** Of the archive, that this attempt brought. */
  readonly bytes: number;
  readonly cause: string;
}

/** A download that was given up: the last attempt's failure, and all of them. */
export class DownloadFailure extends RequestFailure {
  readonly attempts: readonly DownloadAttempt[];

  constructor(last: RequestFailure, attempts: readonly DownloadAttempt[]) {
    super(last.kind, last.url, last.message, {
      cause: last,
      remedy: last.remedy,
      ...(last.status === undefined ? {} : { status: last.status }),
    });
    this.attempts = attempts;
  }
}

/** The failures of several addresses that were tried one after the other, as those of one download, told by the most telling. */
export function joinFailures(failures: readonly RequestFailure[]): RequestFailure {
  const [first] = failures.toSorted((a, b) => tellingOrder.indexOf(a.kind) - tellingOrder.indexOf(b.kind));
  if (first === undefined) throw new Error("there is no failure");
  return new DownloadFailure(first, failures.flatMap(listAttempts));
}

/** What somebody can correct, before what a network without a way out says of every address. */
const tellingOrder: readonly RequestFailureKind[] = [
  "clock-wrong",
  "tls-unknown-ca",
  "tls-expired",
  "tls-wrong-name",
  "tls",
  "status",
  "content",
  "interrupted",
  "timeout",
  "unreachable",
  "absent",
];

function listAttempts(failure: RequestFailure): readonly DownloadAttempt[] {
  return failure instanceof DownloadFailure
    ? failure.attempts
    : [...failure.earlier, failure].map(({ at, url, message }) => ({ at, url, bytes: 0, cause: message }));
}

/** The attempts of a failure, one a line; none for a failure at the first one, whose message says it all. */
export function describeAttempts(failure: RequestFailure): readonly string[] {
  const attempts = listAttempts(failure);
  if (attempts.length < 2) return [];
  return attempts.map(({ at, url, bytes, cause }, index) => {
    const time = at.toISOString().slice(11, 19);
    return `attempt ${index + 1}, ${time}Z, ${bytes} bytes of ${url}: ${cause}`;
  });
}

/** A connection that brought less than this made no progress; after several in a row the source is given up. */
const minProgressBytes = 64 * 1024;
const maxFruitless = 5;
const maxAttempts = 100;

export interface AttemptLog {
  readonly attempts: readonly DownloadAttempt[];
  /** How many in a row have made no progress, less one: the number that waits grow with. */
  readonly fruitless: number;
  readonly isExhausted: boolean;
  add(failure: RequestFailure, bytes: number): void;
}

export function createAttemptLog(): AttemptLog {
  const attempts: DownloadAttempt[] = [];
  let inARow = 0;
  return {
    attempts,
    get fruitless() {
      return Math.max(0, inARow - 1);
    },
    get isExhausted() {
      return inARow >= maxFruitless || attempts.length >= maxAttempts;
    },
    add(failure, bytes) {
      attempts.push(...listAttempts(failure).slice(0, -1));
      attempts.push({ at: failure.at, url: failure.url, bytes, cause: failure.message });
      inARow = bytes >= minProgressBytes ? 0 : inARow + 1;
    },
  };
}
