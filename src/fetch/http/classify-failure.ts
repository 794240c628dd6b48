import { redactUrl } from "../../errors/redact-url.ts";
import { isCertificateCode } from "./diagnose-tls.ts";
import { RequestFailure, type RequestFailureKind } from "../../errors/request-failure.ts";

/** Errno of a name or connection that could not be had, in words. */
const unreachable: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name does not resolve",
  EAI_AGAIN: "its name cannot be resolved: no name server answers",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  EHOSTUNREACH: "there is no route to it",
  ENETUNREACH: "there is no network to reach it",
  ENETDOWN: "there is no network to reach it",
};

const tlsCode = /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|EPROTO|UND_ERR_PRX_TLS)/;

/** Turns what undici and node throw while a request waits for its answer into a RequestFailure. */
export function classifyRequestFailure(error: unknown, url: string): RequestFailure {
  if (error instanceof RequestFailure) return error;
  const cause = firstCause(error);
  const code = codeOf(cause);
  const fail = (kind: RequestFailureKind, message: string): RequestFailure =>
    new RequestFailure(kind, redactUrl(url), message, { cause: error });
  if (code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT") return fail("timeout", "no connection in time");
  if (code === "UND_ERR_HEADERS_TIMEOUT") return fail("timeout", "no answer in time");
  if (tlsCode.test(code)) return fail("tls", `TLS: ${redactUrl(cause.message)}`);
  const words = unreachable[code];
  const other = "hostname" in cause && typeof cause.hostname === "string" ? cause.hostname : undefined;
  // Of a proxy the source's own name is not even asked for.
  if (words !== undefined && other !== undefined && other !== new URL(url).hostname)
    return fail("unreachable", `${other}: ${words}`);
  return fail("unreachable", words ?? redactUrl(cause.message));
}

/** The same for what happens after the first byte of a body. */
export function classifyBodyFailure(error: unknown, url: string, received: number): RequestFailure {
  if (error instanceof RequestFailure) return error;
  const message = `the connection was cut after ${received} bytes`;
  return new RequestFailure("interrupted", redactUrl(url), message, { cause: error });
}

/** The code of a certificate that was refused, where that is what a failure comes from. */
export function findCertificateCode(error: unknown): string | undefined {
  const code = codeOf(firstCause(error));
  return isCertificateCode(code) ? code : undefined;
}

/** A peer that was there and hung up, or is about to be there: worth another attempt. */
export function isCutConnection(failure: RequestFailure): boolean {
  return /^(?:ECONNREFUSED|ECONNRESET|EPIPE|UND_ERR_SOCKET)$/.test(codeOf(firstCause(failure.cause)));
}

/** Connecting to several addresses fails with an AggregateError, of which the first error is reported. */
function firstCause(error: unknown): Error {
  if (error instanceof AggregateError && error.errors.length > 0) return firstCause(error.errors[0]);
  if (!(error instanceof Error)) return new Error(String(error));
  const isWrapped = /^UND_ERR_(?:PRX_CONN|PRX_TLS)$|^$/.test(codeOf(error)) && error.cause instanceof Error;
  return isWrapped ? firstCause(error.cause) : error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
