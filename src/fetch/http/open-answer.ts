import { redactUrl } from "../../errors/redact-url.ts";
import { namingWay, RequestFailure } from "../../errors/request-failure.ts";
import type { BodyRequest } from "./body-request.ts";
import { classifyRequestFailure, findCertificateCode } from "./classify-failure.ts";
import type { Connections } from "./connections.ts";
import type { Credentials } from "./netrc.ts";
import { describeWay } from "./choose-proxy.ts";
import { createDeadline } from "./deadline.ts";
import { diagnoseTls, readTlsWitness } from "./diagnose-tls.ts";
import { redirectTarget, toBody, withoutUser, type HttpBody } from "./http-answer.ts";

const maxRedirects = 10;

declare const __READYGO_BUILT__: string | undefined;

/** When this bundle was built (scripts/build.ts); undefined from source. A clock that shows less is wrong. */
const builtAt = typeof __READYGO_BUILT__ === "string" ? new Date(__READYGO_BUILT__) : undefined;

interface AnswerOptions {
  readonly userAgent: string;
  /** Where the request does not say. */
  readonly stallMs: number;
}

/**
 * One attempt: from the URL over all redirects to an answer with the body that was asked for.
 *
 * @throws RequestFailure; the signal's reason; ProvisionError `config-invalid` for a CA file that cannot be used, `clock-wrong`
 */
export async function openAnswer(
  connections: Connections,
  options: AnswerOptions,
  url: string,
  request: BodyRequest,
): Promise<HttpBody> {
  const { connectMs, clock } = connections;
  const { stallMs, userAgent } = options;
  const { connectTimeoutMs = connectMs, headersTimeoutMs = stallMs, stallTimeoutMs = stallMs } = request;
  const boundMs = Math.max(connectTimeoutMs, headersTimeoutMs);
  let at = parseHttpUrl(url);
  // One bound for everything until the headers are there: undici's own are for single phases, and coarse.
  const deadline = createDeadline(clock, request.signal);
  const ended = new Promise<never>((_, reject) => {
    deadline.signal.addEventListener("abort", () => reject(deadline.signal.reason), { once: true });
  });
  ended.catch(ignore);
  deadline.start(boundMs, url, `no answer within ${boundMs / 1000} s`);
  try {
    for (let hops = 0; ; hops += 1) {
      const known = await connections.open();
      const answering = known.request(withoutUser(at), {
        dispatcher: known.for(at),
        signal: deadline.signal,
        headers: requestHeaders(request, {
          userAgent,
          credentials: (await connections.findCredentials(at)) ?? readUser(at),
        }),
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      answering.catch(ignore);
      // undici hears of an aborted signal only once it has a connection.
      const answer = await Promise.race([answering, ended]);
      answer.body.on("error", ignore);
      const target = redirectTarget(answer, at);
      if (target === undefined) {
        const way = describeWay(connections.chooseProxy(at));
        return withWay(toBody(answer, at, { ...request, stallTimeoutMs, clock }), way);
      }
      answer.body.destroy();
      if (hops === maxRedirects) throw new RequestFailure("status", redactUrl(url), "it redirects without end");
      at = target;
    }
  } catch (error) {
    request.signal?.throwIfAborted();
    const failure = deadline.failure ?? (await explain(connections, error, url, at));
    // It may be the proxy that has refused, or whose certificate it is: nothing else in the failure tells.
    throw namingWay(failure, describeWay(connections.chooseProxy(at)));
  } finally {
    deadline.clear();
  }
}

/** User and password of the URL itself. */
function readUser({ username, password }: URL): Credentials | undefined {
  if (username === "" && password === "") return undefined;
  return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
}

function requestHeaders(
  { offset = 0, last, ifRange }: BodyRequest,
  { userAgent, credentials }: { readonly userAgent: string; readonly credentials: Credentials | undefined },
): Record<string, string> {
  return {
    "user-agent": userAgent,
    // The digest is of the archive as it is published: no coding on the way.
    "accept-encoding": "identity",
    ...(credentials === undefined ? {} : { authorization: toBasic(credentials) }),
    ...(offset === 0 && last === undefined ? {} : { range: `bytes=${offset}-${last ?? ""}` }),
    ...(offset === 0 || ifRange === undefined ? {} : { "if-range": ifRange }),
  };
}

function toBasic({ user, password }: Credentials): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

/** A certificate that was refused is looked at more closely, as far as its server is asked directly. */
async function explain(connections: Connections, error: unknown, url: string, at: URL): Promise<unknown> {
  const code = findCertificateCode(error);
  if (code === undefined) return classifyOwn(error, url);
  const [host, port] = [at.hostname.replace(/^\[(.*)\]$/, "$1"), at.port === "" ? "443" : at.port];
  const proxy = connections.chooseProxy(at)?.url;
  const { clock } = connections;
  const witness = proxy === undefined ? await readTlsWitness(host, Number(port), clock) : undefined;
  const refused = { code, url: redactUrl(url), host, port, proxy, witness, now: clock.now(), builtAt, cause: error };
  return diagnoseTls(refused);
}

function withWay(answer: HttpBody, way: string | undefined): HttpBody {
  if (way === undefined) return answer;
  const { body } = answer;
  return {
    ...answer,
    way,
    body: (async function* () {
      try {
        yield* body;
      } catch (error) {
        throw namingWay(error, way);
      }
    })(),
  };
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

function ignore(): void {
  // The reader of a body hears of a failure by its iterator; a body that is thrown away has no reader.
}
