import { ProvisionError } from "../errors/provision-error.ts";
import { redactUrl } from "../errors/redact-url.ts";
import type { BodyRequest, HttpBody } from "../fetch/http-client.ts";
import { stageTarGz, type StagedTree } from "../fetch/stage-tar-gz.ts";
import type { AbsolutePath } from "../host/absolute-path.ts";
import type { TrustEvidence } from "../host/receipt.ts";
import { archiveFileName } from "../release/archive-name.ts";
import { releaseBounds } from "../release/archive-bounds.ts";
import { mergeCatalogues } from "../release/catalogue.ts";
import { settleArchive } from "../release/release.ts";
import type { Sha256 } from "../release/sha256.ts";
import { isRecord } from "../release/sumdb/log-answer.ts";
import { archiveUrls, type Source } from "../release/source.ts";
import type { AcquireContext, AcquiredRelease } from "./acquire-context.ts";
import { askLogMeanwhile } from "./ask-log.ts";
import { proveByRecord } from "./prove-by-log.ts";
import { withDownload } from "./with-download.ts";

/** The publisher's archive, from the publisher or from a mirror with the same file names. */
export async function acquireTarGz(
  context: AcquireContext,
  source: Extract<Source, { readonly kind: "publisher" | "base-url" }>,
  into: AbsolutePath,
): Promise<AcquiredRelease> {
  // Asked for its hash, the publisher may have turned out to be out of reach: then that is what there is to say.
  const expected = await expectTarGz(context).catch((error: unknown) => {
    throw source.kind === "publisher" ? (context.publisher.failure ?? error) : error;
  });
  const fileName = archiveFileName(context.version, context.architecture);
  const open = async (request: BodyRequest): Promise<HttpBody> =>
    source.kind === "publisher"
      ? context.publisher.openArchive(fileName, request)
      : context.http.openBody(archiveUrls(source, fileName)[0], request);
  const isFinal = (): boolean => source.kind === "publisher" && context.publisher.failure !== undefined;
  context.emit({ kind: "step", text: `fetching ${fileName}` });
  const archive = { open, isFinal, name: fileName, sha256: expected.sha256, size: expected.size };
  return withDownload(context, into, archive, async ({ body, total, finalUrl }) =>
    stageVouched(context, into, { expected, fileName, body, total, from: redactUrl(finalUrl) }),
  );
}

/** What a tar.gz has to be, and who says so. */
export interface ExpectedTarGz {
  readonly sha256: Sha256;
  readonly size?: number;
  readonly trust: readonly TrustEvidence[];
}

/**
 * `--sha256`, else the pinned manifest, else the publisher's JSON over HTTPS.
 *
 * @throws ProvisionError `checksum-unknown` where none of them states a hash, `checksum-mismatch` where they disagree
 */
export async function expectTarGz(context: AcquireContext): Promise<ExpectedTarGz> {
  if (context.sha256 !== undefined)
    return { sha256: context.sha256, trust: [{ root: "flag", evidence: `--sha256 ${context.sha256}` }] };
  let archive = context.release === undefined ? undefined : settleArchive(context.release, context.architecture);
  if (archive?.sha256 === undefined) {
    const published = (await context.publisher.listOrNothing()).filter(
      (release) => release.version === context.version,
    );
    const [release] = mergeCatalogues(context.release === undefined ? [] : [context.release], published);
    archive = release === undefined ? undefined : settleArchive(release, context.architecture);
  }
  if (archive?.sha256 === undefined)
    throw unknownChecksum(context, archiveFileName(context.version, context.architecture));
  const { sha256, size } = archive;
  const trust = archive.vouchedBy.flatMap((by): TrustEvidence[] =>
    by === "goproxy"
      ? []
      : [
          {
            root: by,
            evidence: `${by === "manifest" ? "the pinned manifest" : "the publisher's JSON"} states sha256 ${sha256}`,
          },
        ],
  );
  return { sha256, trust, ...(size === undefined ? {} : { size }) };
}

export interface VouchedArchive {
  readonly expected: ExpectedTarGz;
  readonly fileName: string;
  readonly body: AsyncIterable<Uint8Array>;
  readonly total: number | undefined;
  readonly from: string;
  /** It lies on this machine: then no network is asked for the log, unless the policy wants it. */
  readonly isLocal?: boolean;
}

/** Streams an archive into `into` and holds it against what it has to be, and against the log, asked meanwhile. */
export async function stageVouched(
  context: AcquireContext,
  into: AbsolutePath,
  archive: VouchedArchive,
): Promise<AcquiredRelease> {
  const { expected, fileName, body, from } = archive;
  const totalBytes = archive.total ?? expected.size;
  const stage = (): Promise<StagedTree> =>
    stageTarGz({
      body,
      expected,
      into: context.files.locate(into),
      bounds: releaseBounds,
      signal: context.stop,
      sourceName: from,
      onProgress: (receivedBytes) => context.emit({ kind: "progress", receivedBytes, totalBytes }),
    });
  const isLogNeeded = context.policy === "log" || (context.policy === "two" && expected.trust.length < 2);
  const isFar = isLogNeeded || archive.isLocal !== true;
  const { result: staged, answer } = await askLogMeanwhile(context, { isFar }, stage);
  if (answer === undefined) return { staged, archiveName: fileName, from, trust: expected.trust };
  if (isRecord(answer)) {
    const trust = [...expected.trust, proveByRecord(context, staged.manifest, answer)];
    return { staged, archiveName: fileName, from, trust, record: answer };
  }
  if (isLogNeeded) throw answer.cause;
  context.emit({ kind: "notice", text: `without the checksum database: ${answer.why}` });
  return { staged, archiveName: fileName, from, trust: expected.trust };
}

export function unknownChecksum(context: AcquireContext, fileName: string): ProvisionError {
  const version = context.version.slice(2);
  return new ProvisionError(
    "checksum-unknown",
    `nothing vouches for ${fileName}: it is not pinned, and the publisher could not be asked`,
    {
      remedy: [
        `readygo install ${version} --sha256 HASH  with the hash of ${fileName} from https://go.dev/dl/`,
        `readygo install ${version} --source goproxy  takes it from the module proxy, vouched for by the checksum database`,
      ],
    },
  );
}
