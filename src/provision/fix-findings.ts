import { applyInstall } from "../apply/apply-install.ts";
import type { Fix } from "../doctor/diagnostic.ts";
import { askOwnShells } from "../environment/own-shells.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { absolutePath } from "../host/absolute-path.ts";
import { homeFiles } from "../host/places.ts";
import type { Account } from "../host/ports.ts";
import { readReceipt, type Receipt } from "../host/state/receipt.ts";
import type { ObservedFile, ObservedState } from "../plan/observed-state.ts";
import { type Change, listPlannedChanges, type Plan, type Step } from "../plan/plan.ts";
import { planUnset } from "../plan/plan-unset.ts";
import { hashBytes } from "../release/sha256.ts";
import { shellsKept } from "../verify/checks/shells-kept.ts";
import { prepareInstall } from "./prepare-install.ts";
import { recoverHost, withLock } from "./recover-host.ts";
import type { InstallRequest } from "./request.ts";
import { openCheckContexts } from "./run-gate.ts";
import type { Session } from "./session.ts";

const nothing: Plan = { steps: [], notes: [] };

/** What would clear these findings. Pure looking: nothing is written. */
export async function planFixes(session: Session, request: InstallRequest, fixes: readonly Fix[]): Promise<Plan> {
  const receipt = readReceipt(session.files);
  return receipt === undefined ? nothing : (await prepareFixes(session, request, { receipt, fixes })).plan;
}

/** Applies them in one transaction, and rolls back where a shell has lost anything by it. */
export async function applyFixes(
  session: Session,
  request: InstallRequest,
  fixes: readonly Fix[],
): Promise<{ readonly plan: Plan; readonly changes: readonly Change[] }> {
  await recoverHost(session);
  if (fixes.length === 0 || readReceipt(session.files) === undefined) return { plan: nothing, changes: [] };
  return withLock(session, async () => {
    const receipt = readReceipt(session.files);
    if (receipt === undefined) return { plan: nothing, changes: [] };
    const { plan, observed } = await prepareFixes(session, request, { receipt, fixes });
    if (plan.steps.length === 0) return { plan, changes: [] };
    session.emit({ kind: "plan", title: "fixes", changes: listPlannedChanges(plan) });
    const account = session.account();
    const before = await askOwnShells(session, account, session.request.checkTimeoutMs);
    const { changes } = await applyInstall(session, {
      plan,
      observed,
      isRunnable: false,
      keep: request.keep,
      isDiscardingForeign: false,
      isKeepingTools: false,
      isAdopted: false,
      acquire: () => Promise.reject(new Error("a fix needs no archive")),
      beforeExchange: () => Promise.resolve(),
      gate: () => checkShells(session, receipt, before),
    });
    return { plan, changes };
  });
}

interface PreparedFixes {
  readonly plan: Plan;
  readonly observed: ObservedState;
}

/** What `install` of the very same release would do besides the tree, and the settings that are unset. */
async function prepareFixes(
  session: Session,
  request: InstallRequest,
  { receipt, fixes }: { readonly receipt: Receipt; readonly fixes: readonly Fix[] },
): Promise<PreparedFixes> {
  const { version, architecture } = receipt;
  const sources = (): Promise<readonly never[]> => Promise.resolve([]);
  const resolved = { version, architecture, release: undefined, sources, unrunnable: null };
  const { plan, observed } = await prepareInstall(session, request, resolved);
  const isInstalling = fixes.some(({ kind }) => kind === "install");
  const own = isInstalling ? plan.steps.filter(({ kind }) => kind !== "install-tree") : [];
  const steps: Step[] = [...own];
  const unset = fixes.flatMap((fix) => (fix.kind === "unset" ? [fix] : []));
  for (const [owner, group] of Map.groupBy(unset, ({ account }) => account)) {
    const file = await observeGoEnv(session, receipt, owner);
    const step = file === undefined ? undefined : planUnset(file, [...new Set(group.map(({ name }) => name))]);
    if (step !== undefined) steps.push(step);
  }
  const { leftAlone } = plan;
  const notes = isInstalling ? plan.notes : [];
  return { plan: { steps, notes, ...(isInstalling && leftAlone !== undefined ? { leftAlone } : {}) }, observed };
}

/** What `go env -w` of an account has written. */
async function observeGoEnv(session: Session, receipt: Receipt, owner: string): Promise<ObservedFile | undefined> {
  const account = findOwner(session, owner);
  if (account === undefined) return undefined;
  const path = absolutePath(account.home, homeFiles.goEnv);
  const file = await session.home(owner).read(path);
  if (file === undefined) return undefined;
  const text = file.content.toString("latin1");
  return {
    path,
    owner,
    text,
    sha256: hashBytes(file.content),
    mode: file.mode,
    isManaged: receipt.files.some((managed) => managed.path === path),
    restores: text,
    missingDirectories: [],
  };
}

function findOwner({ account, accounts }: Session, owner: string): Account | undefined {
  return account().name === owner ? account() : accounts.find(({ name }) => name === owner);
}

/** @throws ProvisionError `gate-failed` */
async function checkShells(
  session: Session,
  receipt: Receipt,
  shellsBefore: Awaited<ReturnType<typeof askOwnShells>>,
): Promise<void> {
  const contexts = await openCheckContexts(session, {
    receipt,
    manifest: undefined,
    desired: receipt,
    unrunnable: null,
    shellsBefore,
  });
  try {
    const { status, evidence } = await shellsKept.run(contexts.of(session.account()));
    if (status !== "fail") return;
    throw new ProvisionError("gate-failed", "a shell has lost something by the fixes; everything was rolled back", {
      details: { [shellsKept.id]: evidence },
    });
  } finally {
    await contexts.close();
  }
}
