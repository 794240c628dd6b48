/**
 * Why a URL (or a file) could not be had. GOPROXY lists go on after `absent` only or after anything, depending on the
 * separator; every other list of sources goes on after any of these.
 *
 * - `absent`: 404 or 410 (module proxies also say 403): this source does not have it
 * - `status`: any other status than the one asked for
 * - `unreachable`: no address, no route, refused, reset before the first byte
 * - `timeout`: a bound of ours ended the wait
 * - `tls`: the handshake; with a certificate that is refused:
 * - `tls-unknown-ca`, `tls-expired` (or not yet valid), `tls-wrong-name`
 * - `clock-wrong`: the certificate's dates are refused, and it is this host's clock that is off
 * - `interrupted`: the body ended early, or was longer than announced
 * - `content`: a whole answer that is not what was asked for (an HTML page, no gzip, bad JSON)
 */
export type RequestFailureKind =
  | "absent"
  | "status"
  | "unreachable"
  | "timeout"
  | "tls"
  | "tls-unknown-ca"
  | "tls-expired"
  | "tls-wrong-name"
  | "clock-wrong"
  | "interrupted"
  | "content";

/** One failed attempt. The URL it carries has had passwords and tokens cut out. */
export class RequestFailure extends Error {
  override readonly name = "RequestFailure";
  readonly kind: RequestFailureKind;
  readonly url: string;
  readonly status: number | undefined;
  /** What can be done about it, to be pasted; empty where only the source's own owner can do something. */
  readonly remedy: readonly string[];
  readonly at = new Date();
  /** The attempts before it to get the same answer, oldest first; whoever makes them tells. */
  readonly earlier: RequestFailure[] = [];

  constructor(
    kind: RequestFailureKind,
    url: string,
    message: string,
    options: { readonly status?: number; readonly cause?: unknown; readonly remedy?: readonly string[] } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.url = url;
    this.status = options.status;
    this.remedy = options.remedy ?? [];
  }

  /** Adds, once, by way of which proxy the request went: whoever makes the failure need not know. */
  nameWay(way: string | undefined): this {
    // A failure that sums up others has the words of one of them.
    if (way !== undefined && !this.message.includes("(by way of ")) this.message = `${this.message} (${way})`;
    return this;
  }
}

/** What throws on, with the way named where it is a request's failure. */
export function namingWay(error: unknown, way: string | undefined): unknown {
  return error instanceof RequestFailure ? error.nameWay(way) : error;
}

/** For `catch`: an attempt's failure is an answer, anything else goes on its way. */
export function asRequestFailure(error: unknown): RequestFailure {
  if (error instanceof RequestFailure) return error;
  throw error;
}

/** In a line: the last attempt, and how many there were. */
export function describeFailure({ message, url, earlier }: RequestFailure): string {
  return `${message} (${url}${earlier.length === 0 ? "" : `, after ${earlier.length + 1} attempts`})`;
}

/** In words; one that has a remedy of its own is named with its kind, which is what to look for in the documentation. */
export function nameFailure({ kind, message, remedy }: RequestFailure): string {
  return remedy.length === 0 ? message : `${kind}: ${message}`;
}
