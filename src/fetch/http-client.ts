import { setTimeout as sleep } from "node:timers/promises";
import { redactUrl } from "../errors/redact-url.ts";
import { RequestFailure } from "../errors/request-failure.ts";
import { parseAptProxies, type AptProxies } from "./apt-proxies.ts";
import { createChooseProxy, hasNamedProxy, type ProxySettings } from "./choose-proxy.ts";
import { builtAt } from "./build-time.ts";
import { classifyRequestFailure, findCertificateCode } from "./classify-failure.ts";
import { diagnoseTls, readTlsWitness } from "./diagnose-tls.ts";
import { type Dispatchers, openDispatchers } from "./dispatchers.ts";
import { type HttpBody, redirectTarget, toBody, withoutUser } from "./http-answer.ts";
import { decideRetryMs } from "./retry-delay.ts";

export type { HttpBody };

export interface HttpClientOptions extends Omit<ProxySettings, "apt"> {
  /** The output of `apt-config dump`; asked for once, before the first connection, where no proxy is named. */
  readonly readAptConfig?: (() => Promise<string>) | undefined;
  /** PEM; trusted besides node's own and the system's certificates. */
  readonly caFile?: string | undefined;
  readonly userAgent: string;
  /** Until there is a connection; default 10 s. */
  readonly connectTimeoutMs?: number | undefined;
  /** Without a byte of an answer's head or body; default 20 s. */
  readonly stallTimeoutMs?: number | undefined;
}

export interface ReadRequest {
  readonly maxBytes: number;
  /** For the whole of it: name, connection, redirects, retries and body. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface BodyRequest {
  /** Asks for the bytes from here on; the answer's status says whether that was granted (206) or not (200). */
  readonly offset?: number | undefined;
  /** With an offset: the last byte that is asked for; default: all there are. */
  readonly last?: number | undefined;
  /** With an offset: a strong validator; where it no longer holds the whole is answered (RFC 9110, 13.1.5). */
  readonly ifRange?: string | undefined;
  /** Until there is a connection; at most the client's own, which is the default. */
  readonly connectTimeoutMs?: number | undefined;
  /** Without a byte of the body; default the client's. */
  readonly stallTimeoutMs?: number | undefined;
  /** From the first attempt to connect to the answer's headers, redirects included; default the client's for a stall. */
  readonly headersTimeoutMs?: number | undefined;
  /** Further attempts after failures that may pass; default 2. */
  readonly retries?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** `archive`, `json`: an HTML page is refused as `content`. */
  readonly expectedContent?: "archive" | "json" | "any" | undefined;
}

/** The one door to the network. Every method throws RequestFailure, or the signal's reason where that ends it. */
export interface HttpClient {
  readText(url: string, request: ReadRequest): Promise<string>;
  readBytes(url: string, request: ReadRequest): Promise<Uint8Array>;
  openBody(url: string, request?: BodyRequest): Promise<HttpBody>;
  close(): Promise<void>;
}

const mostRedirects = 10;
const usualConnectMs = 10_000;
const usualStallMs = 20_000;

