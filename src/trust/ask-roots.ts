import { setTimeout as sleep } from "node:timers/promises";
import { ProvisionError } from "../errors/provision-error.ts";
import { describeFailure, RequestFailure } from "../errors/request-failure.ts";
import type { ExpectedArchive } from "../fetch/unpack/digest-archive.ts";
import type { TrustEvidence } from "../host/state/receipt.ts";
import { loadManifest } from "../release/catalogue.ts";
import type { Release } from "../release/release.ts";
import type { SignatureClaim } from "./signature/check-signature.ts";
import { isStatement, type LogStatement } from "./sumdb/log-answer.ts";
import type { TrustContext } from "./trust-context.ts";
import { askLog } from "./ask-log.ts";
import { askSignature, type ArchivePlace } from "./ask-signature.ts";
import { lookUpBundled } from "./prove-by-log.ts";
import type { UnusedRoot } from "./trust-failures.ts";

/** Why a root takes no part. */
interface Unused extends Omit<UnusedRoot, "root"> {
  readonly kind: "unused";
}

/** What a root says, why it cannot be used, or why what it says is refused. */
export type Answer<Statement> =
  | { readonly kind: "states"; readonly statement: Statement }
  | Unused
  | { readonly kind: "refused"; readonly error: ProvisionError };

/** Asks when first called; then always the same answer. */
export type Ask<Statement> = () => Promise<Answer<Statement>>;

/** The roots that can vouch for one tar.gz. */
export interface AskedRoots {
  /** `--sha256`, else the manifest's hash: there before the archive is. */
  readonly pinned: { readonly expected: ExpectedArchive; readonly trust: TrustEvidence } | undefined;
  /** Undefined with `--sha256`, which takes its place. */
  readonly publisher: Ask<ExpectedArchive> | undefined;
  readonly signature: Ask<SignatureClaim>;
  readonly log: Ask<LogStatement>;
  /** An archive of this machine: what needs the network is asked only where nothing nearer is enough. */
  readonly isLocal: boolean;
  /** Whether the log costs such an archive no network: a bundle has a copy. */
  readonly isLogNear: boolean;
  /**
   * The hash that a download can be resumed under: the pinned one, else what the publisher's JSON says within 3 s. It is
   * no verdict.
   */
  hashBefore(): Promise<ExpectedArchive | undefined>;
  /** Ends what has not answered. */
  end(): void;
}

const mostHashMs = 3_000;

async function within<Statement>(ms: number, ask: Ask<Statement> | undefined): Promise<Statement | undefined> {
  const waking = new AbortController();
  const late = sleep(ms, undefined, { signal: waking.signal }).catch(() => undefined);
  const answer = await Promise.race([ask?.(), late]).finally(() => waking.abort());
  return answer?.kind === "states" ? answer.statement : undefined;
}

/** Starts to ask all roots at once, so that they answer while the archive comes; those of a local source wait. */
export async function askRoots(context: TrustContext, place: ArchivePlace, fileName: string): Promise<AskedRoots> {
  const ended = new AbortController();
  const asking = { ...context, stop: AbortSignal.any([context.stop, ended.signal]) };
  const isLocal = place.kind === "beside";
  const isLogNear = !isLocal || context.bundledLog !== undefined;
  const pinned = await findPinned(context);
  const publisher = context.sha256 === undefined ? once(() => askPublisher(context)) : undefined;
  const asked: AskedRoots = {
    pinned,
    publisher,
    signature: once(() => askSignature(asking, place, fileName)),
    log: once(() => (isLocal && context.bundledLog !== undefined ? askBundledLog(asking) : askAnyLog(asking))),
    isLocal,
    isLogNear,
    hashBefore: async () => pinned?.expected ?? (await within(mostHashMs, publisher)),
    end: () => ended.abort(new RequestFailure("timeout", fileName, "the run went on without it")),
  };
  const eager = [isLocal ? undefined : asked.publisher, asked.signature, isLogNear ? asked.log : undefined];
  // Whoever needs an answer awaits it again and hears of a failure then.
  for (const ask of eager) ask?.().catch(() => undefined);
  return asked;
}

/** A setting of this host keeps a root from being asked. */
class Unusable extends Error {
  override readonly name = "Unusable";
}

function once<Statement>(load: () => Promise<Statement>): Ask<Statement> {
  let answer: Promise<Answer<Statement>> | undefined;
  return () => (answer ??= toAnswer(load));
}

async function toAnswer<Statement>(load: () => Promise<Statement>): Promise<Answer<Statement>> {
  try {
    return { kind: "states", statement: await load() };
  } catch (error) {
    if (error instanceof Unusable) return { kind: "unused", reason: error.message };
    if (error instanceof RequestFailure) return { kind: "unused", reason: describeFailure(error) };
    if (error instanceof ProvisionError && error.exit === 5) return { kind: "refused", error };
    throw error;
  }
}

async function askBundledLog(context: TrustContext): Promise<LogStatement> {
  const statement = await lookUpBundled(context);
  if (statement === undefined)
    throw new RequestFailure("absent", context.bundledLog ?? "", "the bundle has no record of this release");
  return statement;
}

async function askAnyLog(context: TrustContext): Promise<LogStatement> {
  const answer = await askLog(context);
  if (isStatement(answer)) return answer;
  throw answer.cause instanceof RequestFailure ? answer.cause : new Unusable(answer.why);
}

async function findPinned(context: TrustContext): Promise<AskedRoots["pinned"]> {
  const { sha256, version } = context;
  if (sha256 !== undefined) {
    const expected = { sha256, isNamed: true } as const;
    return { expected, trust: { root: "flag", evidence: `--sha256 ${sha256}` } };
  }
  const expected = statementOf(context, await loadManifest(), version, "manifest");
  if (expected === undefined) return undefined;
  return {
    expected,
    trust: { root: "manifest", evidence: `the pinned manifest states sha256 ${expected.sha256}` },
  };
}

async function askPublisher(context: TrustContext): Promise<ExpectedArchive> {
  const expected = statementOf(context, await context.publisher.list(), context.version, "publisher");
  if (expected === undefined)
    throw new RequestFailure("absent", "https://go.dev/dl/?mode=json", "it states no hash of this archive");
  return expected;
}

function statementOf(
  { architecture }: TrustContext,
  releases: readonly Release[],
  version: string,
  by: "manifest" | "publisher",
): ExpectedArchive | undefined {
  const statements = releases
    .filter((release) => release.version === version)
    .flatMap((release) => release.archives[architecture]?.statements ?? []);
  const stated = statements.find((statement) => statement.by === by && statement.sha256 !== undefined);
  if (stated?.sha256 === undefined) return undefined;
  return { sha256: stated.sha256, ...(stated.size === undefined ? {} : { size: stated.size }) };
}
