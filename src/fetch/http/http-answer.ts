import type { Dispatcher } from "undici";
import { redactUrl } from "../../errors/redact-url.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import type { Clock } from "../../host/ports.ts";
import { classifyBodyFailure } from "./classify-failure.ts";
import { RefusedRequest } from "./retry-delay.ts";

export interface HttpBody {
  readonly status: 200 | 206;
  /** Bytes of this body, where the server says. */
  readonly contentLength: number | undefined;
  /** After redirects, without user and password. */
  readonly finalUrl: string;
  readonly contentType: string | undefined;
  /** Of a 206: which bytes these are. */
  readonly range: ContentRange | undefined;
  /** What names these very bytes: a strong ETag, else Last-Modified. */
  readonly validator: string | undefined;
  /** Whether the server says that it grants ranges. */
  readonly isRangeable: boolean;
  /** By way of which proxy it comes, in words; undefined: directly. */
  readonly way?: string | undefined;
  /** Throws RequestFailure `interrupted` or `timeout`. Leaving the loop early closes the connection. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Closes the connection of a body that nobody is going to read. */
  close(): void;
}

/** RFC 9110, 14.4: `bytes first-last/total`, the total being `*` where the server does not know it. */
interface ContentRange {
  readonly first: number;
  readonly last: number;
  readonly total: number | undefined;
}

/** What of a request its answer is held against. */
interface AnswerRequest {
  readonly offset?: number | undefined;
  readonly last?: number | undefined;
  readonly expectedContent?: "archive" | "json" | "any" | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Without a byte of the body. */
  readonly stallTimeoutMs: number;
  readonly clock: Pick<Clock, "after">;
}

/** What a page in the place of something else means, in words for people. */
const inPlaceOf = "it does not have the file, or a captive portal or a proxy answers in its place";

/** Undefined where the answer is no redirect. User and password go along to the same origin only. */
export function redirectTarget(answer: Dispatcher.ResponseData, from: URL): URL | undefined {
  const location = header(answer, "location");
  if (![301, 302, 303, 307, 308].includes(answer.statusCode) || location === undefined) return undefined;
  const fail = (message: string): RequestFailure =>
    new RequestFailure("status", redactUrl(from.href), message, { status: answer.statusCode });
  if (!URL.canParse(location, from.href)) throw fail("it redirects to what is no URL");
  const target = new URL(location, from);
  if (target.protocol !== "https:" && target.protocol !== "http:") throw fail("it redirects to what is no web address");
  if (from.protocol === "https:" && target.protocol === "http:") throw fail("it redirects from https to http");
  if (target.origin === from.origin && target.username === "") {
    target.username = from.username;
    target.password = from.password;
  }
  return target;
}

/** Throws RequestFailure `absent`, `status` or `content` for an answer that is not what was asked for. */
export function toBody(answer: Dispatcher.ResponseData, url: URL, request: AnswerRequest): HttpBody {
  const { statusCode: status } = answer;
  const fail = (kind: "absent" | "status" | "content", message: string): RequestFailure => {
    answer.body.destroy();
    const retryAfter = header(answer, "retry-after");
    const completeLength =
      status === 416 ? /^bytes \*\/(\d+)$/.exec(header(answer, "content-range") ?? "")?.[1] : undefined;
    return new RefusedRequest(kind, redactUrl(url.href), message, { status, retryAfter, completeLength });
  };
  if (status === 404 || status === 410) throw fail("absent", `it answers ${status}`);
  const isRange = (request.offset ?? 0) > 0 || request.last !== undefined;
  if (status !== 200 && !(status === 206 && isRange)) throw fail("status", `it answers ${status}`);
  const contentType = header(answer, "content-type");
  const { expectedContent = "any" } = request;
  if (expectedContent !== "any" && /^\s*(?:text\/html|application\/xhtml)/i.test(contentType ?? "")) {
    throw fail(
      "content",
      `it answers ${status} with a web page in place of ${expectedContent === "json" ? "JSON" : "an archive"}: ${inPlaceOf}`,
    );
  }
  const coding = header(answer, "content-encoding") ?? "identity";
  // A server that names its archives' own compression as a coding sends the same bytes.
  if (coding !== "identity" && expectedContent !== "archive") {
    throw fail("content", `it answers in the coding ${JSON.stringify(coding)}, which was not asked for`);
  }
  const length = header(answer, "content-length");
  const contentLength = length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
  return {
    status,
    contentLength,
    contentType,
    finalUrl: withoutUser(url).href,
    range: status === 206 ? parseContentRange(header(answer, "content-range")) : undefined,
    validator: findValidator(answer),
    isRangeable: status === 206 || header(answer, "accept-ranges")?.trim().toLowerCase() === "bytes",
    body: readBody(answer, url, contentLength, request),
    close: () => answer.body.destroy(),
  };
}

/** A portal may send its page under any name and type. */
export function checkNoPage(start: Uint8Array, url: string): void {
  if (!/^\s*<(?:!doctype|html|head|\?xml)/i.test(Buffer.from(start.subarray(0, 64)).toString("latin1"))) return;
  const message = "a web page came in place of an archive: a captive portal or a proxy answers in its place";
  throw new RequestFailure("content", redactUrl(url), message);
}

async function* readBody(
  answer: Dispatcher.ResponseData,
  url: URL,
  contentLength: number | undefined,
  { signal, stallTimeoutMs, clock }: AnswerRequest,
): AsyncGenerator<Uint8Array> {
  let received = 0;
  // Runs only while a chunk is waited for: a reader may take as long as it likes.
  const startStall = (): (() => void) =>
    clock.after(stallTimeoutMs, () => {
      const message = `the answer stalled after ${received} bytes`;
      answer.body.destroy(new RequestFailure("timeout", redactUrl(url.href), message));
    });
  let cancelStall = startStall();
  try {
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      cancelStall();
      received += chunk.length;
      yield chunk;
      cancelStall = startStall();
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw classifyBodyFailure(error, url.href, received);
  } finally {
    cancelStall();
  }
  if (contentLength !== undefined && received !== contentLength) {
    throw new RequestFailure("interrupted", redactUrl(url.href), `${received} of ${contentLength} bytes came`);
  }
}

function parseContentRange(text: string | undefined): ContentRange | undefined {
  const match = /^bytes (\d+)-(\d+)\/(?:(\d+)|\*)$/.exec(text?.trim() ?? "");
  if (match === null) return undefined;
  return {
    first: Number(match[1]),
    last: Number(match[2]),
    total: match[3] === undefined ? undefined : Number(match[3]),
  };
}

/** A weak ETag says that two answers mean the same, not that they are: only strong ones may join pieces. */
function findValidator(answer: Dispatcher.ResponseData): string | undefined {
  const tag = header(answer, "etag")?.trim();
  return tag !== undefined && /^"[^"]*"$/.test(tag) ? tag : header(answer, "last-modified")?.trim();
}

/** The URL as it goes over the wire. */
export function withoutUser(url: URL): URL {
  const bare = new URL(url);
  bare.username = "";
  bare.password = "";
  bare.hash = "";
  return bare;
}

function header(answer: Dispatcher.ResponseData, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
