import type { CheckResult } from "../errors/event.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { columnsOf } from "../report/columns.ts";
import { createReporter, type Reporter } from "../report/create-reporter.ts";
import { type ErrorOptions, formatError, toJsonError } from "../report/format-error.ts";
import { composeResult, type RunOutcome } from "../report/result/compose-result.ts";
import { readHost } from "../report/result/read-host.ts";
import type { Result, ResultError } from "../report/result/result-shape.ts";
import { createRunRecord, type RunRecord } from "../report/result/run-record.ts";
import { fitLines } from "../report/wrap-text.ts";
import { aimAtImage } from "../errors/aim-at-image.ts";
import { nameVersion } from "../errors/name-version.ts";
import type { AbsolutePath } from "../host/absolute-path.ts";
import { bundleCommand } from "./commands/bundle-command.ts";
import { cloudInitCommand } from "./commands/cloud-init-command.ts";
import type { Command, CommandInput, CommandResult } from "./command.ts";
import { completionCommand } from "./commands/completion-command.ts";
import { createRealFiles } from "../host/real-files.ts";
import { doctorCommand } from "./commands/doctor-command.ts";
import { installCommand } from "./commands/install-command.ts";
import { listCommand } from "./commands/list-command.ts";
import { parseArguments } from "./parse-arguments.ts";
import { parseCommonRequest, parseRoot, readConfig } from "./parse-request.ts";
import { planCommand } from "./commands/plan-command.ts";
import { reportCommand } from "./commands/report-command.ts";
import { parseReports, type Report, writeReports } from "./reports.ts";
import { rollbackCommand } from "./commands/rollback-command.ts";
import { Stopped, type ProcessPort } from "../host/process-port.ts";
import { openSession, type Session } from "../provision/session.ts";
import { selfUpdateCommand } from "./commands/self-update-command.ts";
import { sourcesCommand } from "./commands/sources-command.ts";
import { uninstallCommand } from "./commands/uninstall-command.ts";
import { verifyCommand } from "./commands/verify-command.ts";

export const commands: readonly Command[] = [
  installCommand,
  planCommand,
  verifyCommand,
  doctorCommand,
  listCommand,
  sourcesCommand,
  bundleCommand,
  rollbackCommand,
  uninstallCommand,
  cloudInitCommand,
  reportCommand,
  completionCommand(() => commands),
  selfUpdateCommand,
];

interface Run {
  command: string;
  readonly isJson: boolean;
  readonly record: RunRecord;
  session?: Session;
  reporter?: Reporter;
  /** The version that was asked for, as it was typed. */
  asked?: string;
  reports: readonly Report[];
}

/** Runs one command line and answers with the exit code; throws nothing. */
export async function runCli(port: ProcessPort): Promise<number> {
  const run: Run = {
    command: nameCommand(port.argv),
    // Known before the command line is: a machine gets JSON also for a command line that is wrong.
    isJson: wantsJson(port.argv),
    record: createRunRecord(),
    reports: [],
  };
  try {
    const parsed = await parseArguments(port.argv, commands, port.versionText ?? port.version);
    if (parsed.kind === "help") {
      if (parsed.text === "") throw new ProvisionError("usage", "name a command");
      port.stdout.write(`${parsed.text}\n`);
      return 0;
    }
    const { command } = parsed;
    run.command = command.name;
    if (parsed.given.report !== undefined) run.reports = parseReports(parsed.given.report, port.cwd, run.isJson);
    const root = parseRoot(parsed.given.root, port.cwd);
    const config = readConfig(parsed.given.config, root, port.cwd);
    const { given, words, saved } = await withSavedPlan(parsed, root, port.cwd);
    const settings = { ...config, ...given };
    if (command === installCommand || command === planCommand) run.asked = words[0] ?? settings.version ?? "latest";
    const request = parseCommonRequest({ settings, given }, root, port);
    run.reporter = createReporter({
      mode: request.isQuiet ? "quiet" : port.isTerminal ? "terminal" : "plain",
      isColor: request.isColor,
      isVerbose: request.isVerbose,
      stderr: port.stderr,
    });
    run.session = openSession(port, request, run.record.watch(run.reporter.emit));
    const result = await command.run(run.session, { settings, given, config, words, ...saved });
    run.reporter.close();
    const aimed = result.error === undefined ? {} : { error: aimError(result.error, run) };
    return await printResult(port, { ...result, ...aimed }, run);
  } catch (error) {
    run.reporter?.close();
    const aimed = error instanceof ProvisionError ? aimError(error, run) : error;
    return await printFailure(port, aimed, run);
  } finally {
    await run.session?.close();
  }
}

/** With --plan: what the plan says, as if it stood on the command line. */
async function withSavedPlan(
  { given, words }: Pick<CommandInput, "given" | "words">,
  root: string,
  cwd: AbsolutePath,
): Promise<Pick<CommandInput, "given" | "words"> & { readonly saved?: Pick<CommandInput, "saved"> }> {
  if (given.plan === undefined) return { given, words };
  const { readSavedPlan } = await import("./saved-plan-file.ts");
  const { saved, settings } = readSavedPlan(given.plan, cwd, { given, words, root });
  return { given: { ...settings, ...given }, words: [saved.version], saved: { saved } };
}

/** What is wrong with these is the version itself, or what it stands in. */
const isAboutVersion: ReadonlySet<string> = new Set(["version-invalid", "version-file", "previous-missing"]);

