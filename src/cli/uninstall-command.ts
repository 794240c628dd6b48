import { hashBytes } from "../release/sha256.ts";
import { applyUninstall } from "../apply/apply-uninstall.ts";
import { listPartial, removePartial } from "../apply/partial-download.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { HomeRefusal } from "../host/home-refusal.ts";
import { places } from "../host/places.ts";
import { readReceipt } from "../host/read-receipt.ts";
import type { ManagedFile, Receipt } from "../host/receipt.ts";
import { absolutePath } from "../host/absolute-path.ts";
import { observeTree } from "../plan/observe-tree.ts";
import { planUninstall, type ManagedFileNow } from "../plan/plan-uninstall.ts";
import type { Plan } from "../plan/plan.ts";
import { describeSteps } from "../report/format-plan.ts";
import { dialectOf } from "../shell/dialect-of.ts";
import { profileText } from "../shell/managed-block.ts";
import { removeFromRcFile } from "../shell/remove-block.ts";
import type { Command, CommandResult } from "./command.ts";
import { requireRoot } from "./preflight.ts";
import { recoverHost } from "./recover-host.ts";
import type { Session } from "./session.ts";
import { withLock } from "./with-lock.ts";

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
    if (readReceipt(session.files) === undefined && listPartial(session).length === 0) return nothingInstalled;
    return withLock(session, async () => {
      const receipt = readReceipt(session.files);
      if (receipt !== undefined) return uninstall(session, receipt);
      return removePartial(session) ? onlyPartial : nothingInstalled;
    });
  },
};

const nothingInstalled: CommandResult = {
  status: "unchanged",
  version: null,
  previous: null,
  changes: [],
  checks: [],
  exit: 0,
  text: "unchanged: readygo has installed nothing on this host",
};

/** An install that could fetch a part of its archive and was never finished. */
const onlyPartial: CommandResult = {
  ...nothingInstalled,
  status: "changed",
  changes: [{ path: places.partial, change: "removed" }],
  text: "a part of an archive was removed; readygo has installed nothing on this host",
};

async function uninstall(session: Session, receipt: Receipt): Promise<CommandResult> {
  const mountInfo = session.machine.read(absolutePath("/proc/self/mountinfo"))?.toString("utf8") ?? "";
  const tree = observeTree(session.files, receipt, { mountInfo, isThorough: false });
  const files = await Promise.all(receipt.files.map((managed) => observeManagedFile(session, managed)));
  const plan = planUninstall(receipt, tree, files);
  for (const line of describeSteps(plan)) session.emit({ kind: "notice", text: line });
  for (const { text, remedy } of plan.notes)
    session.emit({ kind: "warning", text, ...(remedy === undefined ? {} : { remedy }) });
  const changes = await applyUninstall(session, { plan });
  return {
    status: "changed",
    version: null,
    previous: receipt.version,
    changes,
    checks: [],
    exit: 0,
    text: describeEnd(plan, receipt),
  };
}

function describeEnd(plan: Plan, receipt: Receipt): string {
  if (!plan.steps.some(({ kind }) => kind === "remove-tree"))
    return `readygo's files are gone; ${places.goroot} was left as it is`;
  const before =
    receipt.original.kind === "absent" ? "there was no Go before it" : `what was at ${places.goroot} before is back`;
  return `${receipt.version} was removed; ${before}`;
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
    isBackupThere:
      managed.before !== null && session.files.stat(absolutePath(places.backups, managed.before.backup)) !== undefined,
    text,
    sha256: content === undefined ? null : hashBytes(content),
    without: text === null ? "" : removeOurs(managed, text),
  };
}

/** A file of the system is ours from its first line on, without marks. */
function removeOurs({ path, owner }: ManagedFile, text: string): string {
  if (owner !== null) return removeFromRcFile(text, dialectOf(path));
  return text.startsWith(profileText()) ? text.slice(profileText().length) : text;
}

async function readManaged(
  session: Session,
  { path, owner }: ManagedFile,
): Promise<{ readonly content: Buffer | undefined; readonly refusal: string | undefined }> {
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
      return { content: undefined, refusal: error.message };
    }
    throw error;
  }
}
