import { RequestFailure } from "../errors/request-failure.ts";
import type { HttpClient, ReadRequest } from "../fetch/http/http-client.ts";
import type { ReadFiles } from "../host/ports.ts";
import { pathOfFileUrl } from "./file-url.ts";

/** How much of a body is accepted, and how long the whole request may take. */
interface ReadBound extends Pick<ReadRequest, "isWhole"> {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** One request for a small text. Throws RequestFailure, also where the body is larger than the bound. */
export type ReadText = (url: string, bound: ReadBound) => Promise<string>;

/** The same for bytes. */
export type ReadBytes = (url: string, bound: ReadBound) => Promise<Uint8Array>;

interface ReaderPorts {
  readonly http: HttpClient;
  readonly machine: ReadFiles;
  readonly stop: AbortSignal;
}

/** Small reads by URL: from the network, or from this machine where the URL is a file's (a bundle, a file:// GOPROXY). */
export function openReaders({ http, machine, stop }: ReaderPorts): {
  readonly readText: ReadText;
  readonly readBytes: ReadBytes;
} {
  const readFile = (url: string, maxBytes: number): Buffer => {
    const path = pathOfFileUrl(url);
    let content: Buffer | undefined;
    try {
      content = machine.read(path, maxBytes);
    } catch (cause) {
      throw new RequestFailure("unreachable", path, `${path} cannot be read`, { cause });
    }
    if (content === undefined) throw new RequestFailure("absent", path, `${path} does not exist`);
    return content;
  };
  return {
    readText: async (url, bound) =>
      url.startsWith("file:")
        ? readFile(url, bound.maxBytes).toString("utf8")
        : http.readText(url, { ...bound, signal: stop }),
    readBytes: async (url, bound) =>
      url.startsWith("file:") ? readFile(url, bound.maxBytes) : http.readBytes(url, { ...bound, signal: stop }),
  };
}
