import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { DownloadFailure } from "../../../../src/fetch/download/attempt-log.ts";
import { createHttpClient, type HttpClient } from "../../../../src/fetch/http/http-client.ts";
import { openDownload } from "../../../../src/fetch/download/download.ts";
import type { Download, DownloadRequest } from "../../../../src/fetch/download/download-request.ts";
import { usualLimits } from "../../../../src/fetch/download/download-limits.ts";
import { createPartialStore } from "../../../../src/fetch/download/partial-store.ts";
import type { HttpBody } from "../../../../src/fetch/http/http-answer.ts";
import { type LoopbackServer, serve } from "../http/loopback-server.ts";
import { createTestClock, type TestClock } from "../test-clock.ts";
import { sha256Of } from "../unpack/staging-room.ts";

export const archive = Buffer.concat([Buffer.from([0x1f, 0x8b]), randomBytes(1_000_000)]);
export const whole = sha256Of(archive);
export type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

export interface Lab {
  readonly server: LoopbackServer;
  readonly ranges: string[];
  readonly notices: string[];
  readonly directory: string;
  /** The client's, and a download's where that is given no other. */
  readonly clock: TestClock;
  readonly open: DownloadRequest["open"];
  download(more?: Partial<DownloadRequest>): Promise<Download>;
}

export async function start(answer: Answer): Promise<Lab> {
  const ranges: string[] = [];
  const server = await serve((request, response) => {
    ranges.push([request.headers.range ?? "all", request.headers["if-range"] ?? []].flat().join(" "));
    answer(request, response, ranges.length);
  });
  const room = mkdtempSync(join(tmpdir(), "readygo-download-"));
  const directory = join(room, "partial");
  const clock = createTestClock();
  const http: HttpClient = createHttpClient({ env: {}, userAgent: "test", clock });
  onTestFinished(async () => {
    await http.close();
    await server.close();
    rmSync(room, { recursive: true, force: true });
  });
  const notices: string[] = [];
  const openArchive: DownloadRequest["open"] = (request) => http.openBody(`${server.url}/go.tar.gz`, request);
  return {
    server,
    ranges,
    notices,
    directory,
    clock,
    open: openArchive,
    download: (more = {}) =>
      openDownload({
        open: openArchive,
        name: "go.tar.gz",
        sha256: sha256Of(archive),
        size: archive.length,
        limits: usualLimits,
        clock,
        store: createPartialStore(directory),
        onNotice: (text) => notices.push(text),
        ...more,
      }),
  };
}

/** The answer, with something that is done when a chunk has come and something that is done before the next one. */
export function interleave(
  answer: HttpBody,
  { arrived, asked }: { readonly arrived: (bytes: number) => unknown; readonly asked?: () => void },
): HttpBody {
  const body = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of answer.body) {
      await arrived(chunk.length);
      yield chunk;
      asked?.();
    }
  };
  return { ...answer, body: body() };
}

/** A server that keeps to RFC 9110, and of whose answers the first ones may end early. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  options: { max?: number; etag?: string } = {},
): void {
  const { etag = '"one"', max = Infinity } = options;
  const match = /^bytes=(\d+)-/.exec(request.headers.range ?? "");
  const ifRange = request.headers["if-range"];
  const from = match !== null && (ifRange === undefined || ifRange === etag) ? Number(match[1]) : 0;
  const body = archive.subarray(from);
  const range = from === 0 ? {} : { "content-range": `bytes ${from}-${archive.length - 1}/${archive.length}` };
  response.writeHead(from === 0 ? 200 : 206, {
    etag,
    "content-length": body.length,
    "accept-ranges": "bytes",
    ...range,
  });
  if (max >= body.length) response.end(body);
  else response.write(body.subarray(0, max), () => response.destroy());
}

export async function collect({ body }: Download): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

export async function digestOf(download: Download): Promise<string> {
  return sha256Of(await collect(download));
}

export async function failureOf(work: Promise<unknown>): Promise<DownloadFailure> {
  const error: unknown = await work.then(
    () => new Error("it succeeded"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof DownloadFailure)) throw error;
  return error;
}
