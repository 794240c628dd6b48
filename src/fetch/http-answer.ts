import type { Dispatcher } from "undici";
import { redactUrl } from "../errors/redact-url.ts";
import { RequestFailure } from "../errors/request-failure.ts";
import { classifyBodyFailure } from "./classify-failure.ts";
import { RefusedRequest } from "./retry-delay.ts";

export interface HttpBody {
  readonly status: 200 | 206;
  /** Bytes of this body, where the server says. */
  readonly contentLength: number | undefined;
  /** After redirects, without user and password. */
  readonly finalUrl: string;
  readonly contentType: string | undefined;
  /** Throws RequestFailure `interrupted` or `timeout`. Leaving the loop early closes the connection. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** What of a request its answer is held against. */
interface AnswerRequest {
  readonly offset?: number | undefined;
  readonly expectedContent?: "archive" | "any" | undefined;
  readonly signal?: AbortSignal | undefined;
}

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
    return new RefusedRequest(kind, redactUrl(url.href), message, status, retryAfter);
  };
  if (status === 404 || status === 410) throw fail("absent", `it answers ${status}`);
  if (status !== 200 && !(status === 206 && (request.offset ?? 0) > 0)) throw fail("status", `it answers ${status}`);
  const contentType = header(answer, "content-type");
  if (request.expectedContent === "archive" && /^\s*(?:text\/html|application\/xhtml)/i.test(contentType ?? "")) {
    throw fail("content", `it answers ${status} with a web page in place of an archive`);
  }
  const coding = header(answer, "content-encoding") ?? "identity";
  // A server that names its archives' own compression as a coding sends the same bytes.
  if (coding !== "identity" && request.expectedContent !== "archive") {
    throw fail("content", `it answers in the coding ${JSON.stringify(coding)}, which was not asked for`);
  }
  const length = header(answer, "content-length");
  const contentLength = length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
  return {
    status,
    contentLength,
    contentType,
    finalUrl: withoutUser(url).href,
    body: readBody(answer, url, contentLength, request.signal),
  };
}

async function* readBody(
  answer: Dispatcher.ResponseData,
  url: URL,
  contentLength: number | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  let received = 0;
  try {
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      received += chunk.length;
      yield chunk;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw classifyBodyFailure(error, url.href, received);
  }
  if (contentLength !== undefined && received !== contentLength) {
    throw new RequestFailure("interrupted", redactUrl(url.href), `${received} of ${contentLength} bytes came`);
  }
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
