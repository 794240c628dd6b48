import { ProvisionError } from "../errors/provision-error.ts";
import type { ChecksumRecord } from "./sumdb/checksum-record.ts";
import type { AskedRoot, AskedRoots } from "./ask-roots.ts";
import { expectVerdict, holdAgainst, isEnough, isFork, judge, type Judgement, type Received, type Verdict } from "./judge.ts"; // prettier-ignore
import type { TrustContext } from "./trust-context.ts";
import type { JudgedArchive } from "./trust-failures.ts";
import type { TrustRoot } from "./trust-policy.ts";
import { mostExtraMs, waitUntil } from "./wait-until.ts";

/** `from` is redacted. */
export type ArchiveOnItsWay = Pick<JudgedArchive, "fileName" | "isFromPublisher"> & Pick<Received, "from">;

export type Trusted = Extract<Judgement, { readonly kind: "trusted" }> & {
  /** What the log states, where it proves the tree. */
  readonly record: ChecksumRecord | undefined;
};

/** One archive, of either kind, held against its roots as they answer; `judge` decides. */
export interface Inquiry {
  /**
   * Asks all roots, and throws where no answer that has come can make up enough trust: 67 MB need not be fetched to find
   * that nobody proves them. A root that refuses the archive is none of its matter.
   */
  checkClaims(): Promise<void>;
  /** For the end of the body: throws where a root refuses the bytes, and returns once one of them proves them. */
  holdBytes(bytes: Received["bytes"]): Promise<void>;
  /** For the unpacked tree: throws where a root refuses it, or too few prove it. */
  holdTree(h1: Received["h1"]): Promise<Trusted>;
  /**
   * For bytes that were refused before the log was held against them, by whomever: a fork that the log has shown in the
   * meantime, or does within 3 s, is thrown instead, since both heads are its only evidence.
   */
  preferFork(refusal: unknown): Promise<never>;
}

/**
 * @throws ProvisionError from the inquiry's methods: `checksum-mismatch`, `roots-disagree`, `signature-invalid`,
 * `signature-key-unknown`, of logFailure; `checksum-unknown`, `policy-unmet`, `log-unfollowed` where too little proves it
 */
export function openInquiry(
  { version, policy }: Pick<TrustContext, "version" | "policy">,
  roots: AskedRoots,
  archive: ArchiveOnItsWay,
): Inquiry {
  const verdicts = new Map<TrustRoot, Verdict>();
  const underWay = new Map<TrustRoot, Promise<void>>();
  let proven: ChecksumRecord | undefined;
  // Described anew each time: where the bytes come from is known when they are there.
  const describe = (): JudgedArchive => {
    const { fileName, isFromPublisher } = archive;
    return { kind: roots.kind, version, policy, fileName, isFromPublisher };
  };
  const judgeNow = (): Judgement => judge(describe(), verdicts);
  const isDecided = (): boolean => judgeNow().kind !== "insufficient";

  const hold = ({ root, ask }: AskedRoot, received: Received): Promise<void> => {
    const known = underWay.get(root);
    if (known !== undefined) return known;
    const work = ask().then(async (answer) => {
      const verdict = await holdAgainst(answer, received);
      verdicts.set(root, verdict);
      if (verdict.kind === "proves" && answer.kind === "states") proven = answer.claim.record ?? proven;
    });
    work.catch(() => undefined);
    underWay.set(root, work);
    return work;
  };
  /** An archive of this machine leads to no contact with the network that it can do without. */
  const holdAll = async (asked: readonly AskedRoot[], received: Received): Promise<readonly Promise<void>[]> => {
    const near = asked.filter(({ isNear }) => isNear).map((root) => hold(root, received));
    if (near.length === asked.length) return near;
    await Promise.all(near);
    return isEnough(describe(), verdicts) ? near : asked.map((root) => hold(root, received));
  };

  let passed: Received["bytes"] | undefined;
  return {
    async checkClaims() {
      const expected = new Map<TrustRoot, Verdict>();
      for (const { root, ask } of roots.list) expected.set(root, expectVerdict(await ask()));
      const judgement = judge(describe(), expected);
      if (judgement.kind === "insufficient") throw judgement.error;
    },
    async holdBytes(bytes) {
      passed = bytes;
      // Whoever reads the body has held it against the pinned hash; the others are heard with the tree.
      if (roots.pinned !== undefined) return;
      const h1 = (): never => {
        throw new Error("the tree is not there yet");
      };
      const works = await holdAll(roots.list.filter(({ about }) => about === "bytes"), { bytes, from: archive.from, h1 }); // prettier-ignore
      await waitUntil(works, isDecided, 0);
      if (judgeNow().kind !== "refused") return;
      await waitUntil(works, () => true, mostExtraMs);
      const judgement = judgeNow();
      if (judgement.kind === "refused") throw judgement.error;
    },
    async holdTree(h1) {
      if (passed === undefined) throw new Error("the bytes have not passed yet");
      const works = await holdAll(roots.list, { bytes: passed, from: archive.from, h1 });
      await waitUntil(works, isDecided, mostExtraMs);
      for (const root of underWay.keys()) {
        if (verdicts.has(root)) continue;
        verdicts.set(root, { kind: "unused", reason: `no answer ${mostExtraMs / 1000} s after the rest` });
      }
      const judgement = judgeNow();
      if (judgement.kind !== "trusted") throw judgement.error;
      return { ...judgement, record: proven };
    },
    async preferFork(refusal) {
      const log = roots.list.find(({ root, isNear }) => root === "log" && isNear);
      if (!(refusal instanceof ProvisionError) || refusal.exit !== 5 || isFork(refusal) || log === undefined)
        throw refusal;
      let fork: ProvisionError | undefined;
      const heard = log.ask().then((answer) => {
        if (answer.kind === "refused" && isFork(answer.error)) fork = answer.error;
      });
      await waitUntil([heard.catch(() => undefined)], () => true, mostExtraMs);
      throw fork ?? refusal;
    },
  };
}
