import { RequestFailure } from "../../errors/request-failure.ts";
import type { HttpBody } from "../http/http-answer.ts";
import { RefusedRequest } from "../http/retry-delay.ts";
import type { PartialDownload } from "./partial-store.ts";

/** What is known of a body that was cut off, when another answer is to continue it. */
export interface CutBody {
  /** Bytes that are there. */
  readonly received: number;
  /** Bytes of the whole; undefined where nobody has said. */
  readonly total: number | undefined;
  readonly validator: string | undefined;
  /** Whether a digest of the whole is known beforehand: then it decides what belongs together, not the server. */
  readonly isDigestKnown: boolean;
}

/** How an answer continues the bytes that are there: `skip` so many of its first ones, or why it does not. */
type Resumption = { readonly skip: number } | { readonly refusal: string };

/** An answer that does not continue what is there. */
export class RefusedAnswer extends RequestFailure {}

/** Compares an answer to a request for the rest (or, from byte 0, for all) with what was there before. */
export function judgeResumption(
  answer: Pick<HttpBody, "status" | "range" | "validator" | "contentLength">,
  cut: CutBody,
): Resumption {
  const { range, validator, contentLength } = answer;
  if (answer.status === 206) {
    if (range === undefined) return { refusal: "it answers a range without saying which" };
    if (range.first !== cut.received) {
      return { refusal: `it answers bytes from ${range.first} on where ${cut.received} was asked for` };
    }
    if (isOther(range.total, cut.total)) {
      return { refusal: `it answers a range of ${range.total} bytes, and the whole had ${cut.total}` };
    }
    if (isOther(validator, cut.validator)) return { refusal: "it answers a range of another version of the file" };
    return { skip: 0 };
  }
  if (cut.received === 0) return { skip: 0 };
  if (isOther(contentLength, cut.total)) {
    return { refusal: `the file has ${contentLength} bytes now, and had ${cut.total}` };
  }
  // Servers behind one name need not agree on validators: where a digest decides, the bytes may.
  if (!cut.isDigestKnown && isOther(validator, cut.validator)) return { refusal: "the file has changed meanwhile" };
  return { skip: cut.received };
}

/** Both known, and not the same. */
function isOther<Value>(one: Value | undefined, other: Value | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

/** Whether the server was asked for the rest and does not give it: another range, another file, or 416. */
export function isRefusal(error: unknown): error is RefusedAnswer | RefusedRequest {
  return error instanceof RefusedAnswer || (error instanceof RefusedRequest && error.status === 416);
}

/**
 * Whether a refusal says that the file has no more bytes than are there. Where they are fewer than a trust root states it
 * is another file, and its digest is what is reported.
 */
export function isEndOfFile(
  refusal: RefusedAnswer | RefusedRequest,
  at: {
    readonly received: number;
    /** Whether an answer was accepted before. */
    readonly hasBegun: boolean;
    /** Whether a body has ended in good order, though early. */
    readonly isEndStated: boolean;
    /** Whether ranges are asked for, and not the whole. */
    readonly isRangeTrusted: boolean;
  },
): boolean {
  if (refusal instanceof RefusedRequest && (at.isEndStated || (at.hasBegun && refusal.completeLength === at.received)))
    return true;
  return at.isEndStated && !at.isRangeTrusted;
}

/** The part of a partial download that can be used. */
interface KeptBytes {
  readonly size: number;
  readonly url: string;
  readonly total: number | undefined;
  readonly validator: string | undefined;
}

/** What an earlier run kept of this archive, recognised by its digest or, where none is known, by name and validator. */
export function judgeKept(
  found: PartialDownload | undefined,
  wanted: { readonly name: string; readonly sha256: string | undefined; readonly size: number | undefined },
): KeptBytes | undefined {
  if (found === undefined || found.identity.name !== wanted.name) return undefined;
  const { url, sha256, validator } = found.identity;
  const total = wanted.size ?? found.identity.total ?? undefined;
  if (wanted.sha256 !== undefined) {
    if (sha256 !== wanted.sha256) return undefined;
    return { size: Math.min(found.size, total ?? Infinity), url, total, validator: undefined };
  }
  if (sha256 !== null || validator === null) return undefined;
  // The server has to confirm that it still is the same file, which takes a byte to ask for.
  const size = Math.min(found.size, (total ?? Infinity) - 1);
  return size > 0 ? { size, url, total, validator } : undefined;
}
