import { redactUrl } from "../../errors/redact-url.ts";
import { bodyBounds, type DownloadRequest } from "./download-request.ts";
import type { DownloadState } from "./download-state.ts";
import type { HttpBody } from "../http/http-answer.ts";
import { judgeResumption, RefusedAnswer } from "./judge-resumption.ts";
import { forgetKept } from "./kept-download.ts";
import { RefusedRequest } from "../http/retry-delay.ts";
import { settleFailure } from "./settle-failure.ts";

/** An answer that goes on from what is there. */
export interface NextAnswer {
  readonly answer: HttpBody;
  /** Bytes at its start that are there already. */
  readonly skip: number;
}

/**
 * The next answer that goes on from what is there; undefined where the source says that there is no more. Failures that
 * may pass are waited for.
 */
export async function openNext(
  request: DownloadRequest,
  state: DownloadState,
  signal: AbortSignal,
): Promise<NextAnswer | undefined> {
  for (;;) {
    try {
      const offset = state.isRangeTrusted ? state.received : 0;
      const answer = await request.open({ ...bodyBounds(request, signal), offset, ifRange: state.validator });
      if (!state.hasBegun && answer.status === 200) forgetKept(request, state);
      const { received, total: announced, validator } = state;
      const isDigestKnown = request.sha256 !== undefined;
      const judged = judgeResumption(answer, { received, announced, validator, isDigestKnown });
      if ("refusal" in judged) {
        answer.close();
        throw new RefusedAnswer("content", redactUrl(answer.finalUrl), judged.refusal);
      }
      if (!state.hasBegun) {
        state.hasBegun = true;
        state.validator = answer.validator;
        const told = answer.range?.total ?? (answer.status === 200 ? answer.contentLength : undefined);
        state.total ??= told === undefined ? undefined : Math.max(told, request.claimedSize ?? 0);
      }
      return { answer, skip: judged.skip };
    } catch (error) {
      const isBeyond = error instanceof RefusedRequest && error.status === 416;
      if (isBeyond && error.completeLength === state.received && state.hasBegun) return undefined;
      if (isBeyond || error instanceof RefusedAnswer) {
        // Asked again, it says the same: it is another file, and the digest is to tell so.
        if (state.isEndStated && !state.isRangeTrusted) return undefined;
        if (isBeyond && state.isEndStated) return undefined;
      }
      await settleFailure(request, state, signal, { error, bytes: 0 });
      if (isBeyond || error instanceof RefusedAnswer) {
        state.isRangeTrusted = false;
        if (!state.hasBegun) forgetKept(request, state);
      }
    }
  }
}
