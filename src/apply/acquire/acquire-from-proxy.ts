import { redactUrl } from "../../errors/redact-url.ts";
import type { BodyRequest } from "../../fetch/http/body-request.ts";
import type { HttpBody } from "../../fetch/http/http-answer.ts";
import { openFileBody } from "../../fetch/http/open-file-body.ts";
import type { AbsolutePath } from "../../host/absolute-path.ts";
import { toolchainModuleVersion } from "../../release/archive-name.ts";
import { pathOfFileUrl } from "../../sources/file-url.ts";
import { toolchainUrl, type GoproxyList } from "../../sources/goproxy-list.ts";
import { moduleOrigin } from "../../sources/source.ts";
import { tryProxies } from "../../sources/try-proxies.ts";
import { askModuleRoots } from "../../trust/ask-roots.ts";
import type { AcquireContext, AcquiredRelease } from "./acquire-context.ts";
import { type IncomingArchive, stageArchive } from "./stage-archive.ts";
import { withDownload } from "./with-download.ts";

/** The toolchain module from the first proxy of a GOPROXY list that has it. */
export async function acquireFromProxy(
  context: AcquireContext,
  list: GoproxyList,
  into: AbsolutePath,
): Promise<AcquiredRelease> {
  return tryProxies(list, (proxy) => acquireModule({ ...context, logProxies: list }, proxy, into));
}

export async function acquireModule(
  context: AcquireContext,
  proxy: string,
  into: AbsolutePath,
): Promise<AcquiredRelease> {
  if (proxy === moduleOrigin() && context.publisher.failure !== undefined) throw context.publisher.failure;
  const url = toolchainUrl(proxy, context.version, context.architecture, "zip");
  const roots = await askModuleRoots(context, false);
  const fileName = `${toolchainModuleVersion(context.version, context.architecture)}.zip`;
  context.emit({ kind: "step", text: `fetching ${fileName}`, transfer: { verb: "download", file: fileName } });
  const stage = async ({ body, total }: Pick<IncomingArchive, "body" | "total">): Promise<AcquiredRelease> =>
    stageArchive(context, into, { roots, fileName, body, total, from: redactUrl(url), isFromPublisher: false });
  if (url.startsWith("file:")) {
    const { body, contentLength: total } = await openFileBody(pathOfFileUrl(url));
    return stage({ body, total });
  }
  const open = async (request: BodyRequest): Promise<HttpBody> => context.http.openBody(url, request);
  return withDownload(context, into, { open, name: fileName, sha256: context.sha256, size: undefined }, stage);
}
