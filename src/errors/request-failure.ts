/**
 * Why a URL (or a file) could not be had. GOPROXY lists go on after `absent` only or after anything, depending on the
 * separator; every other list of sources goes on after any of these.
 *
 * - `absent`: 404 or 410 (module proxies also say 403): this source does not have it
 * - `status`: any other status than the one asked for
 * - `unreachable`: no address, no route, refused, reset before the first byte
 * - `timeout`: a bound of ours ended the wait
 * - `tls`: the certificate or the handshake
 * - `interrupted`: the body ended early, or was longer than announced
 * - `content`: a whole answer that is not what was asked for (an HTML page, no gzip, bad JSON)
 */
export type RequestFailureKind = "absent" | "status" | "unreachable" | "timeout" | "tls" | "interrupted" | "content";

/** One failed attempt. The URL it carries has had passwords and tokens cut out. */
export class RequestFailure extends Error {
  override readonly name = "RequestFailure";
  readonly kind: RequestFailureKind;
  readonly url: string;
  readonly status: number | undefined;

  constructor(
    kind: RequestFailureKind,
    url: string,
    message: string,
    options: { status?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.url = url;
    this.status = options.status;
  }
}
