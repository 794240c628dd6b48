import { RequestFailure } from "../../errors/request-failure.ts";
import type { HttpBody } from "../http/http-answer.ts";

/** What is known of a body that was cut off, when another answer is to go on with it. */
interface CutBody {
  /** Bytes that are there. */
  readonly received: number;
  /** What the first answer said of the whole; undefined where it said nothing. */
  readonly announced: number | undefined;
  readonly validator: string | undefined;
  /** Whether a digest of the whole is known beforehand: then it decides what belongs together, not the server. */
  readonly isDigestKnown: boolean;
}

/** How an answer's bytes go on from those that are there: `skip` so many of its first ones, or why they may not. */
type Resumption = { readonly skip: number } | { readonly refusal: string };

/** What is answered does not go on from what is there. */
export class RefusedAnswer extends RequestFailure {}

/** Holds an answer to a request for the rest (or, from byte 0, for all) against what was there before. */
export function judgeResumption(answer: HttpBody, cut: CutBody): Resumption {
  return answer.status === 206 ? judgePart(answer, cut) : judgeWhole(answer, cut);
}

function judgePart({ range, validator }: HttpBody, cut: CutBody): Resumption {
  if (range === undefined) return { refusal: "it answers a range without saying which" };
  if (range.first !== cut.received) {
    return { refusal: `it answers bytes from ${range.first} on where ${cut.received} was asked for` };
  }
  if (isOther(range.total, cut.announced)) {
    return { refusal: `it answers a range of ${range.total} bytes, and the whole had ${cut.announced}` };
  }
  if (isOther(validator, cut.validator)) return { refusal: "it answers a range of another version of the file" };
  return { skip: 0 };
}

function judgeWhole({ contentLength, validator }: HttpBody, cut: CutBody): Resumption {
  if (cut.received === 0) return { skip: 0 };
  if (isOther(contentLength, cut.announced)) {
    return { refusal: `the file has ${contentLength} bytes now, and had ${cut.announced}` };
  }
  // Servers behind one name need not agree on validators: where a digest decides, the bytes may.
  if (!cut.isDigestKnown && isOther(validator, cut.validator)) return { refusal: "the file has changed meanwhile" };
  return { skip: cut.received };
}

/** Both known, and not the same. */
function isOther<Value>(one: Value | undefined, other: Value | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}
