import { programOf, type ShellAnswers } from "../environment/shell-answer.ts";
import { type ActiveManager, findActiveManager } from "../environment/version-manager.ts";
import { commandLinks, isForeignGoroot, places } from "../host/places.ts";
import type { LeftAlone } from "../host/state/receipt.ts";
import { type FoundBlock, findBlock, hasBlock, putBlock, removeBlock } from "../shell/rc-block.ts";
import type { DesiredState } from "./desired-state.ts";
import type { ObservedRcFile, ObservedState } from "./observed-state.ts";
import { planRestore } from "./plan-uninstall.ts";
import type { PlanNote, RestoreFileStep, WriteFileStep } from "./plan.ts";
import { lostReceipt, planWrite } from "./plan-write.ts";

export interface RcPlan {
  readonly steps: readonly (WriteFileStep | RestoreFileStep)[];
  readonly notes: readonly PlanNote[];
  /** For the receipt: of this account as it is now, of others as it was. */
  readonly leftAlone: readonly LeftAlone[];
}

/**
 * One block at the end of each file that a shell reads last. No line of the account's is changed; where a version manager
 * chooses the account's Go, no block is put there. Pure: what the shells have was asked before.
 */
export function planRcFiles(
  { hasLinks, hasGobin, account }: Pick<DesiredState, "hasLinks" | "hasGobin" | "account">,
  { rcFiles, shells, receipt }: Pick<ObservedState, "rcFiles" | "shells" | "receipt">,
): RcPlan {
  const manager = shells === undefined ? undefined : findActiveManager(shells);
  const isHolding = shells === undefined || doesHold(shells);
  const steps: (WriteFileStep | RestoreFileStep)[] = [];
  const leftAlone = (receipt?.leftAlone ?? []).filter(({ owner }) => owner !== account.name);
  const notes: PlanNote[] = manager === undefined ? [] : [describeManager(manager, account.name)];
  for (const file of rcFiles) {
    // What an earlier run decided of the very same file holds until the shells are asked again.
    const wanted =
      shells === undefined && file.isLeftAlone
        ? (file.text ?? "")
        : chooseText(file, { manager, hasLinks, hasGobin, isHolding });
    const step = planFile(file, wanted, manager);
    const isDecided = shells !== undefined || file.isLeftAlone;
    const isEditKept = isDecided && step === undefined && file.managed?.sha256 !== file.sha256;
    if (file.isChosen && (isEditKept || !hasBlock(wanted)))
      leftAlone.push({ path: file.path, owner: file.owner, sha256: file.sha256 });
    if (file.isChosen && manager === undefined && !file.isClosed) notes.push(describeOpenEnd(file));
    if (step !== undefined) steps.push(step);
  }
  if (
    shells !== undefined &&
    manager === undefined &&
    !isHolding &&
    steps.length === 0 &&
    rcFiles.some(({ isManaged }) => isManaged)
  ) {
    notes.push({
      text: `${account.name}'s shells find another go first, though readygo's block is in its place, or where the account has moved it`,
      remedy: "readygo verify  names the file and line that put it there",
    });
  }
  return { steps: steps.map((step) => inheritDirectories(step, steps)), notes, leftAlone };
}

/** What was made for a file that goes is from then on made for the one that lies in it too, and goes with that. */
function inheritDirectories<Some extends WriteFileStep | RestoreFileStep>(
  step: Some,
  steps: readonly (WriteFileStep | RestoreFileStep)[],
): Some {
  if (step.kind !== "write-file") return step;
  const inherited = steps.flatMap((other) => (other.kind === "restore-file" ? other.managed.createdDirectories : []));
  const above = inherited.filter((directory) => step.target.startsWith(`${directory}/`));
  return { ...step, missingDirectories: [...new Set([...above, ...step.missingDirectories])] };
}

interface Circumstances {
  readonly manager: ActiveManager | undefined;
  readonly hasLinks: boolean;
  readonly hasGobin: boolean;
  /** Whether the account's shells have this Go first, or were not asked. */
  readonly isHolding: boolean;
}

