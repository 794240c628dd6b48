import { places } from "../host/places.ts";
import type { ManagedFile, Receipt } from "../host/state/receipt.ts";
import type { ObservedFile, ObservedLinks, ObservedTree } from "./observed-state.ts";
import { describeTree } from "./describe-tree.ts";
import { planLinkRemoval } from "./plan-links.ts";
import type { DeferFileStep, Plan, PlanNote, RestoreFileStep, Step } from "./plan.ts";

/** What `uninstall` looks at: each managed file as it is now, and its text less our part. */
export interface ManagedFileNow extends Pick<ObservedFile, "path" | "owner" | "text" | "sha256"> {
  readonly managed: ManagedFile;
  /** Why it cannot be worked with safely. */
  readonly refusal:
    | {
        readonly reason: string;
        /** Whether a later run may be able to. */
        readonly isPassing: boolean;
      }
    | undefined;
  /** Whether its backup is there with the bytes that were put into it; without, only our part goes. */
  readonly isBackupWhole: boolean;
  /** The text without our block, disabled lines given back. */
  readonly without: string;
}

interface HostNow {
  readonly tree: ObservedTree;
  readonly links: ObservedLinks;
  readonly files: readonly ManagedFileNow[];
}

/** Pure. Nothing that readygo did not make is removed; what was there before its first run comes back. */
export function planUninstall(receipt: Receipt, { tree, links, files }: HostNow): Plan {
  const steps: Step[] = [];
  const notes: PlanNote[] = [];
  const isOurs = tree.kind === "directory" && tree.drift !== undefined;
  if (isOurs || (tree.kind === "absent" && receipt.original.kind !== "absent")) {
    steps.push({
      kind: "remove-tree",
      target: places.goroot,
      original: receipt.original,
      reason: isOurs ? "readygo installed it" : "something stood there before readygo's first run",
      before: describeTree(tree),
      after:
        receipt.original.kind === "absent" ? "absent" : `the ${receipt.original.kind} that was there before readygo`,
    });
  } else if (tree.kind !== "absent") {
    notes.push({ text: `${places.goroot} is not what readygo installed (${describeTree(tree)}); it is left alone` });
    if (receipt.original.kind !== "absent") {
      notes.push({ text: `what was there before readygo stays in ${places.previous}/${receipt.original.keptAs}` });
    }
  }
  const removals = planLinkRemoval(links.found, receipt.links, "readygo made it");
  steps.push(...removals);
  for (const { path } of receipt.links) {
    if (!removals.some(({ target }) => target === path))
      notes.push({ text: `${path} is not readygo's link any more; it is left alone` });
  }
  for (const file of files) {
    if (file.text !== null && file.sha256 !== file.managed.sha256 && file.without === file.text) {
      notes.push({ text: `readygo's part is gone from ${file.path} already` });
      continue;
    }
    if (file.refusal !== undefined) {
      const { reason, isPassing } = file.refusal;
      if (isPassing) steps.push(deferFile(file, reason));
      else {
        notes.push({
          text: `${file.path} is left alone: ${reason}`,
          remedy: `take readygo's block out of ${file.path}`,
        });
      }
      continue;
    }
    if (file.text !== null && file.managed.before !== null && !file.isBackupWhole) {
      notes.push({
        text: `${places.backups}/${file.managed.before.backup}, the backup of ${file.path}, is gone or was changed: only readygo's part is taken out`,
      });
    }
    const step = planRestore(file);
    if (step === undefined) notes.push({ text: `${file.path} is gone already` });
    else steps.push(step);
  }
  return { steps, notes };
}

function deferFile({ path, managed }: ManagedFileNow, reason: string): DeferFileStep {
  return {
    kind: "defer-file",
    target: path,
    managed,
    reason,
    before: "with readygo's part",
    after: "restored by the next run that can",
  };
}

/** How a file loses our part; undefined where it is gone already. */
export function planRestore(file: ManagedFileNow): RestoreFileStep | undefined {
  const { managed, text, sha256 } = file;
  if (text === null || sha256 === null) return undefined;
  const step = {
    kind: "restore-file",
    target: file.path,
    managed,
    beforeSha256: sha256,
    before: "with readygo's part",
  } as const;
  if (sha256 === managed.sha256 && managed.before !== null && file.isBackupWhole) {
    return { ...step, reason: "it is as readygo left it", after: "the bytes of before", result: { kind: "backup" } };
  }
  // Whatever the receipt says of who made it: a file with something else in it is somebody's.
  const isEmptied = (managed.before === null || managed.owner === null) && file.without.trim() === "";
  if (isEmptied && managed.before === null && sha256 === managed.sha256) {
    return { ...step, reason: "readygo made it", after: "absent", result: { kind: "remove" } };
  }
  return {
    ...step,
    reason:
      sha256 === managed.sha256 && managed.before !== null
        ? "its backup cannot be used: only readygo's part goes"
        : "it was edited since: only readygo's part goes",
    after: isEmptied ? "absent" : "without readygo's part",
    result: isEmptied ? { kind: "remove" } : { kind: "text", content: file.without },
  };
}
