import { askLog, stopAfter } from "../apply/ask-log.ts";
import { listModule } from "../fetch/list-module.ts";
import { absolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { Architecture } from "../release/architecture.ts";
import type { GoVersion } from "../release/go-version.ts";
import { toolchainUrl } from "../release/goproxy-list.ts";
import { chooseGoproxy } from "../release/source.ts";
import { followHeads } from "../release/sumdb/follow-heads.ts";
import { tryProxies } from "../fetch/try-proxies.ts";
import type { PublicRelease } from "../verify/check.ts";
import { chooseLogProxy } from "./choose-log-proxy.ts";
import { readGoproxySettings } from "./read-goproxy-settings.ts";
import { readLogAccess } from "./read-log-access.ts";
import type { Session } from "./session.ts";

const mostLogMs = 10_000;

/** What is public of a release, asked through this host's module proxy; nothing is written but to scratch. */
export function openPublicRelease(
  session: Session,
  release: { readonly version: GoVersion; readonly architecture: Architecture },
): PublicRelease {
  return {
    async askLog() {
      const logProxy = await chooseLogProxy(session, session.config, []);
      const access = await readLogAccess(session);
      const logHeads = followHeads({
        kept: session.files.read(places.logHead)?.toString("utf8"),
        onNotice: (text) => session.emit({ kind: "notice", text }),
      });
      const patience = stopAfter(mostLogMs, session.stop);
      try {
        return await askLog({ ...session, ...release, ...access, logProxy, logHeads, stop: patience.signal });
      } finally {
        patience.clear();
      }
    },
    async listModule(scratch) {
      const { version, architecture } = release;
      const { list } = chooseGoproxy(await readGoproxySettings(session, session.config));
      const patience = stopAfter(session.request.checkTimeoutMs, session.stop);
      let tried = 0;
      try {
        return await tryProxies(list, async (proxy) => {
          const url = toolchainUrl(proxy, version, architecture, "zip");
          const to = absolutePath(scratch, `module-${(tried += 1)}.zip`);
          return await listModule(session.http, { url, release, to, signal: patience.signal });
        });
      } finally {
        patience.clear();
      }
    },
  };
}
