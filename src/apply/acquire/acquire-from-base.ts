import type { AbsolutePath } from "../../host/absolute-path.ts";
import { readBundleIndex } from "../../sources/bundle-index.ts";
import type { GoproxyList } from "../../sources/goproxy-list.ts";
import { isKnownMirror } from "../../sources/known-sources.ts";
import type { Source } from "../../sources/source.ts";
import type { AcquireContext, AcquiredRelease } from "./acquire-context.ts";
import { acquireModule } from "./acquire-from-proxy.ts";
import { acquireTarGz } from "./acquire-tar-gz.ts";
import { openReaders } from "../../sources/open-readers.ts";

/**
 * The publisher's archive under a base URL. Where that is a bundle on a web server, its copy of the log is asked too, and
 * a release that it has as a module zip is taken as that.
 */
export async function acquireFromBase(
  context: AcquireContext,
  source: Extract<Source, { readonly kind: "base-url" }>,
  into: AbsolutePath,
): Promise<AcquiredRelease> {
  const index = isKnownMirror(source.url)
    ? undefined
    : await readBundleIndex(source.url, openReaders(context).readText);
  if (index === undefined) return acquireTarGz(context, source, into);
  const bundled = index.releases.find(
    ({ version, architecture }) => version === context.version && architecture === context.architecture,
  );
  const withLog = { ...context, bundledLog: source.url };
  if (bundled?.kind !== "zip") return acquireTarGz(withLog, source, into);
  // As through any module proxy, the database may be asked for tiles; not where a setting forbids to ask it.
  const logProxies: GoproxyList = [{ url: source.url, fallback: "any" }];
  return acquireModule({ ...(context.logRefusal === undefined ? context : withLog), logProxies }, source.url, into);
}
