import { redactUrl } from "../../errors/redact-url.ts";
import type { BodyRequest } from "../../fetch/http/body-request.ts";
import type { HttpBody } from "../../fetch/http/http-answer.ts";
import { openFileBody } from "../../fetch/http/open-file-body.ts";
import { downloadZip, stageZip } from "../../fetch/unpack/stage-zip.ts";
import { tryProxies } from "../../sources/try-proxies.ts";
import { absolutePath, type AbsolutePath } from "../../host/absolute-path.ts";
import { releaseBounds } from "../../release/archive-bounds.ts";
import { toolchainModuleVersion } from "../../release/archive-name.ts";
import { pathOfFileUrl } from "../../sources/file-url.ts";
import { toolchainUrl, type GoproxyList } from "../../sources/goproxy-list.ts";
import { isStatement, type LogStatement } from "../../trust/sumdb/log-answer.ts";
import { moduleOrigin } from "../../sources/source.ts";
import type { AcquireContext, AcquiredRelease } from "./acquire-context.ts";
import { askLog } from "../../trust/ask-log.ts";
import { findHeldH1 } from "../../trust/prove-by-log.ts";
import { describeUnused, insufficientTrust } from "../../trust/trust-failures.ts";
import { meetsPolicy } from "../../trust/trust-policy.ts";
import { vouchForModule } from "../../trust/vouch-for-module.ts";
import { withDownload } from "./with-download.ts";

/** The toolchain module from the first proxy of a GOPROXY list that has it. */
export async function acquireFromProxy(
  context: AcquireContext,
  list: GoproxyList,
  into: AbsolutePath,
): Promise<AcquiredRelease> {
  return tryProxies(list, (proxy) => acquireModule(context, proxy, into));
}

export async function acquireModule(
  context: AcquireContext,
  proxy: string,
  into: AbsolutePath,
): Promise<AcquiredRelease> {
  if (proxy === moduleOrigin() && context.publisher.failure !== undefined) throw context.publisher.failure;
  const url = toolchainUrl(proxy, context.version, context.architecture, "zip");
  const logged = await lookUpOrNothing(context, proxy);
  const name = `${toolchainModuleVersion(context.version, context.architecture)}.zip`;
  context.emit({ kind: "step", text: `fetching ${name}` });
  const from = redactUrl(url);
  if (url.startsWith("file:")) {
    const { body, contentLength: total } = await openFileBody(pathOfFileUrl(url));
    return stageModule(context, into, { logged, name, body, total, from });
  }
  const open = async (request: BodyRequest): Promise<HttpBody> => context.http.openBody(url, request);
  return withDownload(context, into, { open, name, sha256: context.sha256, size: undefined }, async ({ body, total }) =>
    stageModule(context, into, { logged, name, body, total, from }),
  );
}

/** With `--sha256` it is no failure that the log can't be asked: that hash is what was asked to decide. */
async function lookUpOrNothing(context: AcquireContext, proxy: string | undefined): Promise<LogStatement | undefined> {
  const answer = await askLog({ ...context, logProxy: proxy });
  if (isStatement(answer)) return answer;
  if (context.sha256 === undefined || context.policy === "log") throw answer.cause;
  context.emit({ kind: "notice", text: `without the checksum database: ${answer.why}` });
  return undefined;
}

export interface ModuleZip {
  readonly logged: LogStatement | undefined;
  /** Why the log says nothing, where it was asked. */
  readonly unlogged?: string;
  readonly name: string;
  readonly body: AsyncIterable<Uint8Array>;
  readonly total: number | undefined;
  readonly from: string;
}

/** Spools a zip into staging (its directory is at the end), unpacks it, and holds it against log and `--sha256`. */
export async function stageModule(
  context: AcquireContext,
  into: AbsolutePath,
  zip: ModuleZip,
): Promise<AcquiredRelease> {
  const { sha256 } = context;
  const { logged, unlogged } = zip;
  const { trust, unused, record } = vouchForModule({ sha256, pinnedH1: await findHeldH1(context), logged, unlogged });
  const roots = trust.map(({ root }) => root);
  if (!meetsPolicy(context.policy, roots, false))
    throw insufficientTrust(context, { fileName: zip.name, isFromPublisher: false }, { trust, unused });
  for (const root of unused) context.emit(describeUnused(root));
  const spool = absolutePath(into, "..", "archive.zip");
  const archive = await downloadZip({
    body: zip.body,
    to: context.files.locate(spool),
    bounds: releaseBounds,
    expected: sha256 === undefined ? undefined : { sha256, isNamed: true },
    signal: context.stop,
    sourceName: zip.from,
    onProgress: (receivedBytes) => context.emit({ kind: "progress", receivedBytes, totalBytes: zip.total }),
  });
  context.emit({ kind: "step", text: `unpacking ${zip.name}` });
  const staged = await stageZip({
    zipPath: context.files.locate(spool),
    archive,
    version: context.version,
    architecture: context.architecture,
    into: context.files.locate(into),
    bounds: releaseBounds,
    expectedH1: zip.logged?.record.h1,
    signal: context.stop,
    sourceName: zip.from,
  });
  context.system.removeFile(spool);
  return { staged, archiveName: zip.name, from: zip.from, trust, ...(record === undefined ? {} : { record }) };
}
