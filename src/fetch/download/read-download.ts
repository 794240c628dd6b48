import { redactUrl } from "../../errors/redact-url.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import type { DownloadDeadline } from "./download-deadline.ts";
import type { DownloadRequest } from "./download-request.ts";
import type { DownloadState } from "./download-state.ts";
import { readKept } from "./kept-download.ts";
import { keepWhenSlow } from "./keep-when-slow.ts";
import { openNext, type NextAnswer } from "./open-next.ts";
import { readAnswer } from "./read-answer.ts";
import { settleFailure } from "./settle-failure.ts";

interface DownloadReading {
  readonly first: NextAnswer | undefined;
  readonly reusedBytes: number;
  readonly deadline: DownloadDeadline;
}

/** A download from its first byte on: what was kept, then answer after answer until it is whole. */
export async function* readDownload(
  request: DownloadRequest,
  state: DownloadState,
  reading: DownloadReading,
): AsyncGenerator<Uint8Array> {
  const { name } = request;
  const store = request.store === undefined ? undefined : keepWhenSlow(request.store);
  const { deadline, reusedBytes } = reading;
  let next = reading.first;
  try {
    if (reusedBytes > 0) yield* readKept(request, reusedBytes);
    if (next !== undefined) {
      store?.begin(
        {
          name,
          url: redactUrl(next.answer.finalUrl),
          sha256: request.sha256 ?? null,
          total: state.total ?? null,
          validator: state.validator ?? null,
        },
        reusedBytes,
      );
    }
    while (next !== undefined) {
      const before = state.received;
      try {
        const { answer } = next;
        let { skip } = next;
        for await (const chunk of readAnswer(request, state, { next, signal: deadline.signal })) {
          const start = Math.min(skip, chunk.length);
          skip -= start;
          const bytes = chunk.subarray(start, start + (state.total ?? Infinity) - state.received);
          if (bytes.length === 0) continue;
          if (state.received === 0) checkNoPage(bytes, answer.finalUrl);
          state.received += bytes.length;
          store?.append(bytes);
          yield bytes;
          if (state.received === state.total) return;
        }
        if (state.total === undefined) return;
        state.isEndStated = true;
        throw new RequestFailure(
          "interrupted",
          redactUrl(answer.finalUrl),
          `it ended after ${state.received} of ${state.total} bytes`,
        );
      } catch (error) {
        await settleFailure(request, state, deadline.signal, { error, bytes: state.received - before });
      }
      next = await openNext(request, state, deadline.signal);
    }
  } finally {
    deadline.clear();
    store?.close();
  }
}

/** A portal may send its page under any name. */
function checkNoPage(start: Uint8Array, url: string): void {
  if (!/^\s*<(?:!doctype|html|head|\?xml)/i.test(Buffer.from(start.subarray(0, 64)).toString("latin1"))) return;
  throw new RequestFailure(
    "content",
    redactUrl(url),
    "a web page came in place of an archive: a captive portal or a proxy answers in its place",
  );
}
