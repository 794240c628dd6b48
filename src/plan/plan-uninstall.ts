import { places } from "../host/places.ts";
import type { ManagedFile, Receipt } from "../host/receipt.ts";
import type { ObservedFile, ObservedTree } from "./observed-state.ts";
import { describeTree } from "./plan-install.ts";
import type { Plan, PlanNote, RestoreFileStep, Step } from "./plan.ts";

/** What `uninstall` looks at: each managed file as it is now, and its text less our part. */
export interface ManagedFileNow extends Pick<ObservedFile, "path" | "owner" | "text" | "sha256"> {
  readonly managed: ManagedFile;
  /** Why it cannot be worked with safely; then it is left alone. */
  readonly refusal: string | undefined;
  /** Without its backup, a file gets its text without our part. */
  readonly isBackupThere: boolean;
  /** The text without our block, disabled lines given back. */
  readonly without: string;
}

/** Pure. Nothing that readygo did not make is removed; what was there before its first run comes back. */
export function planUninstall(receipt: Receipt, tree: ObservedTree, files: readonly ManagedFileNow[]): Plan {
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
  for (const file of files) {
    if (file.text !== null && file.sha256 !== file.managed.sha256 && file.without === file.text) {
      notes.push({ text: `readygo's part is gone from ${file.path} already` });
      continue;
    }
    if (file.refusal !== undefined) {
      notes.push({
        text: `${file.path} is left alone: ${file.refusal}`,
        remedy: `take readygo's block out of ${file.path}`,
      });
      continue;
    }
    const step = planFile(file);
    if (step === undefined) notes.push({ text: `${file.path} is gone already` });
    else steps.push(step);
  }
  return { steps, notes };
}

function planFile(file: ManagedFileNow): RestoreFileStep | undefined {
  const { managed, text, sha256 } = file;
  if (text === null || sha256 === null) return undefined;
  const step = {
    kind: "restore-file",
    target: file.path,
    managed,
    beforeSha256: sha256,
    before: "with readygo's part",
  } as const;
  if (sha256 === managed.sha256 && (managed.before === null || file.isBackupThere)) {
    return managed.before === null
      ? { ...step, reason: "readygo made it", after: "absent", result: { kind: "remove" } }
      : { ...step, reason: "it is as readygo left it", after: "the bytes of before", result: { kind: "backup" } };
  }
  const isEmptied = (managed.before === null || managed.owner === null) && file.without.trim() === "";
  return {
    ...step,
    reason:
      sha256 === managed.sha256
        ? "its backup is gone: only readygo's part goes"
        : "it was edited since: only readygo's part goes",
    after: isEmptied ? "absent" : "without readygo's part",
    result: isEmptied ? { kind: "remove" } : { kind: "text", content: file.without },
  };
}
