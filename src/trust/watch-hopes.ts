import type { ExpectedArchive } from "../fetch/unpack/digest-archive.ts";
import type { TrustEvidence } from "../host/state/receipt.ts";
import type { SignatureClaim } from "./signature/check-signature.ts";
import { describeUnshown, type LogStatement } from "./sumdb/log-answer.ts";
import type { TrustContext } from "./trust-context.ts";
import type { Answer, Ask, AskedRoots } from "./ask-roots.ts";
import type { JudgedArchive } from "./judged-archive.ts";
import { insufficientTrust, type UnusedRoot } from "./trust-failures.ts";
import { meetsPolicy, nameRoot, type TrustRoot } from "./trust-policy.ts";

/**
 * Aborted, with a ProvisionError as its reason, when no answer that is left can make up enough trust: 67 MB need not be
 * fetched to find that nobody vouches for them. Never for an archive of this machine.
 */
export function watchHopes(context: TrustContext, roots: AskedRoots, archive: JudgedArchive): AbortSignal {
  const hopeless = new AbortController();
  if (roots.isLocal) return hopeless.signal;
  const watch = async (): Promise<void> => {
    const asks: readonly (readonly [TrustRoot, Ask<SignatureClaim | ExpectedArchive | LogStatement> | undefined])[] = [
      ["publisher", roots.publisher],
      ["signature", roots.signature],
      ["log", async () => leaveOutUnshown(await roots.log())],
    ];
    const hopes: TrustRoot[] = roots.pinned === undefined ? [] : [roots.pinned.trust.root];
    const unused: UnusedRoot[] = [];
    for (const [root, ask] of asks) {
      const answer = await ask?.();
      if (answer?.kind === "unused") unused.push({ ...answer, root });
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

/** A tree that cannot be shown to continue the kept one may still refuse the archive, and cannot vouch for it. */
function leaveOutUnshown(answer: Answer<LogStatement>): Answer<LogStatement> {
  const unshown = answer.kind === "states" ? answer.statement.unshown : undefined;
  return unshown === undefined ? answer : { kind: "unused", reason: describeUnshown(unshown), isUnfollowed: true };
}
