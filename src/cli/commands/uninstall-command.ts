import { hashBytes } from "../../release/sha256.ts";
import { applyUninstall } from "../../apply/apply-uninstall.ts";
import { readBackup } from "../../apply/backups.ts";
import { listPartial, removePartial } from "../../apply/partial-download.ts";
import { isPassing, readUnfinished, type UnfinishedFile } from "../../apply/unfinished-files.ts";
import { ProvisionError } from "../../errors/provision-error.ts";
import { HomeRefusal } from "../../host/home/home-refusal.ts";
import { places } from "../../host/places.ts";
import { readReceipt } from "../../host/state/read-receipt.ts";
import type { ManagedFile, Receipt } from "../../host/state/receipt.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import { observeTree } from "../../observe/observe-tree.ts";
import { planUninstall, type ManagedFileNow } from "../../plan/plan-uninstall.ts";
import type { Plan } from "../../plan/plan.ts";
import { describeSteps } from "../../report/format-plan.ts";
import { removeOurPart } from "../../shell/remove-block.ts";
import type { Command, CommandResult } from "../command.ts";
import { requireRoot } from "../../provision/preflight.ts";
import { recoverHost } from "../../provision/recover-host.ts";
import type { Session } from "../../provision/session.ts";
import { withLock } from "../../provision/with-lock.ts";

export const uninstallCommand: Command = {
  name: "uninstall",
  positional: undefined,
  summary: "Give the host back as it was before the first run",
  options: {},
  examples: [
    ["uninstall", "tree, rc files and readygo's own state"],
    ["uninstall --root /mnt/image", "of an image that is mounted"],
  ],
  async run(session) {
    requireRoot(session, "uninstall");
    await recoverHost(session);
    if (readReceipt(session.files) === undefined && listPartial(session).length === 0) {
      return nothingInstalled(readUnfinished(session.files));
    }
    return withLock(session, async () => {
      const receipt = readReceipt(session.files);
      if (receipt !== undefined) return uninstall(session, receipt);
      const unfinished = readUnfinished(session.files);
      return removePartial(session) ? onlyPartial(unfinished) : nothingInstalled(unfinished);
    });
  },
};

function nothingInstalled(unfinished: readonly UnfinishedFile[]): CommandResult {
  return {
    status: "unchanged",
    version: null,
    previous: null,
    changes: [],
    checks: [],
    exit: 0,
    text: `unchanged: readygo has installed nothing on this host${describeRest(unfinished)}`,
    extra: { unfinished },
  };
}

/** An install that could fetch a part of its archive and was never finished. */
function onlyPartial(unfinished: readonly UnfinishedFile[]): CommandResult {
  return {
    ...nothingInstalled(unfinished),
    status: "changed",
    changes: [{ path: places.partial, change: "removed" }],
    text: `a part of an archive was removed; readygo has installed nothing on this host${describeRest(unfinished)}`,
  };
}

function describeRest(unfinished: readonly UnfinishedFile[]): string {
  if (unfinished.length === 0) return "";
  return `; still to be restored, by the next run: ${unfinished.map(({ path }) => path).join(", ")}`;
}

async function uninstall(session: Session, receipt: Receipt): Promise<CommandResult> {
  const mountInfo = session.machine.read(absolutePath("/proc/self/mountinfo"))?.toString("utf8") ?? "";
  const tree = observeTree(session.files, receipt, { mountInfo, isThorough: false });
  const files = await Promise.all(receipt.files.map((managed) => observeManagedFile(session, managed)));
  const plan = planUninstall({ ...receipt, original: findOriginal(session, receipt) }, tree, files);
  for (const line of describeSteps(plan)) session.emit({ kind: "notice", text: line });
  for (const { text, remedy } of plan.notes)
    session.emit({ kind: "warning", text, ...(remedy === undefined ? {} : { remedy }) });
  const { changes, unfinished } = await applyUninstall(session, { plan });
  return {
    status: "changed",
    version: null,
    previous: receipt.version,
    changes,
    checks: [],
    exit: 0,
    text: describeEnd(plan, receipt) + describeRest(unfinished),
    extra: { unfinished },
  };
}

/** What is to come back; absent where it is no longer what the receipt says. */
function findOriginal(session: Session, { original }: Receipt): Receipt["original"] {
  if (original.kind === "absent") return original;
  const path = absolutePath(places.previous, original.keptAs);
  if (session.files.stat(path)?.kind === original.kind) return original;
  session.emit({
    kind: "warning",
    text: `${path}, which stood at ${places.goroot} before readygo, is gone or has become something else: nothing is brought back`,
  });
  return { kind: "absent" };
}

function describeEnd(plan: Plan, { version }: Receipt): string {
  const step = plan.steps.find(({ kind }) => kind === "remove-tree");
  if (step?.kind !== "remove-tree") return `readygo's files are gone; ${places.goroot} was left as it is`;
  const before =
    step.original.kind === "absent" ? "there was no Go before it" : `what was at ${places.goroot} before is back`;
  return `${version} was removed; ${before}`;
}

async function observeManagedFile(session: Session, managed: ManagedFile): Promise<ManagedFileNow> {
  const { path, owner } = managed;
  const { content, refusal } = await readManaged(session, managed);
  const text = content?.toString("latin1") ?? null;
  return {
    path,
    owner,
    managed,
    refusal,
    isBackupWhole:
      managed.before !== null && readBackup(session.files, managed.before.backup, managed.before.sha256) !== undefined,
    text,
    sha256: content === undefined ? null : hashBytes(content),
    without: text === null ? "" : removeOurPart(path, owner, text),
  };
}

async function readManaged(
  session: Session,
  { path, owner }: ManagedFile,
): Promise<{ readonly content: Buffer | undefined; readonly refusal: ManagedFileNow["refusal"] }> {
  try {
    const content = owner === null ? session.files.read(path) : (await session.home(owner).read(path))?.content;
    return { content, refusal: undefined };
  } catch (error) {
    // Left alone it would keep our part for good, since what it was before goes with readygo's state.
    if (error instanceof HomeRefusal && error.kind === "read-only") {
      throw new ProvisionError("step-failed", `${path} cannot be put back: ${error.message}; nothing was changed`, {
        remedy: [`findmnt --target ${path}  shows what is mounted there; make it writable, then  readygo uninstall`],
        cause: error,
      });
    }
    // The account may be gone, or its file have become something that is not to be touched.
    if (error instanceof HomeRefusal || (error instanceof ProvisionError && error.code === "user-unknown")) {
      return { content: undefined, refusal: { reason: error.message, isPassing: isPassing(error) } };
    }
    throw error;
  }
}
