import { isDeepStrictEqual } from "node:util";
import { recoverHost, withLock } from "./recover-host.ts";
import type { AcquireContext } from "../apply/acquire/acquire-context.ts";
import { applyInstall, type Outcome } from "../apply/apply-install.ts";
import { keepDecision } from "../apply/keep-decision.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { places } from "../host/places.ts";
import { readReceipt } from "../host/state/receipt.ts";
import { listPlannedChanges, titlePlan } from "../plan/plan.ts";
import { chooseLogProxies } from "../sources/read-go-setting.ts";
import { readLogAccess } from "../trust/read-log-access.ts";
import { followHeads } from "../trust/sumdb/follow-heads.ts";
import { adoptHost } from "./adopt-host.ts";
import { checkHostFits, requireRoot } from "./preflight.ts";
import { prepareInstall, resolveInstall, type PreparedInstall } from "./prepare-install.ts";
import type { InstallRequest } from "./request.ts";
import { adviseOnRelease, type ReleaseAdvice, toWarning } from "./release-health.ts";
import { describeFailedGate, runGate } from "./run-gate.ts";
import { requireSamePlan } from "./saved-plan.ts";
import type { Session } from "./session.ts";
import { listServers, waitForBuilds } from "./wait-for-builds.ts";

export interface InstallResult {
  readonly prepared: PreparedInstall;
  /** Undefined where the host was as asked. */
  readonly outcome: Outcome | undefined;
  /** The checks that failed, where the new tree was kept all the same. */
  readonly failure: ProvisionError | undefined;
  /** Undefined where nothing was done. */
  readonly advice: ReleaseAdvice | undefined;
}

/** Brings the host to the release that was asked for, or changes nothing. */
export async function install(session: Session, request: InstallRequest): Promise<InstallResult> {
  requireRoot(session, "install");
  const isAdopted = request.isAdopting && (await adoptHost(session));
  await recoverHost(session);
  const resolved = await resolveInstall(session, request);
  const first = await prepareInstall(session, request, resolved);
  if (first.plan.steps.length === 0) {
    await noteDecision(session, first);
    return end(session, first, undefined);
  }
  if (request.saved !== undefined) requireSamePlan(request.saved, first);
  return withLock(session, async () => {
    const prepared = await prepareInstall(session, request, resolved, first.observed);
    if (prepared.plan.steps.length === 0) return end(session, prepared, undefined);
    if (request.saved !== undefined) requireSamePlan(request.saved, prepared);
    await checkHostFits(session, prepared, request);
    return end(session, prepared, await apply(session, request, prepared, isAdopted));
  });
}

/** What `install` would do now: nothing is changed but what an earlier run left unfinished. */
export async function previewInstall(
  session: Session,
  request: InstallRequest,
): Promise<PreparedInstall & Pick<InstallResult, "advice">> {
  requireRoot(session, "plan");
  await recoverHost(session);
  const prepared = await prepareInstall(session, request, await resolveInstall(session, request));
  if (prepared.plan.steps.length === 0) return { ...prepared, advice: undefined };
  await checkHostFits(session, prepared, request);
  return { ...prepared, advice: await warnOfRelease(session, prepared) };
}

async function warnOfRelease(session: Session, { desired }: PreparedInstall): Promise<ReleaseAdvice> {
  const advice = await adviseOnRelease(desired.version);
  const warning = toWarning(advice);
  if (warning !== undefined) session.emit(warning);
  return advice;
}

/** Where the shells were asked of files that somebody has edited, the next run need not ask again. */
async function noteDecision(
  session: Session,
  { plan: { leftAlone }, observed: { receipt } }: PreparedInstall,
): Promise<void> {
  if (receipt === undefined || leftAlone === undefined || isDeepStrictEqual(leftAlone, receipt.leftAlone)) return;
  try {
    await withLock(session, async () => {
      if (isDeepStrictEqual(readReceipt(session.files), receipt)) await keepDecision(session, receipt, leftAlone);
    });
  } catch (error) {
    // The host is as asked: another run that holds the lock, or a full disk, is no reason to say otherwise.
    if (!(error instanceof ProvisionError) || !["locked", "step-failed"].includes(error.code)) throw error;
  }
}

async function apply(
  session: Session,
  request: InstallRequest,
  prepared: PreparedInstall,
  isAdopted: boolean,
): Promise<Outcome> {
  const { desired, observed, plan, release, unrunnable } = prepared;
  session.emit({
    kind: "plan",
    title: titlePlan(plan, desired),
    changes: listPlannedChanges(plan),
  });
  const needsArchive = plan.steps.some(({ kind }) => kind === "install-tree");
  const sources = needsArchive ? await prepared.sources() : [];
  const logHeads = followHeads({
    kept: session.files.read(places.logHead)?.toString("utf8"),
    onNotice: (text) => session.emit({ kind: "notice", text }),
  });
  const { http, publisher, limits, files, machine, system, emit, stop } = session;
  const context: AcquireContext = {
    http,
    publisher,
    limits,
    files,
    machine,
    system,
    emit,
    stop,
    logHeads,
    ...(needsArchive ? await readLogAccess(session) : {}),
    version: desired.version,
    architecture: desired.architecture,
    release,
    sha256: request.sha256,
    policy: request.policy,
    logProxies: needsArchive ? await chooseLogProxies(session, sources) : [],
    isSudo: session.port.env["SUDO_USER"] !== undefined,
  };
  return applyInstall(session, {
    plan,
    observed,
    isRunnable: unrunnable === null,
    keep: request.keep,
    isDiscardingForeign: request.isDiscardingForeign,
    isKeepingTools: request.isKeepingTools,
    isAdopted,
    newestLogHead: () => logHeads.newest(),
    acquire: async (into) => {
      // Archive readers are loaded by the run that has an archive to read.
      const { acquireRelease } = await import("../apply/acquire/acquire-release.ts");
      return acquireRelease(context, sources, into);
    },
    beforeExchange: () => waitForBuilds(session, request.busy, request.waitBuildsSeconds),
    gate: (installed) =>
      runGate(session, request, {
        ...prepared,
        ...installed,
        isTreeNew: needsArchive,
        shellsBefore: prepared.observed.shells,
        isHomeManaged: request.isEditingRcFiles,
      }),
  });
}

async function end(session: Session, prepared: PreparedInstall, outcome: Outcome | undefined): Promise<InstallResult> {
  for (const { text, remedy } of prepared.plan.notes.filter(({ isToldWhenDone }) => isToldWhenDone !== true))
    session.emit({ kind: "warning", text, ...(remedy === undefined ? {} : { remedy }) });
  if (outcome?.changes.some(({ path }) => path === places.goroot) === true) {
    for (const { pid, command } of listServers(session)) {
      session.emit({ kind: "warning", text: `${command} (pid ${pid}) has read the former Go`, remedy: "restart it" });
    }
  }
  const advice = outcome === undefined ? undefined : await warnOfRelease(session, prepared);
  const failed = session.checks.filter(({ status }) => status === "fail");
  const isAsAsked = failed.length === 0;
  const failure = isAsAsked ? undefined : describeFailedGate(failed, "the new tree is kept, as --keep-failed asks");
  return { prepared, outcome, failure, advice };
}
