export interface BodyRequest {
  /** Asks for the bytes from here on; the answer's status says whether that was granted (206) or not (200). */
  readonly offset?: number | undefined;
  /** With an offset: the last byte that is asked for; default: all there are. */
  readonly last?: number | undefined;
  /** With an offset: a strong validator; where it no longer holds the whole is answered (RFC 9110, 13.1.5). */
  readonly ifRange?: string | undefined;
  /** Until there is a connection; at most the client's own, which is the default. */
  readonly connectTimeoutMs?: number | undefined;
  /** Without a byte of the body; default the client's. */
  readonly stallTimeoutMs?: number | undefined;
  /** From the first attempt to connect to the answer's headers, redirects included; default the client's for a stall. */
  readonly headersTimeoutMs?: number | undefined;
  /** Further attempts after failures that may pass; default 2. */
  readonly retries?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** `archive`, `json`: an HTML page is refused as `content`. */
  readonly expectedContent?: "archive" | "json" | "any" | undefined;
}
