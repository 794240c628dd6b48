import { redactUrl } from "../errors/redact-url.ts";
import { RequestFailure } from "../errors/request-failure.ts";
import { joinFailures } from "../fetch/attempt-log.ts";
import type { BodyRequest } from "../fetch/body-request.ts";
import type { HttpBody } from "../fetch/http-answer.ts";
import { openFileBody } from "../fetch/open-file-body.ts";
import { downloadZip, stageZip } from "../fetch/stage-zip.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import type { TrustEvidence } from "../host/receipt.ts";
import { releaseBounds } from "../release/archive-bounds.ts";
import { toolchainModuleVersion } from "../release/archive-name.ts";
import { pathOfFileUrl } from "../release/file-url.ts";
import { toolchainUrl, type GoproxyList } from "../release/goproxy-list.ts";
import { describeUnshown, isStatement, type LogStatement } from "../release/sumdb/log-answer.ts";
import { moduleOrigin } from "../release/source.ts";
import type { AcquireContext, AcquiredRelease } from "./acquire-context.ts";
import { askLog } from "./ask-log.ts";
import { logEvidence } from "./prove-by-log.ts";
import { describeUnused, insufficientTrust, type UnusedRoot } from "./trust-failures.ts";
import { meetsPolicy } from "./trust-policy.ts";
import { withDownload } from "./with-download.ts";

/**
 * The toolchain module from the first proxy of a GOPROXY list that has it: after a comma the next is tried for an absent
 * version only, after a bar for any failure (cmd/go/internal/modfetch/proxy.go).
 */
export async function acquireFromProxy(
  context: AcquireContext,
  list: GoproxyList,
  into: AbsolutePath,
): Promise<AcquiredRelease> {
  const failures: { readonly at: Date; readonly failure: RequestFailure }[] = [];
  for (const { url, fallback } of list) {
    if (url === "off") break;
    try {
      return await acquireModule(context, url === "direct" ? moduleOrigin() : url, into);
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      failures.push({ at: new Date(), failure: error });
      if (fallback === "absent" && error.kind !== "absent") break;
    }
  }
  if (failures.length > 0) throw joinFailures(failures);
  throw new RequestFailure("absent", "GOPROXY=off", "GOPROXY=off forbids every download");
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
  const trust: TrustEvidence[] = [];
  if (context.sha256 !== undefined) trust.push({ root: "flag", evidence: `--sha256 ${context.sha256}` });
  const unused: UnusedRoot[] = [];
  const record = zip.logged?.unshown === undefined ? zip.logged?.record : undefined;
  if (record !== undefined) trust.push(logEvidence(record));
  else if (zip.logged?.unshown !== undefined)
    unused.push({ root: "log", reason: describeUnshown(zip.logged.unshown), isUnfollowed: true });
  const roots = trust.map(({ root }) => root);
  if (!meetsPolicy(context.policy, roots, false))
    throw insufficientTrust(context, { fileName: zip.name, isFromPublisher: false }, { trust, unused });
  for (const root of unused) context.emit(describeUnused(root));
  const spool = absolutePath(into, "..", "archive.zip");
  const archive = await downloadZip({
    body: zip.body,
    to: context.files.locate(spool),
    bounds: releaseBounds,
    expected: context.sha256 === undefined ? undefined : { sha256: context.sha256 },
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
