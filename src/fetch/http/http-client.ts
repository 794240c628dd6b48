import { redactUrl } from "../../errors/redact-url.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import type { BodyRequest } from "./body-request.ts";
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
}

/** The one door to the network. Every method throws RequestFailure, or the signal's reason where that ends it. */
export interface HttpClient {
  readText(url: string, request: ReadRequest): Promise<string>;
  readBytes(url: string, request: ReadRequest): Promise<Uint8Array>;
  openBody(url: string, request?: BodyRequest): Promise<HttpBody>;
  close(): Promise<void>;
}

const usualStallMs = 20_000;

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
      const { body } = await openBody(url, { signal, ...bounds }, failures);
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
      return Buffer.concat(chunks);
    } catch (error) {
      request.signal?.throwIfAborted();
      const late = deadline.failure;
      throw late === undefined || late === error ? error : tellEarlier(late, failures);
    } finally {
      deadline.clear();
    }
  };

  return {
    openBody: (url, request) => openBody(url, request),
    readBytes,
    readText: async (url, request) => Buffer.from(await readBytes(url, request)).toString("utf8"),
    close: () => connections.close(),
  };
}

function tellEarlier(last: RequestFailure, failures: readonly RequestFailure[]): RequestFailure {
  last.earlier.push(...failures);
  return last;
}
