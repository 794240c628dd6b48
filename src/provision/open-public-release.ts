import { askLog, stopAfter } from "../trust/ask-log.ts";
import { listModule } from "../sources/list-module.ts";
import { absolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { Architecture } from "../release/architecture.ts";
import type { GoVersion } from "../release/go-version.ts";
import { toolchainUrl } from "../sources/goproxy-list.ts";
import { chooseGoproxy } from "../sources/source.ts";
import { followHeads } from "../trust/sumdb/follow-heads.ts";
import { tryProxies } from "../sources/try-proxies.ts";
import type { PublicRelease } from "../verify/check.ts";
import { chooseLogProxies, readGoproxySettings } from "../sources/read-go-setting.ts";
import { readLogAccess } from "../trust/read-log-access.ts";
import type { SourceContext } from "../sources/source-context.ts";
import type { Session } from "./session.ts";

const mostLogMs = 10_000;

/** What asking for a public release works with. */
export interface PublicReleaseContext extends SourceContext {
  readonly emit: Session["emit"];
  readonly request: Pick<Session["request"], "goproxy" | "checkTimeoutMs">;
}

/** What is public of a release, asked through this host's module proxy; nothing is written but to scratch. */
export function openPublicRelease(
  context: PublicReleaseContext,
  release: { readonly version: GoVersion; readonly architecture: Architecture },
): PublicRelease {
  return {
    async askLog() {
      const logProxies = await chooseLogProxies(context, []);
      const access = await readLogAccess(context);
      const logHeads = followHeads({
        kept: context.files.read(places.logHead)?.toString("utf8"),
        onNotice: (text) => context.emit({ kind: "notice", text }),
      });
      const patience = stopAfter(mostLogMs, context.stop);
      try {
        const { http, machine } = context;
        return await askLog({ ...release, ...access, http, machine, logProxies, logHeads, stop: patience.signal });
      } finally {
        patience.clear();
      }
    },
    async listModule(scratch) {
      const { version, architecture } = release;
      const { list } = chooseGoproxy(await readGoproxySettings(context));
      const patience = stopAfter(context.request.checkTimeoutMs, context.stop);
      let tried = 0;
      try {
        return await tryProxies(list, async (proxy) => {
          const url = toolchainUrl(proxy, version, architecture, "zip");
          const to = absolutePath(scratch, `module-${(tried += 1)}.zip`);
          return await listModule(context.http, { url, release, to, signal: patience.signal });
        });
      } finally {
        patience.clear();
      }
    },
  };
}
