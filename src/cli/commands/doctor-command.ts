import { type Diagnostic, groups } from "../../doctor/diagnostic.ts";
import { diagnostics } from "../../doctor/list-diagnostics.ts";
import type { DiagnosticResult } from "../../doctor/run-diagnostics.ts";
import { ProvisionError } from "../../errors/provision-error.ts";
import { formatRemedy } from "../../errors/remedy.ts";
import { doctor, type DoctorReport, listFindings } from "../../provision/doctor.ts";
import { formatFindings, toJsonFindings } from "../../report/format-findings.ts";
import { formatRows } from "../../report/format-rows.ts";
import { formatPlan, toJsonSteps } from "../../report/format-plan.ts";
import type { Result } from "../../report/result/result-shape.ts";
import type { Session } from "../../provision/session.ts";
import { chooseById, splitList } from "../choose-by-id.ts";
import { type Command, type CommandInput, type CommandResult, onlyText } from "../command.ts";
import { reportOptions } from "../option-groups.ts";
import type { Settings } from "../options.ts";
import { parseInstallRequest } from "../parse-request.ts";

export const doctorCommand: Command = {
  name: "doctor",
  positional: { name: "id", describe: "Only these diagnostics (--list)", isRepeatable: true },
  summary: "Find what is wrong around Go, and fix what can be undone",
  options: [
    "user",
    "all-users",
    "group",
    "only",
    "skip",
    "list",
    "deep",
    "fail-on",
    "fix",
    "dry-run",
    "timeout",
    ...reportOptions,
  ],
  help: { user: "Whose home and shells are looked at (default: who ran sudo, else root)" },
  examples: [
    ["doctor", "everything, for the account and root"],
    ["doctor --group network", "one group"],
    ["doctor goflags gotoolchain-older", "two diagnostics"],
    ["doctor --fix --dry-run", "what would be fixed"],
    ["doctor --deep", "also su, sudo and services started for real"],
    ["doctor --report md:ticket.md", "what to put into a ticket"],
  ],
  async run(session, input) {
    const { settings, words } = input;
    const chosen = chooseDiagnostics(settings, words);
    if (settings.list === true) return list(chosen, session.request.columns);
    const isPlanning = settings["dry-run"] === true;
    const report = await doctor(session, {
      diagnostics: chosen,
      isOfAllUsers: settings["all-users"] ?? false,
      fixing: isPlanning ? "plan" : settings.fix === true ? "apply" : "no",
      install: parseInstallRequest(withVersion(input), session),
    });
    return describe(session, report, { failOn: settings["fail-on"] ?? "error", isPlanned: isPlanning });
  },
};

/** What is installed is asked for again: a version of readygo.ini is none of the doctor's business. */
function withVersion({
  settings: { version: _version, ...settings },
  given,
}: CommandInput): Omit<CommandInput, "config"> {
  return { settings, given, words: [] };
}

function chooseDiagnostics(settings: Settings, words: readonly string[]): readonly Diagnostic[] {
  const only = [...words, ...splitList(settings.only)];
  return chooseById<Diagnostic>({
    command: "doctor",
    what: "diagnostic",
    items: diagnostics,
    only,
    skip: splitList(settings.skip),
    kind: { name: "group", known: groups, wanted: splitList(settings.group), of: ({ group }) => group },
  }).filter(
    ({ id, isDeep }) => isDeep !== true || settings.deep === true || settings.list === true || only.includes(id),
  );
}

function list(chosen: readonly Diagnostic[], columns: number): CommandResult {
  const text = groups.flatMap((group) => {
    const own = chosen.filter((each) => each.group === group);
    const rows = formatRows(
      own.map(({ id, sees }) => [id, sees]),
      columns,
    );
    return own.length === 0 ? [] : [`${group}\n${rows}`];
  });
  return onlyText(text.join("\n\n"), {
    diagnostics: chosen.map(({ id, group, severity, sees, why, needs }) => ({ id, group, severity, sees, why, needs })),
  });
}

interface DescribeOptions {
  readonly failOn: "error" | "warning";
  /** Whether the fixes are only to be shown. */
  readonly isPlanned: boolean;
}

function describe(session: Session, report: DoctorReport, { failOn, isPlanned }: DescribeOptions): CommandResult {
  const { receipt, account, results, plan, changes, examined, checks } = report;
  const { isColor, isVerbose, isQuiet, columns } = session.request;
  const findings = listFindings(results);
  const bad = findings.filter(
    ({ severity }) => severity === "error" || (severity === "warning" && failOn === "warning"),
  );
  const trees = examined.map(({ path, account, broughtBy, version, architecture, finding, reason }) => ({
    path,
    account,
    broughtBy,
    version,
    architecture,
    status: finding.status,
    reason,
  }));
  // What is applied is shown before it is.
  const planned = plan === null || !isPlanned ? [] : [formatPlan(plan, "fixes", session.request)];
  return {
    status: changes.length > 0 ? "changed" : bad.length > 0 ? "failed" : isPlanned ? "planned" : "unchanged",
    version: receipt?.version ?? null,
    previous: null,
    changes,
    checks,
    exit: bad.length === 0 ? 0 : 7,
    text: [...planned, formatFindings(results, { isColor, isVerbose, isQuiet, columns, account })].join("\n\n"),
    isTextWanted: true,
    extra: {
      findings: toJsonFindings(results),
      failOn,
      diagnostics: results.map(toJsonResult),
      trees,
      ...(plan === null ? {} : { steps: toJsonSteps(plan) }),
    },
    ...(bad.length === 0 ? {} : { error: describeFailure(results, bad.length, failOn) }),
  };
}

function toJsonResult({
  diagnostic,
  findings,
  skipped,
  durationMs,
}: DiagnosticResult): NonNullable<Result["diagnostics"]>[number] {
  const status = skipped !== null ? "skipped" : findings.length > 0 ? "found" : "ok";
  return { id: diagnostic.id, group: diagnostic.group, status, why: skipped, durationMs };
}

/** A Go that is not the release that it says it is has a code of its own, which came first. */
function describeFailure(
  results: readonly DiagnosticResult[],
  count: number,
  failOn: "error" | "warning",
): ProvisionError {
  const told = results.flatMap(({ diagnostic, findings }) =>
    findings
      .filter(({ severity }) => severity === "error" || severity === failOn)
      .map((finding) => ({ diagnostic, finding })),
  );
  const trees = told.filter(({ diagnostic }) => diagnostic.id === "go-trees");
  const remedy = [...new Set(told.map(({ finding }) => formatRemedy(finding.remedy)))];
  if (trees.length > 0 && trees.length === told.length) {
    const summary = `${trees.length === 1 ? "a Go on this host is" : `${trees.length} Gos on this host are`} not the release that its VERSION names`;
    return new ProvisionError("tree-not-public", summary, {
      details: Object.fromEntries(trees.map(({ finding }) => [finding.origins[0] ?? "", finding.evidence])),
    });
  }
  return new ProvisionError("problems-found", `${count === 1 ? "one problem was" : `${count} problems were`} found`, {
    remedy,
  });
}
