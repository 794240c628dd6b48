import { ProvisionError } from "../errors/provision-error.ts";
import { checkArchiveDigest, type ExpectedArchive, type PassedArchive } from "../fetch/unpack/digest-archive.ts";
import type { TrustEvidence } from "../host/state/receipt.ts";
import { checkSignature, type SignatureClaim } from "./signature/check-signature.ts";
import { describeUnshown, type LogStatement } from "./sumdb/log-answer.ts";
import type { Answer } from "./ask-roots.ts";
import { proveByRecord } from "./prove-by-log.ts";

/** What came of one root once the bytes were there. */
export type Verdict =
  | { readonly kind: "vouches"; readonly trust: TrustEvidence }
  | Exclude<Answer<never>, { readonly kind: "states" }>;

/** Holds what a root states against the archive: what `check` throws as bad bytes (exit 5) is the verdict. */
export async function toVerdict<Statement>(
  answer: Answer<Statement>,
  check: (statement: Statement) => Promise<TrustEvidence> | TrustEvidence | Verdict,
): Promise<Verdict> {
  if (answer.kind !== "states") return answer;
  try {
    const found = await check(answer.statement);
    return "kind" in found ? found : { kind: "vouches", trust: found };
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
  const { fingerprint, subkey, signature, keyFrom } = claim;
  const when = signature.signedAt.toISOString().replace(".000Z", "Z");
  return {
    root: "signature",
    evidence: `signed ${when} by subkey ${subkey} of ${fingerprint}${keyFrom === undefined ? "" : `, with the key in ${keyFrom}`}`,
  };
}

/** Of a log that cannot be shown to continue the kept one, only the refusal counts: it may be one for this host alone. */
export function checkLogged(received: string, { record, unshown }: LogStatement): Verdict {
  const trust = proveByRecord(received, record);
  if (unshown === undefined) return { kind: "vouches", trust };
  return { kind: "unused", reason: describeUnshown(unshown), isUnfollowed: true };
}
