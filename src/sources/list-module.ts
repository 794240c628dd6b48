import { RequestFailure } from "../errors/request-failure.ts";
import { redactUrl } from "../errors/redact-url.ts";
import { releaseBounds } from "../release/archive-bounds.ts";
import type { Architecture } from "../release/architecture.ts";
import { pathOfFileUrl } from "./file-url.ts";
import type { GoVersion } from "../release/go-version.ts";
import { downloadZip } from "../fetch/download/download-zip.ts";
import { HostileArchive } from "../fetch/unpack/hostile-archive.ts";
import type { HttpClient } from "../fetch/http/http-client.ts";
import { openFileBody } from "../fetch/http/open-file-body.ts";
import { readZipDirectory, type ZipTail } from "../fetch/unpack/read-zip-directory.ts";
import { createZipEntryCheck } from "../fetch/unpack/zip-entry-check.ts";

/** A file as the directory of the module's zip has it. */
export interface ModuleEntry {
  /** In the tree. */
  readonly path: string;
  readonly size: number;
  readonly crc32: number;
}

interface ListModuleRequest {
  /** http, https or file. */
  readonly url: string;
  readonly release: { readonly version: GoVersion; readonly architecture: Architecture };
  /** Physical path of a file to make where the whole zip is needed; the caller removes it. */
  readonly to: string;
  readonly signal: AbortSignal;
}

/** The directory of a release's zip has 1.2 MB, its end record 22 bytes. */
const tailBytes = 2 * 1024 * 1024;
const endRecordBytes = 22;
const endRecordMark = 0x06054b50;

/**
 * Files of a toolchain module by the directory at the end of its zip, the only part of it that is fetched where the server
 * grants ranges: 2 of 72 MB, which stay in memory. Any other zip is copied to a file, one of this machine too: what is read
 * does not change meanwhile.
 *
 * @throws RequestFailure, `content` for what is no toolchain module
 */
export async function listModule(http: HttpClient, request: ListModuleRequest): Promise<readonly ModuleEntry[]> {
  const { url, release, to } = request;
  const isHere = url.startsWith("file:");
  const tail = isHere ? undefined : await fetchTail(http, request);
  const archive = tail ?? (await fetchWhole(http, request));
  try {
    const check = createZipEntryCheck({ ...release, archive }, releaseBounds);
    await readZipDirectory(tail ?? to, releaseBounds, (entry) => check.take(entry));
    return check.finish().entries.map(({ path, size, crc32 }) => ({ path, size, crc32 }));
  } catch (error) {
    if (!(error instanceof HostileArchive)) throw error;
    throw new RequestFailure("content", redactUrl(url), error.message, { cause: error });
  }
}

async function fetchWhole(
  http: HttpClient,
  { url, to, signal }: ListModuleRequest,
): Promise<{ readonly size: number }> {
  const { body } = url.startsWith("file:")
    ? await openFileBody(pathOfFileUrl(url))
    : await http.openBody(url, { signal, expectedContent: "archive" });
  return downloadZip({ body, to, bounds: releaseBounds, signal, sourceName: redactUrl(url) });
}

/** Undefined where the server grants no range, or where the directory begins before the tail. */
async function fetchTail(http: HttpClient, { url, signal }: ListModuleRequest): Promise<ZipTail | undefined> {
  const size = await askSize(http, url, signal);
  if (size === undefined || size <= tailBytes || size > releaseBounds.archiveBytes) return undefined;
  const start = size - tailBytes;
  const answer = await http.openBody(url, { offset: start, signal, expectedContent: "archive" });
  if (answer.status !== 206 || answer.contentLength !== tailBytes) {
    await leave(answer.body);
    return undefined;
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  const tail = Buffer.concat(chunks);
  if (tail.readUInt32LE(tail.length - endRecordBytes) !== endRecordMark) return undefined;
  if (tail.readUInt32LE(tail.length - endRecordBytes + 16) < start) return undefined;
  return { size, tail };
}

/** By the length of all but the first byte; undefined where no range is granted. */
async function askSize(http: HttpClient, url: string, signal: AbortSignal): Promise<number | undefined> {
  const answer = await http.openBody(url, { offset: 1, signal, expectedContent: "archive" });
  await leave(answer.body);
  return answer.status === 206 && answer.contentLength !== undefined ? answer.contentLength + 1 : undefined;
}

/** A body that is not read would hold its connection. */
async function leave(body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of body) return;
}
