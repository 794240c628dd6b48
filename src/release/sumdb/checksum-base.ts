import { RequestFailure } from "../../errors/request-failure.ts";
import { appendPath } from "../goproxy-list.ts";
import type { ReadText } from "../read-text.ts";
import { moduleOrigin } from "../source.ts";

/** The database itself. */
export const checksumDatabase = "https://sum.golang.org";
const probeBound = { maxBytes: 64 * 1024, timeoutMs: 5_000 };

/**
 * Where to ask the checksum database: through a module proxy that mirrors it, which every answer to `/supported` with
 * status 200 says, else the database itself. Both are equally trusted: only what is signed counts.
 */
export async function findChecksumBase(proxy: string | undefined, readText: ReadText): Promise<string> {
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
