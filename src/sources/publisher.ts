import { RequestFailure } from "../errors/request-failure.ts";
import { isWholeJson } from "../fetch/http/whole-texts.ts";
import { parsePublisherJson } from "../release/publisher-json.ts";
import { archiveUrls, type PublisherName, type Source } from "./source.ts";
import type { Release } from "../release/release.ts";
import type { BodyRequest } from "../fetch/http/body-request.ts";
import { type DownloadLimits, usualLimits } from "../fetch/download/download-limits.ts";
import type { HttpBody } from "../fetch/http/http-answer.ts";
import type { HttpClient } from "../fetch/http/http-client.ts";

// States hashes, so it is a trust root: written here, and not among the places where bytes may come from (sources.ini).
const jsonUrl = "https://go.dev/dl/?mode=json&include=all";
const jsonInChinaUrl = "https://golang.google.cn/dl/?mode=json&include=all";
const mostProbeMs = 3_000;
const mostJsonMs = 20_000;
const mostJsonBytes = 32 * 1024 * 1024;

/** One of the publisher's hosts, asked at most once a run whether it can be reached. */
export interface PublisherHost {
  /** Set once it turned out that it cannot be reached. */
  readonly failure: RequestFailure | undefined;
  /** @throws RequestFailure */
  list(): Promise<readonly Release[]>;
  /** Its redirect to a download host, then, of go.dev, that host itself. @throws RequestFailure */
  openArchive(fileName: string, request?: BodyRequest): Promise<HttpBody>;
}

/** go.dev, and the publisher's host for mainland China, which is for where go.dev does not answer. */
export interface Publisher extends PublisherHost {
  /** It lists releases without their hashes: stating them is left to go.dev, so that no second host can. */
  readonly inChina: PublisherHost;
}

/**
 * On many networks the publisher answers nothing at all, so the first contact has its own, short bound; unless somebody
 * has named another: a slow machine takes longer than that to shake hands.
 */
export function createPublisher(
  http: HttpClient,
  stop: AbortSignal,
  limits: Pick<DownloadLimits, "connectMs">,
): Publisher {
  const inChina = createHost("publisher-china", http, stop, limits);
  return Object.assign(createHost("publisher", http, stop, limits), { inChina });
}

/** The host that a source names. */
export function hostOfSource(
  publisher: Publisher,
  { name }: Extract<Source, { readonly kind: "publisher" }>,
): PublisherHost {
  return name === "publisher" ? publisher : publisher.inChina;
}

function createHost(
  name: PublisherName,
  http: HttpClient,
  stop: AbortSignal,
  { connectMs }: Pick<DownloadLimits, "connectMs">,
): PublisherHost {
  const probeMs = connectMs === usualLimits.connectMs ? mostProbeMs : connectMs;
  let failure: RequestFailure | undefined;
  let listed: Promise<readonly Release[]> | undefined;
  let isProven = false;

  const open = async (url: string, request: BodyRequest): Promise<HttpBody> => {
    if (failure !== undefined) throw failure;
    try {
      const answer = await http.openBody(url, {
        signal: stop,
        ...request,
        ...(isProven ? {} : { connectTimeoutMs: probeMs, headersTimeoutMs: probeMs, retries: 0 }),
      });
      isProven = true;
      return answer;
    } catch (error) {
      if (error instanceof RequestFailure && isOutOfReach(error) && !isProven) failure = error;
      throw error;
    }
  };

  const readList = async (): Promise<readonly Release[]> => {
    const url = name === "publisher" ? jsonUrl : jsonInChinaUrl;
    const text = await readAgain(async () => {
      const { body, contentLength } = await open(url, { expectedContent: "json" });
      return { text: await readBounded(body, url), isSizeStated: contentLength !== undefined };
    });
    const releases = parsePublisherJson(text, { origin: "publisher", url });
    return name === "publisher" ? releases : releases.map(withoutHashes);
  };

  return {
    get failure() {
      return failure;
    },
    list: () => (listed ??= readList()),
    async openArchive(fileName, request = {}) {
      const [first, second] = archiveUrls({ kind: "publisher", name }, fileName);
      try {
        return await open(first, { ...request, expectedContent: "archive" });
      } catch (error) {
        if (second === undefined || failure !== undefined || !(error instanceof RequestFailure)) throw error;
        return open(second, { ...request, expectedContent: "archive" }).catch((last: unknown) => {
          if (last instanceof RequestFailure) last.earlier.unshift(...error.earlier, error);
          throw last;
        });
      }
    },
  };
}

/** What asking once more in the same run would not change. */
function isOutOfReach({ kind }: RequestFailure): boolean {
  return kind === "unreachable" || kind === "timeout" || kind === "clock-wrong" || kind.startsWith("tls");
}

function withoutHashes(release: Release): Release {
  const archives = Object.entries(release.archives).map(([architecture, { fileName }]) => [
    architecture,
    { fileName, statements: [{ by: "publisher" }] },
  ]);
  return { ...release, archives: Object.fromEntries(archives) as Release["archives"] };
}

/** Once more where the connection was cut: with a size stated or not, JSON tells. */
async function readAgain(
  read: () => Promise<{ readonly text: string; readonly isSizeStated: boolean }>,
): Promise<string> {
  try {
    const { text, isSizeStated } = await read();
    if (isSizeStated || isWholeJson(Buffer.from(text))) return text;
  } catch (error) {
    if (!(error instanceof RequestFailure) || error.kind !== "interrupted") throw error;
  }
  return (await read()).text;
}

async function readBounded(body: AsyncIterable<Uint8Array>, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  const end = performance.now() + mostJsonMs;
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > mostJsonBytes) throw new RequestFailure("content", url, `more than ${mostJsonBytes} bytes`);
    if (performance.now() > end) throw new RequestFailure("timeout", url, `not whole after ${mostJsonMs / 1000} s`);
  }
  return Buffer.concat(chunks).toString("utf8");
}
