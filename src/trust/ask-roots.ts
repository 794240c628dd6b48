import { ProvisionError } from "../errors/provision-error.ts";
import { describeFailure, RequestFailure } from "../errors/request-failure.ts";
import type { ExpectedArchive } from "../fetch/unpack/digest-archive.ts";
import { askPublisher, claimOfFlag, findPinnedClaim } from "./ask-hashes.ts";
import { askBundledLog, askLog, claimOfLog, claimOfPinnedModule } from "./ask-log.ts";
import { type ArchivePlace, askSignature } from "./ask-signature.ts";
import type { Answer, Claim } from "./judge.ts";
import { isStatement, type LogAnswer } from "./sumdb/log-answer.ts";
import type { TrustContext } from "./trust-context.ts";
import type { JudgedArchive } from "./trust-failures.ts";
import type { TrustRoot } from "./trust-policy.ts";

/** One root of one archive. */
export interface AskedRoot {
  readonly root: TrustRoot;
  /** What has to have come for it to be held against. */
  readonly about: "bytes" | "tree";
  /** False where it costs an archive of this machine contact with the network. */
  readonly isNear: boolean;
  /** Asks when first called; then always the same answer. */
  readonly ask: () => Promise<Answer>;
}

/** The roots that can prove or refuse one archive. */
export interface AskedRoots extends Pick<JudgedArchive, "kind"> {
  readonly list: readonly AskedRoot[];
  /** `--sha256`, else the manifest's hash of this archive: there before the archive is. */
  readonly pinned: ExpectedArchive | undefined;
  /** An archive of this machine. */
  readonly isLocal: boolean;
  /** Ends what has not answered. */
  end(): void;
}

/**
 * Starts to ask all roots of a tar.gz at once, so that they answer while it comes. For an archive of this machine, what
 * needs the network is asked only where nothing nearer is enough. `--sha256` takes the place of pinned and published hashes.
 */
export async function askRoots(context: TrustContext, place: ArchivePlace, fileName: string): Promise<AskedRoots> {
  const ended = new AbortController();
  const asking = { ...context, stop: AbortSignal.any([context.stop, ended.signal]) };
  const isLocal = place.kind === "beside";
  const isBundled = isLocal && context.bundledLog !== undefined;
  const { sha256 } = context;
  const given = sha256 === undefined ? await findPinnedClaim(context) : claimOfFlag(sha256);
  const list: AskedRoot[] = [];
  const add = (root: TrustRoot, about: AskedRoot["about"], isNear: boolean, load: () => Promise<Answer>): void => {
    list.push({ root, about, isNear, ask: once(load) });
  };
  if (given !== undefined) add(sha256 === undefined ? "manifest" : "flag", "tree", true, async () => states(given));
  if (sha256 === undefined) add("publisher", "bytes", !isLocal, async () => states(await askPublisher(context)));
  add("signature", "bytes", true, async () => states(await askSignature(asking, place, fileName)));
  const log = isBundled ? askBundledLog : askLog;
  add("log", "tree", !isLocal || isBundled, async () => answerOf(await log(asking)));
  // Whoever needs an answer awaits it again and hears of a failure then.
  for (const { isNear, ask } of list) if (isNear) ask().catch(() => undefined);
  const end = (): void => ended.abort(new RequestFailure("timeout", fileName, "the run went on without it"));
  return { kind: "tar.gz", list, pinned: given?.expected, isLocal, end };
}

/**
 * The roots of a module zip, whose SHA-256 nobody publishes, and which nobody signs. The log is asked before a byte of it is
 * fetched. Without an answer of it a proxy has failed as a source, unless `--sha256` is to decide; one of this machine has
 * not, and is asked for no contact with the network that `--sha256` makes needless.
 *
 * @throws ProvisionError as askLog; what kept the log from answering: RequestFailure, ProvisionError `checksum-unknown`
 */
export async function askModuleRoots(context: TrustContext, isLocal: boolean): Promise<AskedRoots> {
  const { sha256, policy, bundledLog } = context;
  const isLogNeeded = sha256 === undefined || policy !== "any";
  const list: AskedRoot[] = [];
  const add = (root: TrustRoot, answer: Answer): void => {
    list.push({ root, about: "tree", isNear: true, ask: async () => answer });
  };
  if (sha256 !== undefined) add("flag", states(claimOfFlag(sha256)));
  if (!isLocal || isLogNeeded || bundledLog !== undefined) {
    const logged = await (isLocal && !isLogNeeded ? askBundledLog(context) : askLog(context));
    if (isStatement(logged)) {
      const pinned = await claimOfPinnedModule(context, logged);
      if (pinned !== undefined) add("manifest", states(pinned));
    } else {
      const isFinal = isLocal ? logged.cause instanceof ProvisionError : sha256 === undefined || policy === "log";
      if (isFinal) throw logged.cause;
    }
    add("log", answerOf(logged));
  }
  const pinned = sha256 === undefined ? undefined : claimOfFlag(sha256).expected;
  return { kind: "zip", list, pinned, isLocal, end: () => undefined };
}

/** What one of these roots states, where it is among them and answers; it is no verdict. */
export async function claimOf({ list }: AskedRoots, wanted: TrustRoot): Promise<Claim | undefined> {
  const answer = await list.find(({ root }) => root === wanted)?.ask();
  return answer?.kind === "states" ? answer.claim : undefined;
}

function states(claim: Claim): Answer {
  return { kind: "states", claim };
}

function answerOf(answer: LogAnswer): Answer {
  return isStatement(answer) ? states(claimOfLog(answer)) : { kind: "unused", reason: answer.why };
}

function once(load: () => Promise<Answer>): AskedRoot["ask"] {
  let answer: Promise<Answer> | undefined;
  return () => (answer ??= load().catch(toAnswer));
}

function toAnswer(error: unknown): Answer {
  if (error instanceof RequestFailure) return { kind: "unused", reason: describeFailure(error) };
  if (error instanceof ProvisionError && error.exit === 5) return { kind: "refused", error };
  throw error;
}
