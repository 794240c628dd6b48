import { redactUrl } from "../../errors/redact-url.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import { realClock } from "../../host/real-clock.ts";
import type { BodyRequest } from "../http/body-request.ts";
import { createDeadline } from "../http/deadline.ts";
import { checkNoPage, type HttpBody } from "../http/http-answer.ts";
import { decideResumeMs, decideRetryMs } from "../http/retry-delay.ts";
import { type ArchiveEnd, watchArchiveEnd } from "./archive-end.ts";
import { createAttemptLog, DownloadFailure } from "./attempt-log.ts";
import { boundWholeMs, guardRate } from "./download-limits.ts";
import type { Download, DownloadRequest } from "./download-request.ts";
import { keepWhenSlow } from "./keep-when-slow.ts";
import { type CutBody, isEndOfFile, isRefusal, judgeKept, judgeResumption, RefusedAnswer } from "./resumption.ts";
import { readSplit } from "./split.ts";

/** @throws DownloadFailure where the source does not answer with an archive; ProvisionError from `open` */
export async function openDownload(request: DownloadRequest): Promise<Download> {
  return new Transfer(request).open();
}

/** An answer that continues what is there; its first `skip` bytes are there already. */
interface NextAnswer {
  readonly answer: HttpBody;
  readonly skip: number;
}

/** Where a download stands, over all its connections. */
class Transfer {
  readonly #request;
  readonly #clock;
  /** Over all connections and waits. */
  readonly #deadline;
  readonly #log = createAttemptLog();
  #received = 0;
  /** Bytes of the whole; undefined where neither a trust root nor the server says. */
  #total: number | undefined;
  #validator: string | undefined;
  /** Whether an answer was ever accepted: from then on the source is known to be there. */
  #hasBegun = false;
  /** False once a range was answered with something else: then the whole is asked for, and its start left out. */
  #isRangeTrusted = true;
  /** False once an attempt has failed, or a further connection. */
  #maySplit = true;
  /** Where nobody states the size: looks whether the archive that has passed is whole. */
  #end: ArchiveEnd | undefined;
  /** Of the last answer. */
  #way: string | undefined;
  /** Whether a body ended in good order, though short of what a trust root states. */
  #isEndStated = false;

  constructor(request: DownloadRequest) {
    this.#request = request;
    this.#clock = request.clock ?? realClock;
    this.#deadline = createDeadline(this.#clock, request.signal);
    this.#total = request.size;
  }

