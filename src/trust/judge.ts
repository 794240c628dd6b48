import { ProvisionError } from "../errors/provision-error.ts";
import type { ExpectedArchive, PassedArchive, ReceivedArchive } from "../fetch/unpack/digest-archive.ts";
import type { TrustEvidence } from "../host/state/receipt.ts";
import type { SignedHash } from "./signature/detached-signature.ts";
import type { ChecksumRecord } from "./sumdb/checksum-record.ts";
import { insufficientTrust, rootsDisagree, type JudgedArchive, type UnusedRoot } from "./trust-failures.ts";
import { meetsPolicy, trustRoots, type TrustRoot } from "./trust-policy.ts";

/** Why a root takes no part. */
export interface Unused extends Omit<UnusedRoot, "root"> {
  readonly kind: "unused";
}

/** What came of one root; one that agrees has nothing against the archive, and does not prove it. */
export type Verdict =
  | { readonly kind: "proves"; readonly evidence: string }
  | { readonly kind: "agrees" }
  | { readonly kind: "refused"; readonly error: ProvisionError }
  | Unused;

export type Verdicts = ReadonlyMap<TrustRoot, Verdict>;

/** What has come: the bytes, and once they are unpacked, the hash that the tree has as its toolchain module. */
export interface Received {
  readonly bytes: ReceivedArchive & Partial<Pick<PassedArchive, "digestWith">>;
  /** Redacted. */
  readonly from: string;
  readonly h1: () => string;
}

/** What a root states of a release, before anything is held against it. */
export interface Claim {
  /** Undefined where it can refuse what comes, and cannot prove it. */
  readonly evidence: string | undefined;
  /** @throws ProvisionError with exit 5 where what has come is something else */
  hold(received: Received): void | Promise<void>;
  /** The same of a log that would prove it, if it could be followed from what this host has seen. */
  readonly onlyRefuses?: Omit<Unused, "kind">;
  /** The bytes that it states, by their hash. */
  readonly expected?: ExpectedArchive;
  /** What a signature is over: the other hash need not be taken. */
  readonly signedHash?: SignedHash;
  /** The log's, with its proof. */
  readonly record?: ChecksumRecord;
}

/** What a root answers: its claim, why it cannot be used, or why what it says is refused. */
export type Answer = { readonly kind: "states"; readonly claim: Claim } | Exclude<Verdict, { readonly kind: "proves" }>;

/** Holds what a root states against what has come. */
export async function holdAgainst(answer: Answer, received: Received): Promise<Verdict> {
  if (answer.kind !== "states") return answer;
  try {
    await answer.claim.hold(received);
    return expectVerdict(answer);
  } catch (error) {
    if (error instanceof ProvisionError && error.exit === 5) return { kind: "refused", error };
    throw error;
  }
}

/** What an answer comes to where the archive is the one that it states. */
export function expectVerdict(answer: Answer): Verdict {
  if (answer.kind !== "states") return answer;
  const { evidence, onlyRefuses } = answer.claim;
  if (onlyRefuses !== undefined) return { kind: "unused", ...onlyRefuses };
  return evidence === undefined ? { kind: "agrees" } : { kind: "proves", evidence };
}

/**
 * - `trusted`: as much as the policy asks for, and nothing against it
 * - `refused`: final, whatever else proves the archive
 * - `insufficient`: nothing against it, and too little for it
 */
export type Judgement =
  | {
      readonly kind: "trusted";
      readonly trust: readonly TrustEvidence[];
      /** Roots that did not take part, each with its reason. */
      readonly unused: readonly UnusedRoot[];
    }
  | { readonly kind: "refused" | "insufficient"; readonly error: ProvisionError };

/** The one judgement of archives, of both kinds: what the verdicts of their roots amount to. */
export function judge(archive: JudgedArchive, verdicts: Verdicts): Judgement {
  const trust = listTrust(archive, verdicts);
  const refusal = chooseRefusal(archive, trust, verdicts);
  if (refusal !== undefined) return { kind: "refused", error: refusal };
  const unused = trustRoots.flatMap((root): readonly UnusedRoot[] => {
    const verdict = verdicts.get(root);
    return verdict?.kind === "unused" ? [{ ...verdict, root }] : [];
  });
  if (isEnough(archive, verdicts)) return { kind: "trusted", trust, unused };
  return { kind: "insufficient", error: insufficientTrust(archive, { trust, unused }) };
}

/** Whether as much proves the archive as the policy asks for; something else may still refuse it. */
export function isEnough(archive: JudgedArchive, verdicts: Verdicts): boolean {
  const roots = listTrust(archive, verdicts).map(({ root }) => root);
  return meetsPolicy(archive.policy, roots, archive.isFromPublisher);
}

/** In the roots' own order, whichever answered first: the same archive gives the same receipt. */
function listTrust({ kind }: JudgedArchive, verdicts: Verdicts): readonly TrustEvidence[] {
  return trustRoots.flatMap((root): readonly TrustEvidence[] => {
    const verdict = verdicts.get(root);
    const isCounted = kind === "tar.gz" || canProveModule(root, verdicts);
    return verdict?.kind === "proves" && isCounted ? [{ root, evidence: verdict.evidence }] : [];
  });
}

/**
 * Nobody publishes the hash of a module zip, and nobody signs it. What is pinned of its files came from the checksum
 * database: beside it, or in its absence, it is no root. The record of a log that cannot be followed may be one made for
 * this host alone: it is not where readygo has carried the same hash since it was built.
 */
function canProveModule(root: TrustRoot, verdicts: Verdicts): boolean {
  if (root !== "manifest") return root === "flag" || root === "log";
  const log = verdicts.get("log");
  return log?.kind === "unused" && log.isUnfollowed === true;
}

/**
 * A fork of the log comes first, since both heads are its only evidence; then two roots that disagree; then the refusal by
 * one root that came first.
 */
function chooseRefusal(
  { fileName }: JudgedArchive,
  trust: readonly TrustEvidence[],
  verdicts: Verdicts,
): ProvisionError | undefined {
  const refusals = [...verdicts.values()].flatMap((verdict) => (verdict.kind === "refused" ? [verdict.error] : []));
  const mismatch = refusals.find(({ code }) => code === "checksum-mismatch");
  return (
    refusals.find(isFork) ??
    refusals.find(({ code }) => code === "roots-disagree") ??
    (mismatch !== undefined && trust.length > 0 ? rootsDisagree(fileName, trust, mismatch) : refusals[0])
  );
}

export function isFork({ code }: ProvisionError): boolean {
  return code === "log-forked";
}
