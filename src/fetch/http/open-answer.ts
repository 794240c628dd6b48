import { redactUrl } from "../../errors/redact-url.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import { createAnswerGuard } from "./answer-guard.ts";
import type { BodyRequest } from "./body-request.ts";
import { builtAt } from "./build-time.ts";
import { classifyRequestFailure, findCertificateCode } from "./classify-failure.ts";
import type { Connections } from "./connections.ts";
import { diagnoseTls, readTlsWitness } from "./diagnose-tls.ts";
import { redirectTarget, toBody, withoutUser, type HttpBody } from "./http-answer.ts";
import { requestHeaders } from "./request-headers.ts";

const mostRedirects = 10;

interface AnswerOptions {
  readonly userAgent: string;
  /** Where the request does not say. */
  readonly stallMs: number;
}

/**
 * One attempt: from the URL over all redirects to an answer with the body that was asked for.
 *
 * @throws RequestFailure; the signal's reason; ProvisionError `config-invalid` for a CA file that cannot be used, `clock-wrong`
 */
export async function openAnswer(
  connections: Connections,
  options: AnswerOptions,
  url: string,
  request: BodyRequest,
): Promise<HttpBody> {
  const { connectMs } = connections;
  const { stallMs, userAgent } = options;
  const { connectTimeoutMs = connectMs, headersTimeoutMs = stallMs, stallTimeoutMs = stallMs } = request;
  const boundMs = Math.max(connectTimeoutMs, headersTimeoutMs);
  let at = parseHttpUrl(url);
  // Cleared below, whatever happens: a timer that is left keeps the process alive.
  const guard = createAnswerGuard(boundMs, request.signal);
  try {
    for (let hops = 0; ; hops += 1) {
      const known = await connections.open();
      const answering = known.request(withoutUser(at), {
        dispatcher: known.for(at),
        signal: guard.signal,
        headers: requestHeaders(at, request, userAgent),
        headersTimeout: boundMs,
        bodyTimeout: stallTimeoutMs,
      });
      answering.catch(ignore);
      // undici hears of an aborted signal only once it has a connection: until then the guard is the one to end it.
      const answer = await Promise.race([answering, guard.ended]);
      answer.body.on("error", ignore);
      const target = redirectTarget(answer, at);
      if (target === undefined) return toBody(answer, at, request);
      answer.body.destroy();
      if (hops === mostRedirects) throw new RequestFailure("status", redactUrl(url), "it redirects without end");
      at = target;
    }
  } catch (error) {
    request.signal?.throwIfAborted();
    if (guard.isOver()) {
      const words = `no answer within ${boundMs / 1000} s`;
      throw withProxy(connections, at, new RequestFailure("timeout", redactUrl(url), words, { cause: error }));
    }
    throw await explain(connections, error, url, at);
  } finally {
    guard.clear();
  }
}

/** A certificate that was refused is looked at more closely, as far as its server is asked directly. */
async function explain(connections: Connections, error: unknown, url: string, at: URL): Promise<unknown> {
  const code = findCertificateCode(error);
  if (code === undefined) return withProxy(connections, at, classifyOwn(error, url));
  const [host, port] = [at.hostname.replace(/^\[(.*)\]$/, "$1"), at.port === "" ? "443" : at.port];
  const proxy = connections.chooseProxy(at);
  const witness = proxy === undefined ? await readTlsWitness(host, Number(port)) : undefined;
  const refused = { code, url: redactUrl(url), host, port, proxy, witness, now: new Date(), builtAt, cause: error };
  return withProxy(connections, at, diagnoseTls(refused));
}

/** It may be the proxy that has refused, or whose certificate it is: nothing else in the failure tells. */
function withProxy(connections: Connections, at: URL, failure: unknown): unknown {
  const proxy = connections.chooseProxy(at);
  const isAnswer = !(failure instanceof RequestFailure) || failure.status !== undefined;
  if (proxy === undefined || isAnswer) return failure;
  const { kind, url, message, cause, remedy } = failure;
  return new RequestFailure(kind, url, `${message} (by way of the proxy ${redactUrl(proxy)})`, { cause, remedy });
}

function classifyOwn(error: unknown, url: string): unknown {
  const isOurs = error instanceof Error && error.name === "ProvisionError";
  return isOurs ? error : classifyRequestFailure(error, url);
}

function parseHttpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new RequestFailure("unreachable", redactUrl(text), "it is no http or https URL");
}

function ignore(): void {
  // Whoever reads the body is told by its iterator; a body that is thrown away has nobody to tell.
}