  async open(): Promise<Download> {
    const { store, limits } = this.#request;
    const kept = judgeKept(store?.find(), this.#request);
    if (store !== undefined && kept !== undefined) {
      this.#received = kept.size;
      this.#total = kept.total;
      this.#validator = kept.validator;
      if (kept.size === kept.total) {
        const { size, url } = kept;
        return { body: store.read(size), total: size, finalUrl: url, way: undefined, reusedBytes: size };
      }
    }
    const first = await this.#openNext();
    const reusedBytes = this.#received;
    const finalUrl = first?.answer.finalUrl ?? kept?.url ?? "";
    const boundMs = boundWholeMs(limits, this.#total);
    this.#deadline.start(boundMs, finalUrl, `not whole within ${Math.round(boundMs / 1000)} s`);
    return { body: this.#read(first, reusedBytes), total: this.#total, finalUrl, way: this.#way, reusedBytes };
  }

  /** What was kept, then answer after answer until the archive is whole. */
  async *#read(first: NextAnswer | undefined, reusedBytes: number): AsyncGenerator<Uint8Array> {
    const { store, name, sha256 = null } = this.#request;
    const keeper = store === undefined ? undefined : keepWhenSlow(store, this.#clock);
    try {
      if (this.#total === undefined) this.#end = watchArchiveEnd();
      if (store !== undefined && reusedBytes > 0) yield* this.#watch(store.read(reusedBytes));
      if (first !== undefined) {
        const url = redactUrl(first.answer.finalUrl);
        const identity = { name, url, sha256, total: this.#total ?? null, validator: this.#validator ?? null };
        keeper?.begin(identity, reusedBytes);
      }
      for (let next = first; next !== undefined; next = await this.#openNext()) {
        const before = this.#received;
        try {
          for await (const bytes of this.#watch(this.#readAnswer(next))) {
            keeper?.append(bytes);
            yield bytes;
          }
          this.#requireEnd(next.answer.finalUrl);
          return;
        } catch (error) {
          await this.#waitToRetry(error, this.#received - before);
        }
      }
    } finally {
      this.#deadline.clear();
      this.#end?.close();
      keeper?.close();
    }
  }

  async *#watch(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const bytes of body) {
      await this.#end?.take(bytes);
      yield bytes;
    }
  }

  /**
   * A body without a stated size ends where its connection does, also in good order. What is no archive, or a damaged one, is
   * left to the digest.
   */
  #requireEnd(url: string): void {
    if (this.#total !== undefined || this.#end?.isWhole() !== false) return;
    this.#isEndStated = true;
    const message = `it ended after ${this.#received} bytes, within the archive`;
    throw new RequestFailure("interrupted", redactUrl(url), message);
  }

  /** The first answer does not continue what was kept: everything is fetched anew. */
  #forgetKept(): void {
    if (this.#received === 0) return;
    this.#request.store?.remove();
    this.#received = 0;
    this.#validator = undefined;
    this.#total = this.#request.size;
  }

  /**
   * The next answer that continues what is there; undefined where the source says that there is no more. Failures that
   * may pass are retried.
   */
  async #openNext(): Promise<NextAnswer | undefined> {
    for (;;) {
      try {
        return this.#accept(await this.#ask({ offset: this.#isRangeTrusted ? this.#received : 0 }));
      } catch (error) {
        const at = { received: this.#received, hasBegun: this.#hasBegun };
        const seen = { isEndStated: this.#isEndStated, isRangeTrusted: this.#isRangeTrusted };
        if (isRefusal(error) && isEndOfFile(error, { ...at, ...seen })) return undefined;
        await this.#waitToRetry(error, 0);
        if (isRefusal(error)) {
          this.#isRangeTrusted = false;
          if (!this.#hasBegun) this.#forgetKept();
        }
      }
    }
  }

  #accept(answer: HttpBody): NextAnswer {
    if (!this.#hasBegun && answer.status === 200) this.#forgetKept();
    const judged = judgeResumption(answer, this.#cut());
    if ("refusal" in judged) {
      answer.close();
      throw new RefusedAnswer("content", redactUrl(answer.finalUrl), judged.refusal);
    }
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.#validator = answer.validator;
      const stated = answer.range?.total ?? (answer.status === 200 ? answer.contentLength : undefined);
      this.#total ??= stated === undefined ? undefined : Math.max(stated, this.#request.claimedSize ?? 0);
    } else this.#total ??= answer.range?.total;
    return { answer, skip: judged.skip };
  }

  /** What an answer adds to the bytes that are there, up to the last one of the whole. */
  async *#readAnswer({ answer, skip }: NextAnswer): AsyncGenerator<Uint8Array> {
    let unread = skip;
    for await (const chunk of this.#joinConnections(answer, skip)) {
      const start = Math.min(unread, chunk.length);
      unread -= start;
      const bytes = chunk.subarray(start, start + (this.#total ?? Infinity) - this.#received);
      if (bytes.length === 0) continue;
      if (this.#received === 0) checkNoPage(bytes, answer.finalUrl);
      this.#received += bytes.length;
      yield bytes;
      if (this.#received === this.#total) return;
    }
    if (this.#total === undefined) return;
    this.#isEndStated = true;
    const message = `it ended after ${this.#received} of ${this.#total} bytes`;
    throw new RequestFailure("interrupted", redactUrl(answer.finalUrl), message);
  }

  /** An answer's body; where it is slow and may be had in pieces, by several connections. */
  #joinConnections({ body, finalUrl, isRangeable }: HttpBody, skip: number): AsyncIterable<Uint8Array> {
    const total = this.#total;
    const guard = { url: finalUrl, stallMs: this.#request.limits.stallMs, clock: this.#clock };
    const current = guardRate(body, guard);
    const isJoinable = this.#request.sha256 !== undefined || this.#validator !== undefined;
    const maySplit = this.#maySplit && this.#isRangeTrusted && isRangeable && isJoinable && skip === 0;
    if (total === undefined || !maySplit) return current;
    const split = readSplit({
      current,
      from: { ...this.#cut(), total },
      clock: this.#clock,
      ask: (range, stop) => this.#ask(range, AbortSignal.any([this.#deadline.signal, stop])),
      onFallback: (failure) => {
        this.#maySplit = false;
        this.#request.onNotice(`${this.#request.name}: continuing with one connection: ${failure.message}`);
      },
    });
    return guardRate(split, guard);
  }

  async #ask(range: Pick<BodyRequest, "offset" | "last">, signal = this.#deadline.signal): Promise<HttpBody> {
    const { stallMs: stallTimeoutMs, connectMs: connectTimeoutMs } = this.#request.limits;
    const bounds = { retries: 0, expectedContent: "archive", stallTimeoutMs, connectTimeoutMs } as const;
    const answer = await this.#request.open({ ...range, ifRange: this.#validator, signal, ...bounds });
    this.#way = answer.way;
    return answer;
  }

  #cut(): CutBody {
    const isDigestKnown = this.#request.sha256 !== undefined;
    return { received: this.#received, total: this.#total, validator: this.#validator, isDigestKnown };
  }

  /** Waits until another attempt may be made. @throws DownloadFailure where none is to be made */
  async #waitToRetry(error: unknown, bytes: number): Promise<void> {
    const { signal, name, onNotice } = this.#request;
    signal?.throwIfAborted();
    if (!(error instanceof RequestFailure)) throw error;
    error.nameWay(this.#way);
    this.#log.add(error, bytes);
    // Whatever it was that failed, less can go wrong with one connection.
    this.#maySplit = false;
    const delayMs = this.#decideDelayMs(error);
    if (delayMs === undefined) throw new DownloadFailure(error, this.#log.attempts);
    const from = this.#received > 0 ? ` from byte ${this.#received}` : "";
    onNotice(`${name}: ${error.message}; trying again${from}`);
    try {
      await this.#clock.sleep(delayMs, this.#deadline.signal);
    } catch {
      signal?.throwIfAborted();
      throw new DownloadFailure(this.#deadline.failure?.nameWay(this.#way) ?? error, this.#log.attempts);
    }
  }

  #decideDelayMs(error: RequestFailure): number | undefined {
    const isOver = this.#log.isExhausted || this.#deadline.signal.aborted || this.#request.isFinal?.(error) === true;
    if (isOver) return undefined;
    // Once: then the whole is asked for.
    if (isRefusal(error)) return this.#isRangeTrusted && this.#received > 0 ? 0 : undefined;
    const decide = this.#hasBegun ? decideResumeMs : decideRetryMs;
    return decide(error, this.#log.fruitless, this.#clock.now());
  }
}
