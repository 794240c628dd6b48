import { randomUUID } from "node:crypto";
import { posix } from "node:path";
import { type AbsolutePath, absolutePath } from "../../host/absolute-path.ts";
import type { Account, Processes, RunResult } from "../../host/ports.ts";
import { followSteps, lastOrigin, originOf, pathEntryOrigin } from "./follow-steps.ts";
import { type TracedOrigin, unknownOrigin } from "./traced-origin.ts";
import {
  aliasName,
  hookName,
  questionForTrace,
  type TracedShell,
  type TraceMode,
  type TraceQuestion,
} from "./trace-question.ts";
import { readTraceSteps, type TraceStep } from "./trace-steps.ts";
import { tracerText } from "./tracer-text.ts";

export interface TraceRequest {
  readonly account: Account;
  /** The program: the account's own shell, or another that it starts. */
  readonly shell: AbsolutePath;
  readonly mode: TraceMode;
  /** What the shell is started with. */
  readonly env: Readonly<Record<string, string>>;
  /** The variables to explain; PATH is always followed. */
  readonly names: readonly string[];
  /** Directories on PATH to explain. */
  readonly directories: readonly string[];
  /** The environment that the real shell ended with, where it was asked: a trace that ends otherwise is not believed. */
  readonly ends?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface ShellOrigins {
  readonly variables: Readonly<Record<string, TracedOrigin>>;
  readonly directories: Readonly<Record<string, TracedOrigin>>;
  /** Who defined an alias `go`, and a function `go`; in fish an alias is a function. `unset` where there is none. */
  readonly alias: TracedOrigin;
  readonly function: TracedOrigin;
}

const usualTimeoutMs = 10_000;

/**
 * Who set what a shell ends with, as its own tracing tells. The shell runs its start files as the account, without a
 * terminal; of the trace only places and the values of the names asked for leave the account's process, and only places
 * are returned.
 */
export async function traceShell(processes: Processes, request: TraceRequest): Promise<ShellOrigins> {
  const { account, shell, mode, env, names, timeoutMs = usualTimeoutMs } = request;
  const kind = tracedShell(shell);
  if (kind === undefined) return allUnknown(request, `${shell} is no shell that readygo can trace`);
  const question = questionForTrace(kind, shell, mode, env, names, `readygo-${randomUUID()}`);
  try {
    const result = await processes.run({
      argv: tracerArgv(question, mode),
      env: { PATH: "/usr/bin:/bin" },
      cwd: absolutePath("/"),
      asUser: account,
      input: Object.entries(env)
        .filter(([name]) => !question.without.includes(name))
        .map(([name, value]) => `${name}=${value}\0`)
        .join(""),
      timeoutMs,
    });
    const { steps, isComplete } = readTraceSteps(result.stdout);
    return isComplete
      ? explain(request, steps, question)
      : allUnknown(request, whyIncomplete(result, shell, timeoutMs));
  } catch (error) {
    return allUnknown(request, error instanceof Error ? error.message : String(error));
  }
}

/** `sh` is dash on Debian and Ubuntu; where it is another, its trace has what dash's has. */
function tracedShell(shell: AbsolutePath): TracedShell | undefined {
  const name = posix.basename(shell);
  if (name === "bash" || name === "zsh" || name === "fish" || name === "dash") return name;
  return name === "sh" ? "dash" : undefined;
}

function tracerArgv({ shell, mark, argv, ps4, names }: TraceQuestion, mode: TraceMode): readonly [string, ...string[]] {
  return ["/usr/bin/perl", "-e", tracerText, shell, mode, mark, ps4, String(names.length), ...names, ...argv];
}

function whyIncomplete({ endedBy }: RunResult, shell: AbsolutePath, timeoutMs: number): string {
  if (endedBy === "time") return `${shell} did not come to the end of its files in ${timeoutMs / 1000} s`;
  if (endedBy !== null) return `${shell} was ended at the bound on ${endedBy}`;
  return `${shell} ended, or became another program, before the end of its files, or they changed its trace`;
}

function explain(request: TraceRequest, steps: readonly TraceStep[], question: TraceQuestion): ShellOrigins {
  const of = (name: string): readonly TraceStep[] => steps.filter((step) => step.name === name);
  const hookless = unknownOrigin("a prompt hook set it");
  const hook = question.shell === "bash" ? lastOrigin(followSteps(of(hookName), hookless)) : hookless;
  const held = (name: string) => followSteps(of(name), hook);
  const distrust = (name: string): TracedOrigin | undefined => {
    const value = held(name).at(-1)?.value;
    if (request.ends === undefined || request.ends[name] === value) return undefined;
    if (request.ends[name] === undefined) return unknownOrigin("the shell sets it, and does not export it");
    return unknownOrigin("the shell ends otherwise when it is traced");
  };
  const path = held("PATH");
  const goFunction = steps.find((step) => step.kind === "function");
  return {
    variables: Object.fromEntries(request.names.map((name) => [name, distrust(name) ?? lastOrigin(held(name))])),
    directories: Object.fromEntries(
      request.directories.map((directory) => [directory, distrust("PATH") ?? pathEntryOrigin(path, directory)]),
    ),
    alias: question.names.includes(aliasName) ? lastOrigin(held(aliasName)) : noAlias(question),
    function: goFunction === undefined ? noFunction(question) : originOf(goFunction.place, hook),
  };
}

function noAlias({ shell }: TraceQuestion): TracedOrigin {
  return shell === "fish" ? { kind: "unset" } : unknownOrigin(`${shell} does not tell its aliases`);
}

function noFunction({ shell }: TraceQuestion): TracedOrigin {
  return shell === "dash" ? unknownOrigin("dash does not tell its functions") : { kind: "unset" };
}

function allUnknown({ names, directories }: TraceRequest, why: string): ShellOrigins {
  const unknown = unknownOrigin(why);
  return {
    variables: Object.fromEntries(names.map((name) => [name, unknown])),
    directories: Object.fromEntries(directories.map((directory) => [directory, unknown])),
    alias: unknown,
    function: unknown,
  };
}
