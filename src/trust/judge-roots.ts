import { ProvisionError } from "../errors/provision-error.ts";
import type { PassedArchive } from "../fetch/unpack/digest-archive.ts";
import type { TrustEvidence } from "../host/state/receipt.ts";
import { hashTreeAsModule } from "../release/module-hash.ts";
import type { ChecksumRecord } from "./sumdb/lookup.ts";
import type { TreeManifest } from "../release/tree-manifest.ts";
import type { TrustContext } from "./trust-context.ts";
import type { Ask, AskedRoots } from "./ask-roots.ts";
import type { JudgedArchive } from "./judged-archive.ts";
import { findHeldH1, holdAgainst } from "./prove-by-log.ts";
import { mostExtraMs, settleWorks } from "./settle-works.ts";
import { insufficientTrust, rootsDisagree, type UnusedRoot } from "./trust-failures.ts";
import { meetsPolicy, trustRoots, type TrustRoot } from "./trust-policy.ts";
import { checkLogged, checkPublished, checkSigned, toVerdict, type Verdict } from "./verdict.ts";
import { watchHopes } from "./watch-hopes.ts";

export interface Judgement {
  readonly trust: readonly TrustEvidence[];
  /** Roots that did not take part, each with its reason. */
  readonly unused: readonly UnusedRoot[];
  /** What the log says, where it vouches. */
  readonly record: ChecksumRecord | undefined;
}

interface Judge {
  /** Aborted as soon as no answer that is left can make up enough trust; its reason says so. */
  readonly hopeless: AbortSignal;
  /** For the end of the body: throws where a root refuses the bytes, and returns once one of them has spoken. */
  judgeBytes(passed: PassedArchive): Promise<void>;
  /** For the unpacked tree: throws where a root refuses it, or too few vouch for it. */
  judgeTree(manifest: TreeManifest): Promise<Judgement>;
  /**
   * For bytes that were refused before the log was held against them, by whomever: a fork that the log has shown in the
   * meantime, or does within 3 s, is thrown instead, since both heads are its only evidence.
   */
  preferFork(refusal: unknown): Promise<never>;
}

/**
 * Holds an archive against all roots as they answer.
 *
 * @throws ProvisionError from the judge's methods: `checksum-mismatch`, `roots-disagree`, `signature-invalid`,
 * `signature-key-unknown`, of logFailure; `checksum-unknown` and `policy-unmet` where nothing, or too little, vouches
 */
export function createJudge(context: TrustContext, roots: AskedRoots, archive: JudgedArchive): Judge {
  const { policy } = context;
  const verdicts = new Map<TrustRoot, Verdict>();
  if (roots.pinned !== undefined) verdicts.set(roots.pinned.trust.root, { kind: "vouches", trust: roots.pinned.trust });
  const listTrust = (): TrustEvidence[] =>
    trustRoots.flatMap((root) => {
      const verdict = verdicts.get(root);
      return verdict?.kind === "vouches" ? [verdict.trust] : [];
    });
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
    check: (statement: Statement) => Promise<TrustEvidence> | TrustEvidence | Verdict,
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
  const throwRefusal = (): void => {
    const refusals = [...verdicts.values()].flatMap((verdict) => (verdict.kind === "refused" ? [verdict.error] : []));
    const [first] = refusals;
    if (first === undefined) return;
    const trust = listTrust();
    const mismatch = refusals.find(({ code }) => code === "checksum-mismatch");
    const disagreement =
      mismatch !== undefined && trust.length > 0 ? rootsDisagree(archive.fileName, trust, mismatch) : undefined;
    const stated = refusals.find(({ code }) => code === "roots-disagree");
    throw refusals.find(isFork) ?? stated ?? disagreement ?? first;
  };

  return {
    hopeless: watchHopes(context, roots, archive),
    async judgeBytes(archive) {
      passed = archive;
      const works = [holdBytes("signature")];
      if (!roots.isLocal || (roots.pinned === undefined && !(await speaks(works, isEnough))))
        works.push(holdBytes("publisher"));
      if (roots.pinned !== undefined) return;
      await settleWorks(works, () => isEnough() || isRefused(), 0);
      if (!isRefused()) return;
      await settleWorks(works, () => true, mostExtraMs);
      throwRefusal();
    },
    async judgeTree(manifest) {
      let computed: string | undefined;
      const received = (): string => (computed ??= hashTreeAsModule(context, manifest.files));
      const pinned = await findHeldH1(context);
      if (pinned !== undefined) {
        const root = "manifest";
        const held = await toVerdict({ kind: "states", statement: pinned }, (h1): Verdict => {
          holdAgainst(received(), { h1, by: "the pinned manifest" });
          return verdicts.get(root) ?? { kind: "unused", reason: "it states no hash of this archive" };
        });
        if (held.kind !== "unused") verdicts.set(root, held);
      }
      const holdLog = (): Promise<void> =>
        hold("log", roots.log, (statement) => {
          const verdict = checkLogged(received(), statement);
          if (verdict.kind === "vouches") proven = statement.record;
          return verdict;
        });
      const works = [holdBytes("signature"), ...(roots.isLogNear ? [holdLog()] : [])];
      // An archive of this machine leads to no contact with the network that it can do without.
      if (!roots.isLocal || !(await speaks(works, isEnough))) works.push(holdBytes("publisher"), holdLog());
      await settleWorks(works, () => isEnough() || isRefused(), mostExtraMs);
      throwRefusal();
      const unused = listUnused(verdicts, underWay);
      const trust = listTrust();
      if (!isEnough()) throw insufficientTrust(context, archive, { trust, unused });
      return { trust, unused, record: proven };
    },
    async preferFork(refusal) {
      if (!(refusal instanceof ProvisionError) || refusal.exit !== 5 || isFork(refusal)) throw refusal;
      if (!roots.isLogNear) throw refusal;
      let fork: ProvisionError | undefined;
      const heard = roots.log().then((answer) => {
        if (answer.kind === "refused" && isFork(answer.error)) fork = answer.error;
      });
      await settleWorks([heard.catch(() => undefined)], () => true, mostExtraMs);
      throw fork ?? refusal;
    },
  };
}

function isFork({ code }: ProvisionError): boolean {
  return code === "log-forked";
}

async function speaks(works: readonly Promise<void>[], isEnough: () => boolean): Promise<boolean> {
  await Promise.all(works);
  return isEnough();
}

function listUnused(
  verdicts: ReadonlyMap<TrustRoot, Verdict>,
  underWay: ReadonlyMap<TrustRoot, Promise<void>>,
): Judgement["unused"] {
  return [...underWay.keys()].flatMap((root) => {
    const verdict: Verdict = verdicts.get(root) ?? {
      kind: "unused",
      reason: `no answer ${mostExtraMs / 1000} s after the rest`,
    };
    return verdict.kind === "unused" ? [{ ...verdict, root }] : [];
  });
}
