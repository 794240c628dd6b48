import type { Diagnostic, DoctorFinding } from "../doctor/diagnostic.ts";
import { type DiagnosticResult, runDiagnostics } from "../doctor/run-diagnostics.ts";
import type { ExaminedGo } from "../doctor/trees/examine-gos.ts";
import { aimAtImage } from "../errors/aim-at-image.ts";
import type { CheckResult } from "../errors/event.ts";
import { aimRemedy, type Remedy } from "../errors/remedy.ts";
import type { Account } from "../host/ports.ts";
import type { Change, Plan } from "../plan/plan.ts";
import type { Receipt } from "../host/state/receipt.ts";
import { readFollowedReceipt } from "./follow-homes.ts";
import { applyFixes, planFixes } from "./fix-findings.ts";
import { openDoctor } from "./open-doctor.ts";
import { requireRoot } from "./preflight.ts";
import { refuseUnfinished } from "./recover-host.ts";
import type { InstallRequest } from "./request.ts";
import { chooseAccounts } from "./run-gate.ts";
import type { Session } from "./session.ts";
import { listAllUsers } from "./verify.ts";

export interface DoctorRequest {
  readonly diagnostics: readonly Diagnostic[];
  readonly isOfAllUsers: boolean;
  /** `plan` only plans the fixes, `apply` applies them. */
  readonly fixing: "no" | "plan" | "apply";
  /** What `install` would be asked, for the fixes that are its own steps. */
  readonly install: InstallRequest;
}

export interface DoctorReport {
  readonly receipt: Receipt | undefined;
  /** Who was looked at before others. */
  readonly account: string;
  /** After the fixes, where some were applied. */
  readonly results: readonly DiagnosticResult[];
  /** Null where none was asked for. */
  readonly plan: Plan | null;
  readonly changes: readonly Change[];
  /** The host's other Gos; empty where no diagnostic looked at them. */
  readonly examined: readonly ExaminedGo[];
  readonly checks: readonly CheckResult[];
}

/** Looks for what is wrong around the installation; writes nothing but the fixes that were asked for. */
export async function doctor(session: Session, request: DoctorRequest): Promise<DoctorReport> {
  const isRoot = session.port.uid === 0;
  if (request.fixing !== "no") requireRoot(session, "doctor --fix");
  if (isRoot) refuseUnfinished(session);
  const before = await examineHost(session, request);
  if (request.fixing === "no") return { ...before, plan: null, changes: [] };
  const fixes = listFindings(before.results).flatMap(({ fix }) => (fix === null ? [] : [fix]));
  if (request.fixing === "plan")
    return { ...before, plan: await planFixes(session, request.install, fixes), changes: [] };
  const { plan, changes } = await applyFixes(session, request.install, fixes);
  const after = changes.length === 0 ? before : await examineHost(session, request);
  return { ...after, plan, changes };
}

export function listFindings(results: readonly DiagnosticResult[]): readonly DoctorFinding[] {
  return results.flatMap(({ findings }) => findings);
}

/** All of a run: shells, servers and trees are waited for side by side. */
const mostMs = 60_000;

async function examineHost(session: Session, request: DoctorRequest): Promise<Omit<DoctorReport, "plan" | "changes">> {
  const isRoot = session.port.uid === 0;
  session.emit({ kind: "step", text: "looking at this host" });
  const receipt = isRoot ? readFollowedReceipt(session) : undefined;
  const [first, ...others] = chooseWhom(session, request.isOfAllUsers);
  const { context, examined, close } = await openDoctor(session, { receipt, accounts: [first, ...others] });
  try {
    const { diagnostics } = request;
    const ran = await runDiagnostics({
      context,
      diagnostics,
      isRoot,
      mostMs,
      stop: session.stop,
      onTimed: (timing) => session.timings.push(timing),
    });
    const results = ran.map((result) => completeRemedies(result, { root: session.request.root, account: first.name }));
    const gos = (await examined()) ?? [];
    return {
      receipt,
      account: first.name,
      results,
      examined: gos,
      checks: gos.map((each) => toCheck(each, session.request.root)),
    };
  } finally {
    await close();
  }
}

/**
 * What is pasted into another shell has to name the account that was looked at, and an image. Nothing is fixed in an image:
 * its shells cannot be asked.
 */
function completeRemedies(
  result: DiagnosticResult,
  { root, account }: { readonly root: string; readonly account: string },
): DiagnosticResult {
  const findings = result.findings.map((each) => ({
    ...each,
    remedy: aimRemedy(nameAccount(each.remedy, account), root),
    fix: root === "" ? each.fix : null,
  }));
  return { ...result, findings };
}

/** `readygo install` would else look after whoever types it. */
function nameAccount(remedy: Remedy, account: string): Remedy {
  if (remedy.kind !== "command" || remedy.argv[0] !== "readygo" || remedy.argv[1] !== "install") return remedy;
  return remedy.argv.includes("--user") ? remedy : { ...remedy, argv: [...remedy.argv, "--user", account] };
}

/** Nobody but root looks into another account's home. */
function chooseWhom(session: Session, isOfAllUsers: boolean): readonly [Account, ...Account[]] {
  const { port, accounts } = session;
  const own = port.uid === 0 ? undefined : accounts.find(({ uid }) => uid === port.uid);
  if (own !== undefined) return [own];
  const [first = session.account(), ...others] = isOfAllUsers
    ? listAllUsers(session)
    : chooseAccounts(session, session.account());
  return [first, ...others];
}

function toCheck({ path, version, architecture, finding }: ExaminedGo, root: string): CheckResult {
  const named = version === null ? "" : `${version}${architecture === null ? "" : ` linux/${architecture}`}: `;
  const { status, evidence, remedy, differences } = finding;
  return {
    ...(differences === undefined ? {} : { differences }),
    id: "go-tree",
    layer: 1,
    status,
    evidence: `${path}: ${named}${evidence}`,
    remedy: remedy === null ? null : aimAtImage(remedy, root),
  };
}
