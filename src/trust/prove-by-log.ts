import { ProvisionError } from "../errors/provision-error.ts";
import { RequestFailure } from "../errors/request-failure.ts";
import type { TrustEvidence } from "../host/state/receipt.ts";
import { findPinnedH1 } from "../release/catalogue.ts";
import { appendPath } from "../sources/goproxy-list.ts";
import { findChecksumBase, listChecksumPlaces } from "./sumdb/checksum-base.ts";
import { type LogStatement, requireSameH1 } from "./sumdb/log-answer.ts";
import { lookupChecksum, type ChecksumRecord } from "./sumdb/lookup.ts";
import type { TrustContext } from "./trust-context.ts";
import { openReaders } from "../sources/open-readers.ts";

/** The part of an acquiring run that asks the checksum database. */
export type LogContext = Pick<
  TrustContext,
  | "version"
  | "architecture"
  | "http"
  | "machine"
  | "stop"
  | "logProxy"
  | "logRefusal"
  | "logUrl"
  | "logHeads"
  | "bundledLog"
> &
  Partial<Pick<TrustContext, "sha256">>;

/**
 * The checksum database's verified record of this release, from the copy that came along with an archive, else asked
 * through a module proxy or, without one, directly. Its tree head is held against those that were seen before, its hash
 * against the pinned one.
 *
 * @throws ProvisionError `log-forked`, and of logFailure, `roots-disagree`, or `checksum-unknown` where a setting forbids to ask; RequestFailure
 */
export async function lookUpNearest(context: LogContext): Promise<LogStatement> {
  return (await lookUpBundled(context)) ?? (await lookUpRelease(context));
}

/**
 * The copy alone, no network for tiles that it lacks either; undefined where none came along, or where it lacks this
 * release.
 */
export async function lookUpBundled(context: LogContext): Promise<LogStatement | undefined> {
  const { bundledLog } = context;
  if (bundledLog === undefined) return undefined;
  try {
    return await lookUpAt(context, [appendPath(bundledLog, "sumdb/sum.golang.org")]);
  } catch (error) {
    if (error instanceof RequestFailure) return undefined;
    throw error;
  }
}

async function lookUpRelease(context: LogContext): Promise<LogStatement> {
  const { logProxy, logRefusal, logUrl } = context;
  if (logRefusal !== undefined && logProxy?.startsWith("file:") !== true) throw forbidden(logRefusal);
  const base = await findChecksumBase({ proxy: logProxy, url: logUrl }, openReaders(context).readText);
  // What lies on this machine tells the database nothing.
  if (logRefusal !== undefined && !base.startsWith("file:")) throw forbidden(logRefusal);
  return lookUpAt(context, listChecksumPlaces(base, logUrl));
}

/** The record is asked at the first place, and its tree head held against the kept one with tiles from any of them. */
async function lookUpAt(context: LogContext, [base, ...others]: readonly [string, ...string[]]): Promise<LogStatement> {
  const { version, architecture } = context;
  const { readText, readBytes } = openReaders(context);
  const record = await lookupChecksum({ version, architecture, readText, readBytes, base });
  const places = [base, ...others].map((place) => ({ base: place, readBytes }));
  const unshown = await context.logHeads?.follow(record.signedNote, places);
  const pinned = await findHeldH1(context);
  if (pinned !== undefined) requireSameH1(record, pinned);
  return { record, unshown };
}

/** The pinned hash of a release's files, where `--sha256` does not take the place of what is pinned. */
export async function findHeldH1(
  context: Pick<LogContext, "version" | "architecture" | "sha256">,
): Promise<string | undefined> {
  return context.sha256 === undefined ? findPinnedH1(context) : undefined;
}

function forbidden(setting: string): ProvisionError {
  return new ProvisionError("checksum-unknown", `the checksum database is not asked: ${setting}`, {
    remedy: [
      "unset that for this run: it keeps the log from vouching for the release, and nothing else does",
      "pass --sha256 HASH with the archive's hash from https://go.dev/dl/",
    ],
  });
}

export function logEvidence(record: ChecksumRecord): TrustEvidence {
  return { root: "log", evidence: `the checksum database's record ${record.recordId} states ${record.h1}` };
}

/**
 * Holds a tree from the tar.gz against its record: less `api doc misc test` it is the toolchain module, whose hash the log
 * has.
 *
 * @param received the tree's hash as that module
 * @throws ProvisionError `checksum-mismatch`
 */
export function proveByRecord(received: string, record: ChecksumRecord): TrustEvidence {
  holdAgainst(received, { h1: record.h1, by: "the checksum database" });
  return logEvidence(record);
}

/** @throws ProvisionError `checksum-mismatch` */
export function holdAgainst(received: string, { h1, by }: { readonly h1: string; readonly by: string }): void {
  if (received === h1) return;
  throw new ProvisionError("checksum-mismatch", `the unpacked tree is not the one that ${by} has on record`, {
    details: { expected: h1, received },
  });
}
