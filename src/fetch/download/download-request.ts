import type { RequestFailure } from "../../errors/request-failure.ts";
import type { DownloadLimits } from "./download-limits.ts";
import type { BodyRequest } from "../http/body-request.ts";
import type { HttpBody } from "../http/http-answer.ts";
import type { PartialStore } from "./partial-store.ts";

export interface DownloadRequest {
  /** Asks the source for the archive, or the part of it that is named; redirects are followed each time anew. */
  readonly open: (request: BodyRequest) => Promise<HttpBody>;
  /** The archive's file name. */
  readonly name: string;
  readonly sha256: string | undefined;
  /** Bytes, where a trust root states them. */
  readonly size: number | undefined;
  /**
   * What the publisher's JSON says of it. Never a bound, since it may be wrong and the bytes right: a server that says
   * less is asked whether there is more.
   */
  readonly claimedSize?: number | undefined;
  readonly limits: DownloadLimits;
  /** Undefined: nothing is kept, and nothing that was kept is used. */
  readonly store: PartialStore | undefined;
  readonly signal?: AbortSignal | undefined;
  /** A line for people: a connection was cut, and what is done about it. */
  readonly onNotice: (text: string) => void;
  /** Milliseconds of waiting after which one connection is found slow; default 1,500. */
  readonly judgeAfterMs?: number | undefined;
  /** True for a failure that no further attempt is to follow. */
  readonly isFinal?: ((failure: RequestFailure) => boolean) | undefined;
}

/** What every request of a download has. */
export function bodyBounds({ limits }: DownloadRequest, signal: AbortSignal): BodyRequest {
  const { stallMs: stallTimeoutMs, connectMs: connectTimeoutMs } = limits;
  return { signal, retries: 0, expectedContent: "archive", stallTimeoutMs, connectTimeoutMs };
}
