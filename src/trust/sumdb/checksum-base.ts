import type { ReadText } from "../../sources/open-readers.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import { appendPath } from "../../sources/goproxy-list.ts";
import { moduleOrigin } from "../../sources/source.ts";

/** The database itself. */
const checksumDatabase = "https://sum.golang.org";
const probeBound = { maxBytes: 64 * 1024, timeoutMs: 5_000 };

/**
 * Where to ask the checksum database: at the URL that a setting names; else through a module proxy that mirrors it, which
 * every answer to `/supported` with status 200 says; else the database itself. All are equally trusted: only what is
 * signed counts. A copy on this machine goes before a URL.
 */
export async function findChecksumBase(
  { proxy, url }: { readonly proxy: string | undefined; readonly url: string | undefined },
  readText: ReadText,
): Promise<string> {
  if (url !== undefined && proxy?.startsWith("file:") !== true) return url;
  const base = await findMirror(proxy, readText);
  return url === undefined || base.startsWith("file:") ? base : url;
}

/**
 * Where tiles are read, best first. A mirror that shows a tree of its own would keep back what tells: the database may have
 * it; but it is not asked where a setting names the one place for that.
 */
export function listChecksumPlaces(base: string, url: string | undefined): readonly [string, ...string[]] {
  const isAlone = url !== undefined || base === checksumDatabase || base.startsWith("file:");
  return isAlone ? [base] : [base, checksumDatabase];
}

async function findMirror(proxy: string | undefined, readText: ReadText): Promise<string> {
  // The publisher's module origin is no mirror, and may answer any name with its download page.
  if (proxy === undefined || proxy === moduleOrigin()) return checksumDatabase;
  const mirror = appendPath(proxy, "sumdb/sum.golang.org");
  try {
    await readText(appendPath(mirror, "supported"), probeBound);
    return mirror;
  } catch (cause) {
    if (cause instanceof RequestFailure) return checksumDatabase;
    throw cause;
  }
}
