import { ProvisionError } from "../errors/provision-error.ts";
import { describeFailure, RequestFailure } from "../errors/request-failure.ts";
import { findPinnedH1 } from "../release/catalogue.ts";
import { joinFailures } from "../fetch/download/attempt-log.ts";
import { appendPath, listLocalProxies } from "../sources/goproxy-list.ts";
import { openReaders } from "../sources/open-readers.ts";
import type { Claim } from "./judge.ts";
import { askDatabase } from "./sumdb/ask-database.ts";
import { checksumDatabase, findChecksumBase, listChecksumPlaces } from "./sumdb/checksum-base.ts";
import { describeUnshown, type LogAnswer, type LogStatement, requireSameH1 } from "./sumdb/log-answer.ts";
import { lookupBound, lookupChecksum, lookupUrl } from "./sumdb/lookup.ts";
import type { TrustContext } from "./trust-context.ts";

/** The part of an acquiring run that asks the checksum database. */
export type LogContext = Pick<
  TrustContext,
  | "version"
  | "architecture"
  | "http"
  | "machine"
  | "stop"
  | "logProxies"
  | "logRefusal"
  | "logUrl"
  | "logHeads"
  | "bundledLog"
> &
  Partial<Pick<TrustContext, "sha256">>;

/**
 * What the checksum database says of a release, or why it says nothing. What it says is verified.
 *
 * @throws ProvisionError `log-forked`, and of logFailure; the reason of `stop`
 */
export async function askLog(context: LogContext): Promise<LogAnswer> {
  try {
    return await lookUpNearest(context);
  } catch (cause) {
    // Only what the log does say can be wrong: no way to it, and a setting that forbids it, are answers.
    if (cause instanceof RequestFailure) {
      cause.nameWay(context.http.findWay(cause.url));
      const isAbsent = cause.kind === "absent";
      const why = isAbsent
        ? `it has no record of this release (${cause.url})`
        : `it cannot be asked: ${describeFailure(cause)}`;
      return { why, cause };
    }
    if (cause instanceof ProvisionError && cause.code === "checksum-unknown") {
      return { why: `it is not asked: ${context.logRefusal ?? cause.message}`, cause };
    }
    throw cause;
  }
}

/** The copy that came along with an archive, and no network. */
export async function askBundledLog(context: LogContext): Promise<LogAnswer> {
  const statement = await lookUpBundled(context);
  if (statement !== undefined) return statement;
  const why = "the bundle has no record of this release";
  return { why, cause: new RequestFailure("absent", context.bundledLog ?? "", why) };
}

/**
 * What the log states: the hash of the unpacked files, less `api doc misc test` those of the toolchain module. A log that
 * cannot be shown to continue the kept one may be one for this host alone: it can refuse, and cannot prove.
 */
export function claimOfLog({ record, unshown }: LogStatement): Claim {
  return {
    evidence: `the checksum database's record ${record.recordId} states ${record.h1}`,
    record,
    hold: ({ h1 }) => requireTree(h1(), { h1: record.h1, by: "the checksum database" }),
    ...(unshown === undefined ? {} : { onlyRefuses: { reason: describeUnshown(unshown), isUnfollowed: true } }),
  };
}

/** What readygo carries of a module zip's files, which the log states too. */
export async function claimOfPinnedModule(context: LogContext, { record }: LogStatement): Promise<Claim | undefined> {
  const h1 = await findHeldH1(context);
  if (h1 === undefined) return undefined;
  return {
    evidence: `the pinned manifest states ${h1}, as the checksum database's record ${record.recordId} does`,
    hold: (received) => requireTree(received.h1(), { h1, by: "the pinned manifest" }),
  };
}

/** @throws ProvisionError `checksum-mismatch` */
export function requireTree(received: string, { h1, by }: { readonly h1: string; readonly by: string }): void {
  if (received === h1) return;
  throw new ProvisionError("checksum-mismatch", `the unpacked tree is not the one that ${by} has on record`, {
    details: { expected: h1, received },
  });
}

/** For `stop`, where no more than this is to be waited. */
export function stopAfter(milliseconds: number, stop: AbortSignal): { readonly signal: AbortSignal; clear(): void } {
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(noAnswer(`within ${milliseconds / 1000} s`)), milliseconds);
  return { signal: AbortSignal.any([own.signal, stop]), clear: () => clearTimeout(timer) };
}

/** As the reason of an aborted signal it counts as any other failure to get an answer. */
function noAnswer(when: string): RequestFailure {
  return new RequestFailure("timeout", "sum.golang.org", `no answer ${when}`);
}

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

/** No network for tiles that the copy lacks either; undefined where none came along, or where it lacks this release. */
async function lookUpBundled(context: LogContext): Promise<LogStatement | undefined> {
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
  const { logRefusal, logUrl: url } = context;
  // What lies on this machine tells the database nothing.
  const proxies = logRefusal === undefined ? context.logProxies : listLocalProxies(context.logProxies);
  if (logRefusal !== undefined && proxies.length === 0) throw forbidden(logRefusal);
  const { base, failures } = await findChecksumBase({ proxies, url }, openReaders(context).readText);
  if (logRefusal !== undefined && !base.startsWith("file:")) throw forbidden(logRefusal);
  try {
    return base === checksumDatabase
      ? await lookUpDatabase(context)
      : await lookUpAt(context, listChecksumPlaces(base, url));
  } catch (error) {
    // The database was asked because the proxies could not be: what kept them from answering is the cause.
    throw error instanceof RequestFailure ? joinFailures([...failures, error]) : error;
  }
}

async function lookUpDatabase(context: LogContext): Promise<LogStatement> {
  const { base, answer } = await askDatabase(
    (database, stop) => openReaders({ ...context, stop }).readText(lookupUrl(database, context), lookupBound),
    context.stop,
  );
  return lookUpAt(context, [base], answer);
}

/** The record is asked at the first place, and its tree head held against the kept one with tiles from any of them. */
async function lookUpAt(
  context: LogContext,
  [base, ...others]: readonly [string, ...string[]],
  answer?: string,
): Promise<LogStatement> {
  const { version, architecture } = context;
  const { readText, readBytes } = openReaders(context);
  const record = await lookupChecksum({
    version,
    architecture,
    readText,
    readBytes,
    base,
    ...(answer === undefined ? {} : { answer }),
  });
  const places = [base, ...others].map((place) => ({ base: place, readBytes }));
  const unshown = await context.logHeads?.follow(record.signedNote, places);
  const pinned = await findHeldH1(context);
  if (pinned !== undefined) requireSameH1(record, pinned);
  return { record, unshown };
}

/** The pinned hash of a release's files, where `--sha256` does not take the place of what is pinned. */
async function findHeldH1(
  context: Pick<LogContext, "version" | "architecture" | "sha256">,
): Promise<string | undefined> {
  return context.sha256 === undefined ? findPinnedH1(context) : undefined;
}

function forbidden(setting: string): ProvisionError {
  return new ProvisionError("checksum-unknown", `the checksum database is not asked: ${setting}`, {
    remedy: [
      "unset that for this run: it keeps the log from proving the release, and nothing else does",
      "pass --sha256 HASH with the archive's hash from https://go.dev/dl/",
    ],
  });
}
