import { setTimeout as sleep } from "node:timers/promises";
import { ProvisionError } from "../errors/provision-error.ts";
import { checkArchiveDigest, type ExpectedArchive, type PassedArchive } from "../fetch/archive-digest.ts";
import type { TrustEvidence } from "../host/receipt.ts";
import { checkSignature, type SignatureClaim } from "../release/signature/check-signature.ts";
import type { ChecksumRecord } from "../release/sumdb/lookup.ts";
import type { TreeManifest } from "../release/tree-manifest.ts";
import type { AcquireContext } from "./acquire-context.ts";
import type { Answer, Ask, AskedRoots } from "./ask-roots.ts";
import { proveByRecord } from "./prove-by-log.ts";
import { meetsPolicy, nameRoot, type TrustRoot } from "./trust-policy.ts";
import { insufficientTrust, rootsDisagree } from "./trust-failures.ts";

/** What came of one root once the bytes were there. */
export type Verdict =
  | { readonly kind: "vouches"; readonly trust: TrustEvidence }
  | { readonly kind: "unused"; readonly reason: string }
  | { readonly kind: "refused"; readonly error: ProvisionError };

/** An archive that is on its way, and from where; `from` is redacted. */
export interface JudgedArchive {
  readonly fileName: string;
  readonly from: string;
  readonly isFromPublisher: boolean;
}

export interface Judgement {
  readonly trust: readonly TrustEvidence[];
  /** Roots that did not take part, each with its reason. */
  readonly unused: readonly { readonly root: TrustRoot; readonly reason: string }[];
  /** What the log says, where it vouches. */
  readonly record: ChecksumRecord | undefined;
}

/** How long an install that is trusted enough waits for the other roots. */
const mostExtraMs = 3_000;

export interface Judge {
  /** Aborted as soon as no answer that is left can make up enough trust; its reason says so. */
  readonly hopeless: AbortSignal;
  /** For the end of the body: throws where a root refuses the bytes, and returns once one of them has spoken. */
  judgeBytes(passed: PassedArchive): Promise<void>;
  /** For the unpacked tree: throws where a root refuses it, or too few vouch for it. */
  judgeTree(manifest: TreeManifest): Promise<Judgement>;
}

/**
 * Holds an archive against all roots as they answer.
 *
 * @throws ProvisionError from the judge's methods: `checksum-mismatch`, `roots-disagree`, `signature-invalid`,
 * `signature-key-unknown`, `log-untrusted`; `checksum-unknown` and `policy-unmet` where nothing, or too little, vouches
 */
export function createJudge(context: AcquireContext, roots: AskedRoots, archive: JudgedArchive): Judge {
  const { policy } = context;
  const verdicts = new Map<TrustRoot, Verdict>();
  if (roots.pinned !== undefined) verdicts.set(roots.pinned.trust.root, { kind: "vouches", trust: roots.pinned.trust });
  const listTrust = (): TrustEvidence[] =>
    [...verdicts.values()].flatMap((verdict) => (verdict.kind === "vouches" ? [verdict.trust] : []));
  const isEnough = (): boolean =>
    meetsPolicy(
      policy,
      listTrust().map(({ root }) => root),
      archive.isFromPublisher,
    );
  const isRefused = (): boolean => [...verdicts.values()].some(({ kind }) => kind === "refused");

  const underWay = new Map<TrustRoot, Promise<void>>();
  const hold = <Statement>(
    root: TrustRoot,
    ask: Ask<Statement> | undefined,
    check: (statement: Statement) => Promise<TrustEvidence> | TrustEvidence,
  ): Promise<void> => {
    const known = underWay.get(root);
    if (known !== undefined || ask === undefined) return known ?? Promise.resolve();
    const work = ask().then(async (answer) => void verdicts.set(root, await toVerdict(answer, check)));
    work.catch(() => undefined);
    underWay.set(root, work);
    return work;
  };
  let passed: PassedArchive | undefined;
  let proven: ChecksumRecord | undefined;
  const holdBytes = (root: "publisher" | "signature"): Promise<void> => {
    if (passed === undefined) throw new Error("the bytes have not passed yet");
    const received = passed;
    return root === "publisher"
      ? hold(root, roots.publisher, (expected) => checkPublished(received, expected, archive.from))
      : hold(root, roots.signature, (claim) => checkSigned(claim, received));
  };
  /** Until all of these have come, or `isOver` says so; then a little longer for the rest. */
  const settle = async (works: readonly Promise<void>[], isOver: () => boolean, extraMs: number): Promise<void> => {
    const all = Promise.all(works);
    const over = Promise.withResolvers<void>();
    for (const work of works)
      work.then(
        () => (isOver() ? over.resolve() : undefined),
        () => undefined,
      );
    if (isOver()) over.resolve();
    await Promise.race([all, over.promise]);
    if (extraMs === 0) return;
    const waking = new AbortController();
    const late = sleep(extraMs, undefined, { signal: waking.signal }).catch(() => undefined);
    await Promise.race([all, late]).finally(() => waking.abort());
  };
  const throwRefusal = (): void => {
    const refusals = [...verdicts.values()].flatMap((verdict) => (verdict.kind === "refused" ? [verdict.error] : []));
    const [first] = refusals;
    if (first === undefined) return;
    const trust = listTrust();
    throw first.code === "checksum-mismatch" && trust.length > 0
      ? rootsDisagree(archive.fileName, trust, first)
      : first;
  };

  return {
    hopeless: watchHopes(context, roots, archive),
    async judgeBytes(archive) {
      passed = archive;
      const works = [holdBytes("signature")];
      if (!roots.isLocal || (roots.pinned === undefined && !(await speaks(works, isEnough))))
        works.push(holdBytes("publisher"));
      if (roots.pinned !== undefined) return;
      await settle(works, () => isEnough() || isRefused(), 0);
      if (!isRefused()) return;
      await settle(works, () => true, mostExtraMs);
      throwRefusal();
    },
    async judgeTree(manifest) {
      const holdLog = (): Promise<void> =>
        hold("log", roots.log, (record) => {
          const trust = proveByRecord(context, manifest, record);
          proven = record;
          return trust;
        });
      const works = [holdBytes("signature"), ...(roots.isLogNear ? [holdLog()] : [])];
      // An archive of this machine leads to no contact with the network that it can do without.
      if (!roots.isLocal || !(await speaks(works, isEnough))) works.push(holdBytes("publisher"), holdLog());
      await settle(works, () => isEnough() || isRefused(), mostExtraMs);
      throwRefusal();
      const unused = listUnused(verdicts, underWay);
      const trust = listTrust();
      if (!isEnough()) throw insufficientTrust(context, archive, { trust, unused });
      return { trust, unused, record: proven };
    },
  };
}