function chooseText(file: ObservedRcFile, { manager, hasLinks, hasGobin, isHolding }: Circumstances): string {
  const text = file.text ?? "";
  if (!file.isChosen || manager !== undefined) return removeBlock(text);
  const block = { dialect: file.dialect, hasGobin };
  const found = findBlock(text, block);
  if (!file.isClosed) return text;
  const place = hasLinks ? "end" : "before-guard";
  if (found === undefined) return putBlock(text, block, place);
  if (isMovedByUser(file, hasGobin)) return found.isCurrent ? text : putBlock(text, block, "same");
  if (found.isCurrent && (isLast(found) || isHolding)) return hasLinks ? text : putBlock(text, block, place);
  return putBlock(text, block, place);
}

/**
 * Whether somebody has moved the block since a run wrote it: the rest is still what it was and only the place differs, or
 * what was the last line above it stands below it now.
 */
function isMovedByUser({ text, dialect, managed, sha256, backup }: ObservedRcFile, hasGobin: boolean): boolean {
  if (text === null || managed === undefined || managed.sha256 === sha256) return false;
  const before = managed.before === null ? "" : backup;
  if (before === undefined) return false;
  const rest = removeBlock(text);
  if (rest === before) return true;
  const found = findBlock(text, { dialect, hasGobin });
  if (found === undefined || !found.isCurrent || isLast(found)) return false;
  const last = before.trimEnd().split("\n").at(-1) ?? "";
  return last !== "" && found.below.split("\n").includes(last) && !found.above.split("\n").includes(last);
}

function isLast({ below }: FoundBlock): boolean {
  return below.trim() === "";
}

/** Whether every shell that answered finds this Go, and no GOROOT of another. */
function doesHold({ login, interactive }: ShellAnswers): boolean {
  const ours: readonly string[] = [places.goBinary, ...commandLinks.map(({ path }) => path)];
  return [login, interactive].every(
    (answer) =>
      answer.kind !== "answered" || (ours.includes(programOf(answer) ?? "") && !isForeignGoroot(answer.env["GOROOT"])),
  );
}

function planFile(
  file: ObservedRcFile,
  wanted: string,
  manager: ActiveManager | undefined,
): WriteFileStep | RestoreFileStep | undefined {
  const { text, sha256, managed, isManaged, owner, path } = file;
  if (wanted === (text ?? "")) return hasBlock(wanted) && !isManaged ? planWrite(file, wanted, lostReceipt) : undefined;
  if (hasBlock(wanted)) {
    return planWrite(
      file,
      wanted,
      hasBlock(text ?? "")
        ? "readygo's block in it is an older one, or not in its place"
        : "shells that read it last find this Go first",
    );
  }
  if (sha256 === null) return undefined;
  const restored = planRestore({
    path,
    owner,
    text,
    sha256,
    managed: managed ?? { path, owner, sha256, before: null, createdDirectories: [] },
    refusal: undefined,
    isBackupWhole: file.backup !== undefined,
    without: wanted,
  });
  if (restored === undefined) return undefined;
  return {
    ...restored,
    reason:
      manager === undefined
        ? "another file of the shell's is read later"
        : `${manager.name} chooses the Go of ${owner}'s shells`,
  };
}

function describeManager({ name, go, shell, handOver }: ActiveManager, account: string): PlanNote {
  return {
    text: `${account}'s ${shell} shell takes go from ${name} (${go}): that is the account's own choice, and its files get no block`,
    remedy: `to hand over to /usr/local/go:  ${handOver},  then  readygo install`,
  };
}

function describeOpenEnd({ path, dialect }: ObservedRcFile): PlanNote {
  const shell = dialect === "sh" ? "bash" : dialect;
  return {
    text: `${path} does not parse, or ends in a quote or here-document that is never closed: it gets no block`,
    remedy: `correct what  ${shell} -n ${path}  says, then  readygo install`,
  };
}
