import { RequestFailure } from "../errors/request-failure.ts";
import type { HttpClient } from "../fetch/http/http-client.ts";
import type { ReadFiles } from "../host/ports.ts";
import { pathOfFileUrl } from "./file-url.ts";
import type { ReadBytes, ReadText } from "./read-text.ts";

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
