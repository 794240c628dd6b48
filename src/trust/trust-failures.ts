import { catalogue } from "../errors/error-codes.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import type { TrustEvidence } from "../host/state/receipt.ts";
import type { ReportEvent } from "../errors/event.ts";
import type { GoVersion } from "../release/go-version.ts";
import { nameRoot, type TrustPolicy, type TrustRoot } from "./trust-policy.ts";

/** An archive that is on its way, and what is asked of it. */
export interface JudgedArchive {
  readonly kind: "tar.gz" | "zip";
  readonly version: GoVersion;
  readonly policy: TrustPolicy;
  readonly fileName: string;
  /** Whoever can change some of its bytes can change the publisher's JSON too. */
  readonly isFromPublisher: boolean;
}

/** A root that took no part, with its reason. */
export interface UnusedRoot {
  readonly root: TrustRoot;
  readonly reason: string;
  /** The log whose tree cannot be shown to continue the kept one. */
  readonly isUnfollowed?: true;
}

/** One root refuses what others prove: which of them is right is not ours to guess. */
export function rootsDisagree(
  fileName: string,
  trust: readonly TrustEvidence[],
  refusal: ProvisionError,
): ProvisionError {
  return new ProvisionError("roots-disagree", `the trust roots disagree on ${fileName}: ${refusal.message}`, {
    details: { ...refusal.details, ...describeTrust(trust) },
  });
}

/** Fewer roots than the policy asks for; those that could not be used are listed with their reasons. */
export function insufficientTrust(
  { version, policy, fileName, isFromPublisher }: JudgedArchive,
  { trust, unused }: { readonly trust: readonly TrustEvidence[]; readonly unused: readonly UnusedRoot[] },
): ProvisionError {
  const details = {
    ...describeTrust(trust),
    ...Object.fromEntries(unused.map(({ root, reason }) => [nameRoot(root), `not used: ${reason}`])),
  };
  if (policy === "log" && unused.some(({ isUnfollowed }) => isUnfollowed === true)) {
    return new ProvisionError(
      "log-unfollowed",
      `the checksum database cannot prove ${fileName}: that it still has what this host has seen in it cannot be shown`,
      { details },
    );
  }
  const number = version.slice(2);
  const byHash = `readygo install ${number} --sha256 HASH  with the hash of ${fileName} from https://go.dev/dl/`;
  const byProxy = `readygo install ${number} --source goproxy  takes it from the module proxy, proven by the checksum database`;
  if (trust.length === 0) {
    return new ProvisionError(
      "checksum-unknown",
      `nothing proves ${fileName}: it is not pinned, and no other trust root could be asked`,
      { details, remedy: [byHash, byProxy] },
    );
  }
  const least = {
    any: isFromPublisher ? "one that does not depend on the host that served the archive" : "one",
    two: "two, one of them independent of the host that served the archive",
    log: "the checksum database",
  };
  return new ProvisionError(
    "policy-unmet",
    `${trust.map(({ root }) => nameRoot(root)).join(" and ")} alone proves ${fileName}; --trust ${policy} asks for ${least[policy]}`,
    { details, remedy: policy === "log" ? [byProxy] : [byHash, byProxy] },
  );
}

function describeTrust(trust: readonly TrustEvidence[]): Readonly<Record<string, string>> {
  return Object.fromEntries(trust.map(({ root, evidence }) => [nameRoot(root), evidence]));
}

/** Any network fails now and then; what a forked log's mirror would do as well is more than a notice. */
export function describeUnused({ root, reason, isUnfollowed }: UnusedRoot): ReportEvent {
  const text = `${nameRoot(root)} is not used: ${reason}`;
  if (isUnfollowed !== true) return { kind: "notice", text };
  return { kind: "warning", text, remedy: catalogue["log-unfollowed"].remedy[0] };
}

/** No root refuses the bytes, and too few prove them. */
export function isTooLittle(code: ProvisionError["code"]): boolean {
  return code === "checksum-unknown" || code === "policy-unmet" || code === "log-unfollowed";
}