function aimError(
  error: ProvisionError,
  { session, asked }: { readonly session?: Session; readonly asked?: string },
): ProvisionError {
  const root = session?.request.root ?? "";
  const { code, message, details, cause } = error;
  // What came by stdin is gone.
  const again = isAboutVersion.has(code) || asked === "-" ? undefined : asked;
  const remedy = error.remedy.map((text) => nameVersion(aimAtImage(text, root), again));
  return new ProvisionError(code, message, { details, cause, remedy });
}

async function printResult(port: ProcessPort, result: CommandResult, run: Run): Promise<number> {
  const error = result.error === undefined ? null : toJsonError(result.error);
  const { status, exit, version, previous, changes, checks, contexts, extra = {} } = result;
  const outcome = { command: run.command, status, exit, version, previous, changes, checks, contexts, error, extra };
  const { onStdout, unwritten } = await report(port, run, outcome);
  // What install has done is done; what only looks has not done what it was asked.
  const isEnding = unwritten !== undefined && exit === 0 && run.command !== "install";
  if (unwritten !== undefined && !isEnding) warn(port, unwritten, run);
  if (isEnding) return printFailure(port, unwritten, { ...run, reports: [] }, outcome);
  if (run.isJson) {
    port.stdout.write(`${JSON.stringify(compose(port, run, outcome))}\n`);
    return exit;
  }
  const isQuiet = run.session?.request.isQuiet === true && status === "unchanged" && result.isTextWanted !== true;
  if (onStdout !== undefined) port.stdout.write(onStdout);
  else if (result.text !== "" && !isQuiet) port.stdout.write(`${fit(result, columnsOf(port.stdout))}\n`);
  if (result.error !== undefined) port.stderr.write(`${formatError(result.error, errorOptions(port, run, checks))}\n`);
  return exit;
}

/** A line with colour in it is longer than it looks, and was fitted by who painted it. */
function fit({ text, isFile }: CommandResult, columns: number): string {
  const whole = text.trimEnd();
  return isFile === true || whole.includes("\u001B") ? whole : fitLines(whole, columns);
}

function errorOptions(port: ProcessPort, { session }: Run, shown: readonly CheckResult[]): ErrorOptions {
  return { isColor: session?.request.isColor ?? false, columns: columnsOf(port.stderr), shown };
}

/** @param done what the command came to, where it is only the report that failed */
async function printFailure(port: ProcessPort, error: unknown, run: Run, done?: RunOutcome): Promise<number> {
  const known = error instanceof Stopped ? describeStop(error) : toJsonError(error);
  const checks = run.session?.checks ?? [];
  const contexts = run.session?.contexts ?? [];
  const nothing = { version: null, previous: null, changes: [], contexts: contexts.length === 0 ? undefined : contexts, extra: {} }; // prettier-ignore
  const { command } = run;
  const outcome = { ...nothing, command, checks, ...done, status: "failed", exit: known.exit, error: known } as const;
  const { onStdout, unwritten } = await report(port, run, outcome);
  if (unwritten !== undefined) warn(port, unwritten, run);
  if (run.isJson) port.stdout.write(`${JSON.stringify(compose(port, run, outcome))}\n`);
  else {
    if (onStdout !== undefined) port.stdout.write(onStdout);
    const text = error instanceof Stopped ? error.message : formatError(error, errorOptions(port, run, checks));
    port.stderr.write(`${text}\n`);
  }
  return known.exit;
}

interface Reported {
  readonly onStdout: string | undefined;
  /** Of those that could not be written. */
  readonly unwritten: ProvisionError | undefined;
}

async function report(port: ProcessPort, run: Run, outcome: RunOutcome): Promise<Reported> {
  if (run.reports.length === 0) return { onStdout: undefined, unwritten: undefined };
  const { onStdout, failures } = await writeReports(run.reports, compose(port, run, outcome), port.entry);
  const unwritten =
    failures.length === 0
      ? undefined
      : new ProvisionError("report-unwritten", `a report could not be written: ${failures.join("; ")}`);
  return { onStdout, unwritten };
}

function warn(port: ProcessPort, { message }: ProvisionError, { session, record, reporter }: Run): void {
  const isColor = session?.request.isColor ?? false;
  const { emit } = reporter ?? createReporter({ mode: "plain", isColor, isVerbose: false, stderr: port.stderr });
  record.watch(emit)({ kind: "warning", text: message });
}

function compose(port: ProcessPort, { session, record }: Run, outcome: RunOutcome): Result {
  const machine = session?.machine ?? createRealFiles("");
  const host = readHost(machine, session?.files ?? machine, session?.request.root ?? "");
  return composeResult(outcome, { readygo: port.version, host, record, timings: session?.timings ?? [] });
}

/** As far as a command line tells that may be wrong: `--root DIR verify` has another word first. */
function nameCommand(argv: readonly string[]): string {
  const words = argv.filter((word) => !word.startsWith("-"));
  return words.find((word) => commands.some(({ name }) => name === word)) ?? words[0] ?? "";
}

function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return (end === -1 ? argv : argv.slice(0, end)).some((word) => word === "--json" || word === "--json=true");
}

function describeStop(stopped: Stopped): ResultError {
  const exit = 128 + stopped.number;
  return {
    code: "stopped",
    summary: stopped.message,
    details: {},
    cause: null,
    remedy: ["run the same command again"],
    exit,
  };
}
