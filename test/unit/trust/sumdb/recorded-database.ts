import type { ReadBytes, ReadText } from "../../../../src/sources/open-readers.ts";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { RequestFailure } from "../../../../src/errors/request-failure.ts";

const recorded = "test/fixtures/recorded-log/sumdb/sum.golang.org";

/** Answers of the real checksum database, with some of them changed or gone (`undefined`), and a list of what was asked for. */
export function recordedDatabase(changes: Readonly<Record<string, Uint8Array | string | undefined>> = {}): {
  readonly base: string;
  readonly asked: readonly string[];
  readonly readText: ReadText;
  readonly readBytes: ReadBytes;
} {
  const base = "https://proxy.example/sumdb/sum.golang.org";
  const asked: string[] = [];
  const readBytes: ReadBytes = (url, { maxBytes }) => {
    const path = url.slice(base.length + 1);
    asked.push(path);
    const file = join(recorded, path);
    const original = url.startsWith(`${base}/`) && existsSync(file) ? readFileSync(file) : undefined;
    const answer = path in changes ? changes[path] : original;
    if (answer === undefined)
      return Promise.reject(new RequestFailure("absent", url, "404 Not Found", { status: 404 }));
    const bytes = Buffer.from(answer);
    if (bytes.length <= maxBytes) return Promise.resolve(bytes);
    return Promise.reject(new RequestFailure("content", url, `more than ${maxBytes} bytes`));
  };
  return {
    base,
    asked,
    readBytes,
    readText: async (url, bound) => Buffer.from(await readBytes(url, bound)).toString(),
  };
}

/** A recorded answer. */
export function recording(path: string): Buffer {
  return readFileSync(join(recorded, path));
}
