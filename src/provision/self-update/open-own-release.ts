import { posix } from "node:path";
import { ProvisionError } from "../../errors/provision-error.ts";
import { redactUrl } from "../../errors/redact-url.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import { openDownload } from "../../fetch/download/download.ts";
import { DownloadFailure } from "../../fetch/download/attempt-log.ts";
import { absolutePath, parseAbsolutePath } from "../../host/absolute-path.ts";
import { readCarriedReleaseKeys } from "../../host/carried-text.ts";
import type { OwnVersion } from "../../release/own-version.ts";
import { hashBytes } from "../../release/sha256.ts";
import { appendPath } from "../../sources/goproxy-list.ts";
import { checkSignedSums, signatureFile, sumsFile } from "../../trust/own-release/check-signed-sums.ts";
import { type MinisignKey, parseMinisignKey } from "../../trust/own-release/minisign.ts";
import type { Session } from "../session.ts";

/** A release of readygo's at a base, whose signature was found good. */
export interface OwnRelease {
  readonly version: OwnVersion;
  /** Of the key that has signed it. */
  readonly keyId: string;
  has(name: string): boolean;
  /** A file of it, held against the signed sum. @throws ProvisionError `sources-failed`, `self-file-wrong` */
  read(name: string): Promise<Buffer>;
}

const mostSumsBytes = 64 * 1024;
const mostFileBytes = 128 * 1024 * 1024;
const smallTimeoutMs = 30_000;

/**
 * Sums and signature are all that is fetched, and the signature is checked, before anything else is asked of the base.
 *
 * @param base a URL, or a directory of this machine
 * @throws ProvisionError `self-keys-missing`, `sources-failed`, `self-signature-invalid`, `self-key-unknown`
 */
export async function openOwnRelease(session: Session, base: string): Promise<OwnRelease> {
  const keys = readReleaseKeys();
  if (keys.length === 0) {
    throw new ProvisionError("self-keys-missing", "this readygo knows no key that signs releases");
  }
  const open = chooseReader(session, base);
  const sums = await open(sumsFile, mostSumsBytes);
  const signature = await open(signatureFile, mostSumsBytes);
  const signed = checkSignedSums(sums, signature.toString("utf8"), keys);
  return {
    version: signed.version,
    keyId: signed.keyId,
    has: (name) => signed.sums.has(name),
    async read(name) {
      const expected = signed.sums.get(name);
      if (expected === undefined) throw new ProvisionError("self-file-wrong", `the release at ${redactUrl(base)} has no ${name}`); // prettier-ignore
      const content = await open(name, mostFileBytes);
      const received = hashBytes(content);
      if (received === expected) return content;
      throw new ProvisionError("self-file-wrong", `${name} is not what was released`, {
        details: { expected: `sha256:${expected}`, received: `sha256:${received}`, from: redactUrl(base) },
      });
    },
  };
}

/** None for a readygo that was built from sources that name none. */
export function readReleaseKeys(): readonly MinisignKey[] {
  const lines = readCarriedReleaseKeys().split("\n");
  return lines.flatMap((line) => {
    const key = line.startsWith("#") ? undefined : parseMinisignKey(line.split(/\s/)[0] ?? "");
    return key === undefined ? [] : [key];
  });
}

type Reader = (name: string, maxBytes: number) => Promise<Buffer>;

function chooseReader(session: Session, base: string): Reader {
  return /^https?:\/\//i.test(base) ? readFromUrl(session, base) : readFromDirectory(session, base);
}

function readFromDirectory({ machine, port }: Session, base: string): Reader {
  const directory = parseAbsolutePath(base) ?? absolutePath(port.cwd, base);
  return async (name, maxBytes) => {
    const path = absolutePath(posix.join(directory, name));
    const content = machine.read(path, maxBytes);
    if (content !== undefined) return content;
    throw new ProvisionError("sources-failed", `there is no ${path}`, {
      remedy: ["name a release: --base DIR or URL"],
    });
  };
}

function readFromUrl(session: Session, base: string): Reader {
  const { http, limits, stop: signal, emit } = session;
  return async (name, maxBytes) => {
    const url = appendPath(base, name);
    try {
      if (maxBytes === mostSumsBytes) return Buffer.from(await http.readBytes(url, { maxBytes, timeoutMs: smallTimeoutMs, signal })); // prettier-ignore
      const { body, total } = await openDownload({
        open: (request) => http.openBody(url, { ...request, expectedContent: "any" }),
        name,
        sha256: undefined,
        size: undefined,
        limits,
        store: undefined,
        signal,
        onNotice: (text) => emit({ kind: "notice", text }),
      });
      const chunks: Uint8Array[] = [];
      let receivedBytes = 0;
      for await (const chunk of body) {
        receivedBytes += chunk.length;
        if (receivedBytes > maxBytes) throw new RequestFailure("content", redactUrl(url), `it answers more than ${maxBytes} bytes`); // prettier-ignore
        chunks.push(chunk);
        emit({ kind: "progress", receivedBytes, totalBytes: total });
      }
      return Buffer.concat(chunks);
    } catch (cause) {
      if (!(cause instanceof RequestFailure) && !(cause instanceof DownloadFailure)) throw cause;
      throw new ProvisionError("sources-failed", `${redactUrl(url)} could not be fetched`, {
        cause,
        remedy: ["name another place that has the release: --base URL or DIR, or READYGO_BASE"],
      });
    }
  };
}
