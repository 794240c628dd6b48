import { redactUrl } from "../../errors/redact-url.ts";
import { namingWay, RequestFailure } from "../../errors/request-failure.ts";
import type { BodyRequest } from "./body-request.ts";
import { describeWay } from "./choose-proxy.ts";
import { createConnections, type ConnectionOptions } from "./connections.ts";
import { createDeadline } from "./deadline.ts";
import type { HttpBody } from "./http-answer.ts";
import { openAnswer } from "./open-answer.ts";
import { decideRetryMs } from "./retry-delay.ts";

export interface HttpClientOptions extends ConnectionOptions {
  readonly userAgent: string;
  /** Without a byte of an answer's head or body; default 20 s. */
  readonly stallTimeoutMs?: number | undefined;
}

export interface ReadRequest {
  readonly maxBytes: number;
  /** For the whole of it: name, connection, redirects, retries and body. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether a text ends as it should. Asked where the server states no size: then its end is where the connection ends, and
   * one that was cut is fetched again.
   */
  readonly isWhole?: ((bytes: Buffer) => boolean) | undefined;
}

/** The one door to the network. Every method throws RequestFailure, or the signal's reason where that ends it. */
export interface HttpClient {
  readText(url: string, request: ReadRequest): Promise<string>;
  readBytes(url: string, request: ReadRequest): Promise<Uint8Array>;
  openBody(url: string, request?: BodyRequest): Promise<HttpBody>;
  /** By way of which proxy a URL is asked, in words; undefined: directly. */
  findWay(url: string): string | undefined;
  close(): Promise<void>;
}

const usualStallMs = 20_000;
/** For a small text that was cut. */
const mostAgain = 2;
const waitAgainMs = 200;

/** @throws ProvisionError `config-invalid` for a proxy that is no URL */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const connections = createConnections(options);
  const { clock } = connections;
  const { userAgent, stallTimeoutMs: stallMs = usualStallMs } = options;

  const openBody = async (
    url: string,
    request: BodyRequest = {},
    failures: RequestFailure[] = [],
  ): Promise<HttpBody> => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await openAnswer(connections, { userAgent, stallMs }, url, request);
      } catch (error) {
        if (!(error instanceof RequestFailure)) throw error;
        if (connections.giveUpApt(error, url)) {
          attempt -= 1;
          failures.push(error);
          continue;
        }
        const delayMs = attempt < (request.retries ?? 2) ? decideRetryMs(error, attempt, clock.now()) : undefined;
        if (delayMs === undefined) throw tellEarlier(error, failures);
        failures.push(error);
        await clock.sleep(delayMs, request.signal);
      }
    }
  };

  const readBytes = async (url: string, request: ReadRequest): Promise<Uint8Array> => {
    const { timeoutMs, maxBytes } = request;
    const deadline = createDeadline(clock, request.signal);
    const { signal } = deadline;
    const failures: RequestFailure[] = [];
    deadline.start(timeoutMs, url, `not whole within ${timeoutMs / 1000} s`);
    try {
      const bounds = { connectTimeoutMs: timeoutMs, headersTimeoutMs: timeoutMs, stallTimeoutMs: timeoutMs };
      const readOnce = async (): Promise<{ readonly bytes: Buffer; readonly isSizeStated: boolean }> => {
        const { body, contentLength } = await openBody(url, { signal, ...bounds }, failures);
        const chunks: Uint8Array[] = [];
        let size = 0;
        for await (const chunk of body) {
          signal.throwIfAborted();
          size += chunk.length;
          if (size > maxBytes) {
            throw new RequestFailure("content", redactUrl(url), `it answers more than ${maxBytes} bytes`);
          }
          chunks.push(chunk);
        }
        return { bytes: Buffer.concat(chunks), isSizeStated: contentLength !== undefined };
      };
      let before: Buffer | undefined;
      for (let attempt = 0; ; attempt += 1) {
        try {
          const { bytes, isSizeStated } = await readOnce();
          const isWhole = isSizeStated || request.isWhole?.(bytes) !== false;
          // The same again is what the server has.
          if (isWhole || attempt === mostAgain || before?.equals(bytes) === true) return bytes;
          before = bytes;
          await clock.sleep(waitAgainMs, signal);
        } catch (error) {
          if (!(error instanceof RequestFailure) || error.kind !== "interrupted" || attempt === mostAgain) throw error;
          failures.push(error);
          await clock.sleep(waitAgainMs, signal);
        }
      }
    } catch (error) {
      request.signal?.throwIfAborted();
      const late = deadline.failure;
      const last = late === undefined || late === error ? error : tellEarlier(late, failures);
      if (last === error && isCut(error) && !failures.includes(error)) tellEarlier(error, failures);
      throw namingWay(last, findWay(url));
    } finally {
      deadline.clear();
    }
  };

  const findWay = (url: string): string | undefined =>
    /^https?:/i.test(url) && URL.canParse(url) ? describeWay(connections.chooseProxy(new URL(url))) : undefined;

  return {
    findWay,
    openBody: (url, request) => openBody(url, request),
    readBytes,
    readText: async (url, request) => Buffer.from(await readBytes(url, request)).toString("utf8"),
    close: () => connections.close(),
  };
}

function isCut(error: unknown): error is RequestFailure {
  return error instanceof RequestFailure && error.kind === "interrupted";
}

function tellEarlier(last: RequestFailure, failures: readonly RequestFailure[]): RequestFailure {
  last.earlier.push(...failures);
  return last;
}