async function speaks(works: readonly Promise<void>[], isEnough: () => boolean): Promise<boolean> {
  await Promise.all(works);
  return isEnough();
}

async function toVerdict<Statement>(
  answer: Answer<Statement>,
  check: (statement: Statement) => Promise<TrustEvidence> | TrustEvidence,
): Promise<Verdict> {
  if (answer.kind !== "states") return answer;
  try {
    return { kind: "vouches", trust: await check(answer.statement) };
  } catch (error) {
    if (error instanceof ProvisionError && error.exit === 5) return { kind: "refused", error };
    throw error;
  }
}

function checkPublished(passed: PassedArchive, expected: ExpectedArchive, from: string): TrustEvidence {
  checkArchiveDigest(passed, expected, from);
  return { root: "publisher", evidence: `the publisher's JSON states sha256 ${expected.sha256}` };
}

async function checkSigned(claim: SignatureClaim, passed: PassedArchive): Promise<TrustEvidence> {
  await checkSignature(claim, (hash, trailer) => passed.digestWith(hash, trailer));
  const { fingerprint, subkey, signature } = claim;
  const when = signature.signedAt.toISOString().replace(".000Z", "Z");
  return { root: "signature", evidence: `signed ${when} by subkey ${subkey} of ${fingerprint}` };
}

function listUnused(
  verdicts: ReadonlyMap<TrustRoot, Verdict>,
  underWay: ReadonlyMap<TrustRoot, Promise<void>>,
): Judgement["unused"] {
  return [...underWay.keys()].flatMap((root) => {
    const verdict = verdicts.get(root) ?? {
      kind: "unused",
      reason: `no answer ${mostExtraMs / 1000} s after the rest`,
    };
    return verdict.kind === "unused" ? [{ root, reason: verdict.reason }] : [];
  });
}

/** 67 MB need not be fetched to find that nobody vouches for them. */
function watchHopes(context: AcquireContext, roots: AskedRoots, archive: JudgedArchive): AbortSignal {
  const hopeless = new AbortController();
  if (roots.isLocal) return hopeless.signal;
  const watch = async (): Promise<void> => {
    const asks: readonly (readonly [TrustRoot, Ask<ChecksumRecord | SignatureClaim | ExpectedArchive> | undefined])[] =
      [
        ["publisher", roots.publisher],
        ["signature", roots.signature],
        ["log", roots.log],
      ];
    const hopes: TrustRoot[] = roots.pinned === undefined ? [] : [roots.pinned.trust.root];
    const unused: { root: TrustRoot; reason: string }[] = [];
    for (const [root, ask] of asks) {
      const answer = await ask?.();
      if (answer?.kind === "unused") unused.push({ root, reason: answer.reason });
      else if (answer !== undefined) hopes.push(root);
    }
    if (meetsPolicy(context.policy, hopes, archive.isFromPublisher)) return;
    const trust = roots.pinned === undefined ? [] : [roots.pinned.trust];
    const others = hopes.filter((root) => root !== roots.pinned?.trust.root);
    const stated = others.map((root): TrustEvidence => ({ root, evidence: `${nameRoot(root)} has answered` }));
    hopeless.abort(insufficientTrust(context, archive, { trust: [...trust, ...stated], unused }));
  };
  watch().catch(() => undefined);
  return hopeless.signal;
}
