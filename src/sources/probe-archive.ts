import { redactUrl } from "../errors/redact-url.ts";
import { RequestFailure } from "../errors/request-failure.ts";
import { pathOfFileUrl } from "./file-url.ts";
import type { HttpClient } from "../fetch/http/http-client.ts";
import { openFileBody } from "../fetch/http/open-file-body.ts";

/** What came of asking for the beginning of an archive. */
export interface ArchiveSample {
  /** Where it was found in the end, redirects followed; redacted. */
  readonly from: string;
  /** Bytes of the whole archive, where the server says so. */
  readonly size: number | undefined;
  /** From the question to the first byte of the archive, name and connection included. */
  readonly firstByteMs: number;
  /** Of the sample, from its first byte on. */
  readonly bytesPerSecond: number;
}

interface ProbeRequest {
  /** For the whole of it. What has come by then is enough, if anything has. */
  readonly boundMs: number;
  /** Bytes after which the rate is known. */
  readonly sampleBytes: number;
  readonly signal: AbortSignal;
}

/**
 * Reads the beginning of an archive at an http, https or file URL, and leaves. Nothing is kept.
 *
 * @throws RequestFailure, `content` for what is neither gzip nor zip; the signal's reason
 */
export async function probeArchive(http: HttpClient, url: string, request: ProbeRequest): Promise<ArchiveSample> {
  const deadline = AbortSignal.timeout(request.boundMs);
  const signal = AbortSignal.any([deadline, request.signal]);
  const startedAt = performance.now();
  const sample = { bytes: 0, startedAt: 0, endedAt: 0 };
  let opened: { readonly from: string; readonly size: number | undefined } | undefined;
  try {
    const { body, ...about } = await openArchive(http, url, { signal, boundMs: request.boundMs });
    opened = about;
    for await (const chunk of body) {
      sample.endedAt = performance.now();
      if (sample.bytes === 0) {
        checkArchiveStart(chunk, about.from);
        sample.startedAt = sample.endedAt;
      }
      sample.bytes += chunk.length;
      if (sample.bytes >= request.sampleBytes) break;
    }
  } catch (error) {
    request.signal.throwIfAborted();
    if (!deadline.aborted) throw error;
  }
  if (opened === undefined || sample.bytes === 0) {
    const why = deadline.aborted ? `nothing within ${request.boundMs / 1000} s` : "the answer is empty";
    throw new RequestFailure(deadline.aborted ? "timeout" : "content", redactUrl(url), why);
  }
  const elapsedMs = Math.max(sample.endedAt - sample.startedAt, 1);
  return {
    ...opened,
    firstByteMs: Math.round(sample.startedAt - startedAt),
    bytesPerSecond: Math.round(sample.bytes / (elapsedMs / 1000)),
  };
}

interface OpenArchive {
  readonly body: AsyncIterable<Uint8Array>;
  readonly from: string;
  readonly size: number | undefined;
}

async function openArchive(
  http: HttpClient,
  url: string,
  bound: { readonly signal: AbortSignal; readonly boundMs: number },
): Promise<OpenArchive> {
  if (url.startsWith("file:")) {
    const path = pathOfFileUrl(url);
    const { body, contentLength } = await openFileBody(path);
    return { body, from: path, size: contentLength };
  }
  const answer = await http.openBody(url, {
    signal: bound.signal,
    connectTimeoutMs: bound.boundMs,
    headersTimeoutMs: bound.boundMs,
    stallTimeoutMs: bound.boundMs,
    retries: 0,
    expectedContent: "archive",
  });
  return { body: answer.body, from: redactUrl(answer.finalUrl), size: answer.contentLength };
}

/** gzip (RFC 1952) or a zip's local header. */
function checkArchiveStart(chunk: Uint8Array, from: string): void {
  const isGzip = chunk[0] === 0x1f && (chunk.length < 2 || chunk[1] === 0x8b);
  const isZip = chunk[0] === 0x50 && (chunk.length < 2 || chunk[1] === 0x4b);
  if (!isGzip && !isZip) throw new RequestFailure("content", from, "it answers with something that is no archive");
}
