import type { PlannedChange } from "../errors/event.ts";
import type { AbsolutePath } from "../host/absolute-path.ts";
import type { KeptRelease, LeftAlone, ManagedFile } from "../host/state/receipt.ts";
import type { Architecture } from "../release/architecture.ts";
import type { GoVersion } from "../release/go-version.ts";
import type { Sha256 } from "../release/sha256.ts";
import { describeTree } from "./describe-tree.ts";

/** What every step says of itself, in `plan`'s table and in `--json`. */
interface StepBase {
  readonly target: AbsolutePath;
  /** Why, as the end of the sentence "readygo does this, because …". */
  readonly reason: string;
  /** What is there now and what will be, in words a person compares. */
  readonly before: string;
  readonly after: string;
}

/** Fetch a release into staging and exchange it with whatever stands at /usr/local/go. */
export interface InstallTreeStep extends StepBase {
  readonly kind: "install-tree";
  readonly version: GoVersion;
  readonly architecture: Architecture;
}

/** Take our tree away, or exchange it with what stood there before readygo's first run. */
export interface RemoveTreeStep extends StepBase {
  readonly kind: "remove-tree";
  readonly original: { readonly kind: "absent" } | { readonly kind: "directory" | "link"; readonly keptAs: string };
}

/** Write one file, whole. `owner` is the account whose home holds it, null for the system. */
export interface WriteFileStep extends StepBase {
  readonly kind: "write-file";
  readonly owner: string | null;
  /** Byte for byte: latin1, so that a file in any encoding survives. */
  readonly content: string;
  /** What it holds now, latin1; null where there is none. */
  readonly formerContent: string | null;
  /** For a file that is made new; one that exists keeps its own. */
  readonly mode: number;
  /** The content this step was planned on; the file must still have it. Null: the file must still be absent. */
  readonly beforeSha256: Sha256 | null;
  /** What `uninstall` is to give back: the text less our part, latin1; null where there was no file before readygo. */
  readonly restores: string | null;
  /** Directories to be made for it, outermost first. */
  readonly missingDirectories: readonly AbsolutePath[];
}

/** Make, replace or (to null) remove one link in /usr/local/bin. */
export interface LinkStep extends StepBase {
  readonly kind: "link";
  /** Where it must still lead; null: there must still be nothing. */
  readonly from: string | null;
  readonly to: string | null;
  /** True where it becomes again what it was before readygo. */
  readonly isGivenBack: boolean;
  /** Where `uninstall` is to lead it again; null: nowhere. */
  readonly restores: string | null;
  /** Directories to be made for it, outermost first; or those that were, where it goes. */
  readonly directories: readonly AbsolutePath[];
}

/** Give a file back: the very bytes from the backup, nothing where there was nothing, or the user's later text less our part. */
export interface RestoreFileStep extends StepBase {
  readonly kind: "restore-file";
  readonly managed: ManagedFile;
  readonly result:
    | { readonly kind: "backup" }
    | { readonly kind: "remove" }
    | { readonly kind: "text"; readonly content: string };
  readonly beforeSha256: Sha256;
}

/** Exchange `/usr/local/go` with a release of ours that was kept. */
export interface RollbackTreeStep extends StepBase {
  readonly kind: "rollback-tree";
  readonly kept: KeptRelease;
}

/** Keep what a file in a home needs to be restored by a later run: the home cannot be worked in now. */
export interface DeferFileStep extends StepBase {
  readonly kind: "defer-file";
  readonly managed: ManagedFile;
}

export type Step =
  | InstallTreeStep
  | RollbackTreeStep
  | RemoveTreeStep
  | WriteFileStep
  | LinkStep
  | RestoreFileStep
  | DeferFileStep;

/** Ordered; the object that is printed is the object that is applied. Notes are what was seen and is left alone. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly notes: readonly PlanNote[];
  /** Rc files of which the shells were asked and that stay as they are; where it is not given, as the receipt has it. */
  readonly leftAlone?: readonly LeftAlone[];
}

export interface PlanNote {
  readonly text: string;
  /** Whether the act says it as well, once it is done. */
  readonly isToldWhenDone?: boolean;
  readonly remedy?: string;
}

/** One thing that a run did to the host. */
export interface Change {
  readonly path: string;
  readonly change: "created" | "replaced" | "modified" | "removed";
}

/** `go1.27.4 linux/amd64`, and what goes for it. */
export function titlePlan(
  plan: Plan,
  { version, architecture }: { readonly version: GoVersion; readonly architecture: Architecture },
): string {
  const tree = plan.steps.find(({ kind }) => kind === "install-tree");
  const name = `${version} linux/${architecture}`;
  if (tree === undefined || tree.before === describeTree({ kind: "absent" })) return name;
  return tree.before.startsWith(name) ? `${name} again: ${tree.reason}` : `${name}, in place of ${tree.before}`;
}

/** What a run will change, as it is shown before. */
export function listPlannedChanges(plan: Plan): readonly PlannedChange[] {
  return plan.steps.map((step) => {
    const { target, before, after, reason } = step;
    return { verb: verbOf(step), path: target, before, after, reason };
  });
}

function verbOf(step: Step): PlannedChange["verb"] {
  switch (step.kind) {
    case "install-tree":
      return step.before === describeTree({ kind: "absent" }) ? "create" : "replace";
    case "rollback-tree":
      return "replace";
    case "remove-tree":
      return step.original.kind === "absent" ? "remove" : "restore";
    case "write-file":
      return step.beforeSha256 === null ? "create" : "edit";
    case "link":
      if (step.to === null) return "remove";
      if (step.isGivenBack) return "restore";
      return step.from === null ? "create" : "replace";
    case "restore-file":
      return step.result.kind === "remove" ? "remove" : "restore";
    case "defer-file":
      return "leave";
  }
}
