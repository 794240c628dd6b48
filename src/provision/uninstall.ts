import { recoverHost, withLock } from "./recover-host.ts";
import { type ManagedFile, readReceipt, type Receipt } from "../host/state/receipt.ts";
import { hashBytes } from "../release/sha256.ts";
import { applyUninstall } from "../apply/apply-uninstall.ts";
import { readBackup } from "../host/state/backups.ts";
import { listPartial, removePartial } from "../apply/partial-download.ts";
import { isPassing, readUnfinished, type UnfinishedFile } from "../apply/unfinished-files.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { HomeRefusal } from "../host/home/home-refusal.ts";
import { places } from "../host/places.ts";
import { absolutePath } from "../host/absolute-path.ts";
import { observeLinks } from "../observe/observe-links.ts";
import { observeTree } from "../observe/observe-tree.ts";
import { planUninstall, type ManagedFileNow } from "../plan/plan-uninstall.ts";
import { type Change, listPlannedChanges, type Plan } from "../plan/plan.ts";
import { removeOurPart } from "../shell/rc-block.ts";
import { readFollowedReceipt } from "./follow-homes.ts";
import { checkWritable, requireRoot } from "./preflight.ts";
import type { Session } from "./session.ts";

/** `plan` and `version` are undefined where no release was installed. */
export interface UninstallResult {
  readonly plan: Plan | undefined;
  readonly version: Receipt["version"] | undefined;
  readonly changes: readonly Change[];
  /** Files in homes that the next run restores. */
  readonly unfinished: readonly UnfinishedFile[];
}

/** Gives the host back as it was before the first run. */
export async function uninstall(session: Session): Promise<UninstallResult> {
  requireRoot(session, "uninstall");
  await recoverHost(session);
  const nothing = (changes: readonly Change[]): UninstallResult => ({
    plan: undefined,
    version: undefined,
    changes,
    unfinished: readUnfinished(session.files),
  });
  if (readReceipt(session.files) === undefined && listPartial(session).length === 0) return nothing([]);
  return withLock(session, async () => {
    const receipt = readFollowedReceipt(session);
    if (receipt !== undefined) return removeRelease(session, receipt);
    // An install that could fetch a part of its archive and was never finished.
    return nothing(removePartial(session) ? [{ path: places.partial, change: "removed" }] : []);
  });
}

/** What `uninstall` would do now: nothing is changed but what an earlier run left unfinished. */
export async function previewUninstall(session: Session): Promise<Pick<UninstallResult, "plan" | "version">> {
  requireRoot(session, "uninstall");
  await recoverHost(session);
  const receipt = readFollowedReceipt(session);
  return receipt === undefined
    ? { plan: undefined, version: undefined }
    : { plan: await planRemoval(session, receipt), version: receipt.version };
}

async function planRemoval(session: Session, receipt: Receipt): Promise<Plan> {
  const mountInfo = session.machine.read(absolutePath("/proc/self/mountinfo"))?.toString("utf8") ?? "";
  const tree = observeTree(session.files, receipt, { mountInfo, isThorough: false });
  const files = await Promise.all(receipt.files.map((managed) => observeManagedFile(session, managed)));
  const plan = planUninstall(
    { ...receipt, original: findOriginal(session, receipt) },
    {
      tree,
      files,
      links: observeLinks(session.files),
    },
  );
  checkWritable(session, plan);
  return plan;
}

async function removeRelease(session: Session, receipt: Receipt): Promise<UninstallResult> {
  const plan = await planRemoval(session, receipt);
  session.emit({ kind: "plan", title: `without ${receipt.version}`, changes: listPlannedChanges(plan) });
  for (const { text, remedy } of plan.notes)
    session.emit({ kind: "warning", text, ...(remedy === undefined ? {} : { remedy }) });
  const { changes, unfinished } = await applyUninstall(session, { plan, receipt });
  return { plan, version: receipt.version, changes, unfinished };
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
    without: text === null ? "" : removeOurPart(owner, text),
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
      throw new ProvisionError("step-failed", `${path} cannot be restored: ${error.message}; nothing was changed`, {
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
