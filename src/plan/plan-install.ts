import { nameSome } from "../errors/name-some.ts";
import { places } from "../host/places.ts";
import type { Receipt } from "../host/state/receipt.ts";
import { isPublisherUrl, meetsPolicy, nameRoot } from "../trust/trust-policy.ts";
import type { DesiredState } from "./desired-state.ts";
import { profileText, removeOurProfile } from "../shell/managed-block.ts";
import type { ObservedFile, ObservedState } from "./observed-state.ts";
import { describeTree } from "./describe-tree.ts";
import { planLinks } from "./plan-links.ts";
import { planRcFiles } from "./plan-rc-files.ts";
import { lostReceipt, planWrite } from "./plan-write.ts";
import type { InstallTreeStep, Plan, PlanNote, WriteFileStep } from "./plan.ts";

/** Minimal and pure: a host that is as desired gets a plan without steps. */
export function planInstall(desired: DesiredState, observed: ObservedState): Plan {
  const tree = planTree(desired, observed);
  const profile = planProfile(observed.profile);
  const links = planLinks(desired, observed.links, observed.receipt?.links ?? []);
  const steps = [...(tree === undefined ? [] : [tree]), ...(profile === undefined ? [] : [profile]), ...links.steps];
  const notes = [...links.notes, ...(tree === undefined ? [] : noteAdditions(desired, observed))];
  if (!desired.isEditingRcFiles) return { steps, notes };
  const rc = planRcFiles(desired, observed);
  return {
    steps: [...steps, ...rc.steps],
    notes: [...notes, ...rc.notes, ...observed.refusals.map((text) => ({ text }))],
    leftAlone: rc.leftAlone,
  };
}

/** What somebody has added below is theirs. */
function planProfile(profile: ObservedFile): WriteFileStep | undefined {
  const text = profile.text ?? "";
  if (!text.startsWith(profileText)) {
    const added = removeOurProfile(text);
    const isOlder = added !== text;
    return planWrite(profile, isOlder ? profileText + added : profileText, "login shells find Go through it");
  }
  return profile.isManaged ? undefined : planWrite(profile, text, lostReceipt);
}

function planTree(desired: DesiredState, observed: ObservedState): InstallTreeStep | undefined {
  const reason = explainTree(desired, observed);
  if (reason === undefined) return undefined;
  return {
    kind: "install-tree",
    target: places.goroot,
    version: desired.version,
    architecture: desired.architecture,
    reason,
    before: describeTree(observed.tree),
    after: `${desired.version} linux/${desired.architecture}`,
  };
}

function noteAdditions({ isKeepingTools }: DesiredState, { tree, receipt }: ObservedState): readonly PlanNote[] {
  const additions = (tree.kind === "directory" ? tree.additions : undefined) ?? [];
  if (additions.length === 0) return [];
  const version = receipt?.version ?? "the release";
  const offer = isKeepingTools ? ", programs of its bin to /usr/local/bin" : "";
  const hasTools = additions.some((path) => path.startsWith("bin/"));
  const hint = !isKeepingTools && hasTools ? " (--keep-tools: programs of its bin to /usr/local/bin)" : "";
  return [
    {
      text: `what is not of ${version} moves to ${places.previous}/added-to-${version}${offer}${hint}: ${nameSome(additions)}`,
      isToldWhenDone: true,
    },
  ];
}

/** Why the tree has to be put there; undefined where what stands there is what was asked for. */
function explainTree(desired: DesiredState, { tree, receipt }: ObservedState): string | undefined {
  if (tree.kind === "absent") return "there is no Go at /usr/local/go";
  if (tree.kind === "link") return "/usr/local/go is a link; its target stays as it is";
  if (tree.kind !== "directory") return "/usr/local/go is no directory";
  if (receipt === undefined || tree.drift === undefined) return explainForeign(tree.differences, receipt);
  if (receipt.version !== desired.version) return `${desired.version} was asked for`;
  if (receipt.architecture !== desired.architecture) return `linux/${desired.architecture} was asked for`;
  if (tree.drift.length > 0) return `the tree is not whole: ${tree.drift.join(", ")}`;
  return explainTrust(desired, receipt);
}

/** What is asked of the archive is asked of the one that was installed, too: else it would be passed over in silence. */
function explainTrust({ policy, sha256 }: DesiredState, { archive, trust }: Receipt): string | undefined {
  if (sha256 !== undefined && sha256 !== archive.sha256)
    return `it came from an archive with another hash than --sha256: ${archive.sha256}`;
  const roots = trust.map(({ root }) => root);
  // Without a policy nothing new was asked of the host.
  if (policy === "any" || meetsPolicy(policy, roots, isPublisherUrl(archive.from))) return undefined;
  return `--trust ${policy} asks for more than the roots that proved it: ${roots.map(nameRoot).join(", ") || "nothing"}`;
}

/** A release that was unpacked over readygo's leaves files of both: they are what "redeclared in this block" comes from. */
function explainForeign(differences: readonly string[] | undefined, receipt: Receipt | undefined): string {
  const what = "readygo did not install what stands there";
  if (differences === undefined || receipt === undefined) return what;
  return `${what}; against its ${receipt.version}: ${differences.join(", ")}`;
}
