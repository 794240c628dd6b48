import type { ReadText } from "../../sources/open-readers.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import { appendPath, type GoproxyList, listLocalProxies } from "../../sources/goproxy-list.ts";
import { moduleOrigin } from "../../sources/source.ts";

/** The database itself. */
export const checksumDatabase = "https://sum.golang.org";
/** Its name for hosts in mainland China: the same log under the same key (cmd/go/internal/modfetch/sumdb.go, dbDial). */
export const checksumDatabaseInChina = "https://sum.golang.google.cn";
const probeBound = { maxBytes: 64 * 1024, timeoutMs: 5_000 };

export interface ChecksumBase {
  readonly base: string;
  /** Of the proxies that were asked first and could not answer. That one mirrors nothing (404) is no failure. */
  readonly failures: readonly RequestFailure[];
}

/**
 * Where to ask the checksum database: at the URL that a setting names; else through the first module proxy that mirrors
 * it, which every answer to `/supported` with status 200 says; else the database itself. All are equally trusted: only
 * what is signed counts. A copy on this machine goes before a URL.
 */
export async function findChecksumBase(
  { proxies, url }: { readonly proxies: GoproxyList; readonly url: string | undefined },
  readText: ReadText,
): Promise<ChecksumBase> {
  if (url === undefined) return findMirror(proxies, readText);
  const { base } = await findMirror(listLocalProxies(proxies), readText);
  return { base: base.startsWith("file:") ? base : url, failures: [] };
}

/**
 * Where tiles are read, best first. A mirror that shows a tree of its own would keep back what tells: the database may have
 * it; but it is not asked where a setting names the one place for that.
 */
export function listChecksumPlaces(base: string, url: string | undefined): readonly [string, ...string[]] {
  const isDatabase = base === checksumDatabase || base === checksumDatabaseInChina;
  const isAlone = url !== undefined || isDatabase || base.startsWith("file:");
  return isAlone ? [base] : [base, checksumDatabase, checksumDatabaseInChina];
}

/** The walk of the go command (cmd/go/internal/modfetch/sumdb.go, initBase); where that gives up, the database is asked. */
async function findMirror(proxies: GoproxyList, readText: ReadText): Promise<ChecksumBase> {
  const failures: RequestFailure[] = [];
  for (const { url, fallback } of proxies) {
    if (url === "direct" || url === "off") break;
    // The publisher's module origin is no mirror, and may answer any name with its download page.
    if (url === moduleOrigin()) continue;
    const mirror = appendPath(url, "sumdb/sum.golang.org");
    try {
      await readText(appendPath(mirror, "supported"), probeBound);
      return { base: mirror, failures };
    } catch (cause) {
      if (!(cause instanceof RequestFailure)) throw cause;
      if (cause.kind === "absent") continue;
      failures.push(cause);
      if (fallback === "absent") break;
    }
  }
  return { base: checksumDatabase, failures };
}
