import { places } from "../host/places.ts";
import type { Receipt } from "../host/state/receipt.ts";
import { isPublisherUrl, meetsPolicy, nameRoot } from "../trust/trust-policy.ts";
import type { DesiredState } from "./desired-state.ts";
import type { ObservedFile, ObservedState, ObservedTree } from "./observed-state.ts";
import type { InstallTreeStep, Plan, PlanNote, Step, WriteFileStep } from "./plan.ts";

/** Then it has to come into the receipt again, or `uninstall` would not know of it. */
const lostReceipt = "readygo's part is in it, and the receipt does not know";

/** Minimal and pure: a host that is as desired gets a plan without steps. */
export function planInstall(desired: DesiredState, observed: ObservedState): Plan {
  const steps: Step[] = [];
  const tree = planTree(desired, observed);
  if (tree !== undefined) steps.push(tree);
  // What somebody has added below is theirs.
  if (observed.profile.text?.startsWith(desired.profile) !== true) {
    steps.push(writeStep(observed.profile, desired.profile, "login shells find Go through it"));
  } else if (!observed.profile.isManaged) {
    steps.push(writeStep(observed.profile, desired.profile, lostReceipt));
  }
  if (desired.isEditingRcFiles) {
    for (const file of observed.rcFiles) {
      if (file.edited !== (file.text ?? "")) steps.push(writeStep(file, file.edited, file.reason));
      else if (!file.isManaged) steps.push(writeStep(file, file.edited, lostReceipt));
    }
  }
  return { steps, notes: desired.isEditingRcFiles ? listNotes(observed) : [] };
}

function listNotes(observed: ObservedState): readonly PlanNote[] {
  const lines = observed.rcFiles.flatMap((file) => file.reported.map((line) => `${file.path}: ${line}`));
  return [...lines, ...observed.refusals].map((text) => ({ text }));
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

export function describeTree(tree: ObservedTree): string {
  switch (tree.kind) {
    case "absent":
      return "absent";
    case "link":
      return `link to ${tree.target}`;
    case "mount":
      return "mount point";
    case "other":
      return "not a directory";
    case "directory": {
      const name =
        tree.version === undefined
          ? "directory without a Go release"
          : `${tree.version} linux/${tree.architecture ?? "?"}`;
      if (tree.drift === undefined) return `${name}, not installed by readygo`;
      return tree.drift.length === 0 ? name : `${name}, damaged`;
    }
  }
}

function writeStep(file: ObservedFile, content: string, reason: string): WriteFileStep {
  return {
    kind: "write-file",
    target: file.path,
    owner: file.owner,
    content,
    mode: file.mode,
    beforeSha256: file.sha256,
    restores: file.restores,
    missingDirectories: file.missingDirectories,
    reason,
    before: file.text === null ? "absent" : describeSize(file.text),
    after: describeSize(content),
  };
}

function describeSize(text: string): string {
  const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  return `${lines} lines, ${text.length} bytes`;
}