/** @throws ProvisionError `config-invalid` for a proxy that is no URL */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  let chooseProxy = createChooseProxy(options);
  let apt: AptProxies | undefined;
  const { connectTimeoutMs: connectMs = usualConnectMs, stallTimeoutMs: stallMs = usualStallMs } = options;
  let dispatchers: Promise<Dispatchers> | undefined;
  const connect = async (): Promise<Dispatchers> => {
    if (options.readAptConfig !== undefined && !hasNamedProxy(options)) {
      apt = parseAptProxies(await options.readAptConfig());
      chooseProxy = createChooseProxy({ ...options, apt });
    }
    return openDispatchers((url) => chooseProxy(url), { caFile: options.caFile, connectTimeoutMs: connectMs });
  };
  const connections = (): Promise<Dispatchers> => (dispatchers ??= connect());

  const openOnce = async (url: string, request: BodyRequest): Promise<HttpBody> => {
    const { connectTimeoutMs = connectMs, headersTimeoutMs = stallMs, stallTimeoutMs = stallMs } = request;
    const boundMs = Math.max(connectTimeoutMs, headersTimeoutMs);
    const guard = createGuard(boundMs, request.signal);
    let at = parseHttpUrl(url);
    try {
      for (let hops = 0; ; hops += 1) {
        const known = await connections();
        const answering = known.request(withoutUser(at), {
          dispatcher: known.for(at),
          signal: guard.signal,
          headers: headersFor(at, request, options.userAgent),
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
        throw new RequestFailure("timeout", redactUrl(url), `no answer within ${boundMs / 1000} s`, { cause: error });
      }
      throw await explain(error, url, at);
    } finally {
      guard.clear();
    }
  };

  /** A certificate that was refused is looked at more closely, as far as its server is asked directly. */
  const explain = async (error: unknown, url: string, at: URL): Promise<unknown> => {
    const code = findCertificateCode(error);
    if (code === undefined) return classifyOwn(error, url);
    const [host, port] = [at.hostname.replace(/^\[(.*)\]$/, "$1"), at.port === "" ? "443" : at.port];
    const witness = chooseProxy(at) === undefined ? await readTlsWitness(host, Number(port)) : undefined;
    return diagnoseTls({ code, url: redactUrl(url), host, port, witness, now: new Date(), builtAt, cause: error });
  };

  /** True where the request failed by way of apt's proxy: then it is made again without. */
  const giveUpApt = (error: unknown, url: string): boolean => {
    if (apt === undefined || !(error instanceof RequestFailure) || !URL.canParse(url)) return false;
    const isByApt = chooseProxy(new URL(url)) !== undefined;
    const isProxys = ["unreachable", "timeout", "tls", "status", "content"].includes(error.kind);
    if (isByApt && isProxys) apt.giveUp();
    return isByApt && isProxys;
  };

  const openBody = async (url: string, request: BodyRequest = {}): Promise<HttpBody> => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await openOnce(url, request);
      } catch (error) {
        if (giveUpApt(error, url)) {
          attempt -= 1;
          continue;
        }
        const delayMs = attempt < (request.retries ?? 2) ? decideRetryMs(error, attempt) : undefined;
        if (delayMs === undefined) throw error;
        await sleep(delayMs, undefined, request.signal === undefined ? {} : { signal: request.signal });
      }
    }
  };

  const readBytes = async (url: string, request: ReadRequest): Promise<Uint8Array> => {
    const deadline = AbortSignal.timeout(request.timeoutMs);
    const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal]);
    try {
      const { timeoutMs } = request;
      const bounds = { connectTimeoutMs: timeoutMs, headersTimeoutMs: timeoutMs, stallTimeoutMs: timeoutMs };
      const { body } = await openBody(url, { signal, ...bounds });
      return await collect(body, url, request.maxBytes, signal);
    } catch (error) {
      request.signal?.throwIfAborted();
      if (!deadline.aborted) throw error;
      throw new RequestFailure("timeout", redactUrl(url), `not whole within ${request.timeoutMs / 1000} s`);
    }
  };

  return {
    openBody,
    readBytes,
    readText: async (url, request) => Buffer.from(await readBytes(url, request)).toString("utf8"),
    async close() {
      await (await dispatchers)?.close();
    },
  };
}

/** One timer over everything until the headers are there; undici's own are for single phases, and coarse. */
function createGuard(
  boundMs: number,
  outer: AbortSignal | undefined,
): { signal: AbortSignal; ended: Promise<never>; isOver(): boolean; clear(): void } {
  const own = new AbortController();
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    own.abort();
  }, boundMs);
  const signal = outer === undefined ? own.signal : AbortSignal.any([own.signal, outer]);
  const ended = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  ended.catch(ignore);
  return {
    signal,
    ended,
    isOver: () => isOver,
    clear: () => clearTimeout(timer),
  };
}

function ignore(): void {
  // Whoever reads the body is told by its iterator; a body that is thrown away has nobody to tell.
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

function headersFor(url: URL, { offset = 0, last, ifRange }: BodyRequest, userAgent: string): Record<string, string> {
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return {
    "user-agent": userAgent,
    // The digest is of the archive as it is published: no coding on the way.
    "accept-encoding": "identity",
    ...(user === ":" ? {} : { authorization: `Basic ${Buffer.from(user).toString("base64")}` }),
    ...(offset === 0 && last === undefined ? {} : { range: `bytes=${offset}-${last ?? ""}` }),
    ...(offset === 0 || ifRange === undefined ? {} : { "if-range": ifRange }),
  };
}

async function collect(
  body: AsyncIterable<Uint8Array>,
  url: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    signal.throwIfAborted();
    size += chunk.length;
    if (size > maxBytes) throw new RequestFailure("content", redactUrl(url), `it answers more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
