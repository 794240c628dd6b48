import { RequestFailure } from "../errors/request-failure.ts";
import type { GoproxyList } from "./goproxy-list.ts";
import { moduleOrigin } from "./source.ts";

/**
 * What the first proxy of a GOPROXY list answers: after a comma the next is tried for an absent version only, after a bar
 * for any failure (cmd/go/internal/modfetch/proxy.go); `direct` is the module's own origin.
 *
 * @throws RequestFailure of the last that was tried, and whatever else `attempt` throws
 */
export async function tryProxies<Answer>(
  list: GoproxyList,
  attempt: (proxy: string) => Promise<Answer>,
): Promise<Answer> {
  let last = new RequestFailure("absent", "GOPROXY=off", "GOPROXY=off forbids every download");
  for (const { url, fallback } of list) {
    if (url === "off") break;
    try {
      return await attempt(url === "direct" ? moduleOrigin() : url);
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      last = error;
      if (fallback === "absent" && error.kind !== "absent") break;
    }
  }
  throw last;
}
