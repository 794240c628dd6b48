import { RequestFailure } from "../errors/request-failure.ts";
import type { GoproxyList } from "./goproxy-list.ts";
import { moduleOrigin } from "./source.ts";
import { joinFailures } from "../fetch/download/attempt-log.ts";

/**
 * What the first proxy of a GOPROXY list answers: after a comma the next is tried for an absent version only, after a bar
 * for any failure (cmd/go/internal/modfetch/proxy.go); `direct` is the module's own origin.
 *
 * @throws RequestFailure with each that was tried, and whatever else `attempt` throws
 */
export async function tryProxies<Answer>(
  list: GoproxyList,
  attempt: (proxy: string) => Promise<Answer>,
): Promise<Answer> {
  const failures: RequestFailure[] = [];
  for (const { url, fallback } of list) {
    if (url === "off") break;
    try {
      return await attempt(url === "direct" ? moduleOrigin() : url);
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      failures.push(error);
      if (fallback === "absent" && error.kind !== "absent") break;
    }
  }
  if (failures.length > 0) throw joinFailures(failures);
  throw new RequestFailure("absent", "GOPROXY=off", "GOPROXY=off forbids every download");
}
