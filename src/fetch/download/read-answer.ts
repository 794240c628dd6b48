import { redactUrl } from "../../errors/redact-url.ts";
import { bodyBounds, type DownloadRequest } from "./download-request.ts";
import type { DownloadState } from "./download-state.ts";
import { judgeResumption, RefusedAnswer } from "./judge-resumption.ts";
import type { NextAnswer } from "./open-next.ts";
import { readRange } from "./read-range.ts";
import { readSplit } from "./read-split.ts";
import { guardRate } from "./slow-guard.ts";

const usualJudgeMs = 1_500;

/** An answer's body; where it is slow and may be had in pieces, by several connections. */
export function readAnswer(
  request: DownloadRequest,
  state: DownloadState,
  { next, signal }: { readonly next: NextAnswer; readonly signal: AbortSignal },
): AsyncIterable<Uint8Array> {
  const { answer, skip } = next;
  const { stallMs } = request.limits;
  const { total, validator } = state;
  const isDigestKnown = request.sha256 !== undefined;
  const guarded = guardRate(answer.body, answer.finalUrl, stallMs);
  const isJoinable = isDigestKnown || validator !== undefined;
  const maySplit = state.maySplit && state.isRangeTrusted && answer.isRangeable && isJoinable && skip === 0;
  if (total === undefined || !maySplit) return guarded;
  const split = readSplit({
    received: () => state.received,
    total,
    current: guarded,
    judgeAfterMs: request.judgeAfterMs ?? usualJudgeMs,
    async openRange(first, last, stop) {
      const part = await request.open({
        ...bodyBounds(request, AbortSignal.any([signal, stop])),
        offset: first,
        last,
        ifRange: validator,
      });
      const judged = judgeResumption(part, { received: first, announced: total, validator, isDigestKnown });
      const isAsked = part.range?.last === last && !("refusal" in judged);
      if (isAsked) return readRange(part.body, part.finalUrl, last - first + 1);
      part.close();
      throw new RefusedAnswer(
        "content",
        redactUrl(part.finalUrl),
        "it answers something else than the range asked for",
      );
    },
    onFallback(failure) {
      state.maySplit = false;
      request.onNotice(`${request.name}: going on with one connection: ${failure.message}`);
    },
  });
  return guardRate(split, answer.finalUrl, stallMs);
}
