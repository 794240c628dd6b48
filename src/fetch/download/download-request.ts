import type { RequestFailure } from "../../errors/request-failure.ts";
import type { Clock } from "../../host/ports.ts";
import type { BodyRequest } from "../http/body-request.ts";
import type { HttpBody } from "../http/http-answer.ts";
import type { DownloadLimits } from "./download-limits.ts";
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
  /** True for a failure that no further attempt is to follow. */
  readonly isFinal?: ((failure: RequestFailure) => boolean) | undefined;
  /** Default the real one. */
  readonly clock?: Clock | undefined;
}

/** An archive that is coming in, however many connections that takes. */
export interface Download {
  /**
   * The archive's bytes in order, once. Throws DownloadFailure where no attempt brought the rest, or the signal's reason.
   * Only a digest tells whether they are the right ones: pieces may be of several connections.
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** Bytes of the whole, where known. */
  readonly total: number | undefined;
  /** After redirects, without user and password. */
  readonly finalUrl: string;
  /** By way of which proxy the last answer came, in words; undefined: directly. */
  readonly way: string | undefined;
  /** Bytes at the start that an earlier run, or another source, had brought. */
  readonly reusedBytes: number;
}
