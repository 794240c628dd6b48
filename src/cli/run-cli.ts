import type { CheckResult, ContextRow } from "../errors/event.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { redactUrl } from "../errors/redact-url.ts";
import { columnsOf } from "../report/columns.ts";
import { createReporter, type Reporter } from "../report/create-reporter.ts";
import { formatError, toJsonError } from "../report/format-error.ts";
import type { JsonError, JsonResult } from "../report/json-result.ts";
import { fitLines } from "../report/wrap-text.ts";
import { aimAtImage } from "../errors/aim-at-image.ts";
import { nameVersion } from "../errors/name-version.ts";
import type { AbsolutePath } from "../host/absolute-path.ts";
import { bundleCommand } from "./commands/bundle-command.ts";
import { cloudInitCommand } from "./commands/cloud-init-command.ts";
import type { Command, CommandInput, CommandResult } from "./command.ts";
import { completionCommand } from "./commands/completion-command.ts";
import { doctorCommand } from "./commands/doctor-command.ts";
import { installCommand } from "./commands/install-command.ts";
import { listCommand } from "./commands/list-command.ts";
import { parseArguments } from "./parse-arguments.ts";
import { parseCommonRequest, parseRoot, readConfig } from "./parse-request.ts";
import { planCommand } from "./commands/plan-command.ts";
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
  completionCommand(() => commands),
  selfUpdateCommand,
];

const exitBug = 1;

/** Runs one command line and answers with the exit code; throws nothing. */
export async function runCli(port: ProcessPort): Promise<number> {
  const started = performance.now();
  // Known before the command line is: a machine gets JSON also for a command line that is wrong.
  const isJson = wantsJson(port.argv);
  const run: { command: string; session?: Session; reporter?: Reporter; asked?: string } = {
    command: nameCommand(port.argv),
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
    run.session = openSession(port, request, run.reporter.emit);
    const result = await command.run(run.session, { settings, given, config, words, ...saved });
    run.reporter.close();
    const aimed = result.error === undefined ? {} : { error: aimError(result.error, run) };
    printResult(
      port,
      run.command,
      { ...result, ...aimed },
      { isJson, started, isQuiet: request.isQuiet, isColor: request.isColor },
    );
    return result.exit;
  } catch (error) {
    run.reporter?.close();
    const aimed = error instanceof ProvisionError ? aimError(error, run) : error;
    return printFailure(port, aimed, { ...run, isJson, started });
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

interface PrintOptions {
  readonly isJson: boolean;
  readonly started: number;
  readonly isQuiet: boolean;
  readonly isColor: boolean;
}

function printResult(port: ProcessPort, command: string, result: CommandResult, options: PrintOptions): void {
  if (options.isJson) {
    const { status, version, previous, changes, checks, contexts } = result;
    const error = result.error === undefined ? null : toJsonError(result.error);
    const object: JsonResult = {
      command,
      status,
      version,
      previous,
      changes,
      checks: checks.map(withoutSecrets),
      ...(contexts === undefined ? {} : { contexts: contexts.map(withoutSecretValues) }),
      error,
      durationMs: since(options.started),
    };
    port.stdout.write(`${JSON.stringify({ ...object, ...result.extra })}\n`);
    return;
  }
  if (result.text !== "" && !(options.isQuiet && result.status === "unchanged" && result.isTextWanted !== true))
    port.stdout.write(`${fit(result, columnsOf(port.stdout))}\n`);
  if (result.error === undefined) return;
  const shown = { isColor: options.isColor, columns: columnsOf(port.stderr), shown: result.checks };
  port.stderr.write(`${formatError(result.error, shown)}\n`);
}

/** A line with colour in it is longer than it looks, and was fitted by who painted it. */
function fit({ text, isFile }: CommandResult, columns: number): string {
  const whole = text.trimEnd();
  return isFile === true || whole.includes("\u001B") ? whole : fitLines(whole, columns);
}

/** Evidence quotes settings and what others said: a list of proxies may have a password in it. */
function withoutSecrets(check: CheckResult): CheckResult {
  const { evidence, remedy } = check;
  return { ...check, evidence: redactUrl(evidence), remedy: remedy === null ? null : redactUrl(remedy) };
}

/** GOPROXY may have a password in it. */
function withoutSecretValues(row: ContextRow): ContextRow {
  const variables = Object.entries(row.variables).map(([name, variable]) => [
    name,
    { ...variable, value: redactUrl(variable.value) },
  ]);
  return { ...row, variables: Object.fromEntries(variables) as ContextRow["variables"] };
}

function printFailure(
  port: ProcessPort,
  error: unknown,
  run: { readonly command: string; readonly session?: Session; readonly isJson: boolean; readonly started: number },
): number {
  if (run.isJson) {
    const object: JsonResult = {
      command: run.command,
      status: "failed",
      version: null,
      previous: null,
      changes: [],
      checks: (run.session?.checks ?? []).map(withoutSecrets),
      error: error instanceof Stopped ? describeStop(error) : toJsonError(error),
      durationMs: since(run.started),
    };
    port.stdout.write(`${JSON.stringify(object)}\n`);
  } else {
    port.stderr.write(
      `${error instanceof Stopped ? error.message : formatError(error, { isColor: run.session?.request.isColor ?? false, columns: columnsOf(port.stderr), shown: run.session?.checks ?? [] })}\n`,
    );
  }
  if (error instanceof Stopped) return 128 + error.number;
  return error instanceof ProvisionError ? error.exit : exitBug;
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

function describeStop(stopped: Stopped): JsonError {
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

function since(started: number): number {
  return Math.round(performance.now() - started);
}
