import { ProvisionError } from "../errors/provision-error.ts";
import { checkArchiveDigest, type ExpectedArchive, type PassedArchive } from "../fetch/archive-digest.ts";
import type { TrustEvidence } from "../host/receipt.ts";
import { checkSignature, type SignatureClaim } from "../release/signature/check-signature.ts";
import type { Answer } from "./ask-roots.ts";

/** What came of one root once the bytes were there. */
export type Verdict =
  | { readonly kind: "vouches"; readonly trust: TrustEvidence }
  | { readonly kind: "unused"; readonly reason: string }
  | { readonly kind: "refused"; readonly error: ProvisionError };

/** Holds what a root states against the archive: what `check` throws as bad bytes (exit 5) is the verdict. */
export async function toVerdict<Statement>(
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

export function checkPublished(passed: PassedArchive, expected: ExpectedArchive, from: string): TrustEvidence {
  checkArchiveDigest(passed, expected, from);
  return { root: "publisher", evidence: `the publisher's JSON states sha256 ${expected.sha256}` };
}

export async function checkSigned(claim: SignatureClaim, passed: PassedArchive): Promise<TrustEvidence> {
  await checkSignature(claim, (hash, trailer) => passed.digestWith(hash, trailer));
  const { fingerprint, subkey, signature } = claim;
  const when = signature.signedAt.toISOString().replace(".000Z", "Z");
  return { root: "signature", evidence: `signed ${when} by subkey ${subkey} of ${fingerprint}` };
}
