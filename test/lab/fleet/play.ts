import type { Change } from "../../../src/plan/plan.ts";
import type { Result, ResultStep } from "../../../src/report/result/result-shape.ts";
import type { CommandResult } from "../hosts/command.ts";
import type { Fleet } from "./fleet.ts";

/** What one task came to on one host. */
export interface TaskResult {
  readonly changed?: boolean;
  readonly failed?: boolean;
  readonly unreachable?: boolean;
  readonly msg?: string;
  readonly code?: string;
  readonly summary?: string;
  readonly parameter?: string;
  readonly version?: string | null;
  readonly previous?: string | null;
  readonly steps?: readonly ResultStep[];
  readonly changes?: readonly Change[];
  readonly diff?: readonly unknown[];
  readonly remedies?: readonly string[];
  readonly readygo?: Result;
  readonly saved?: unknown;
  readonly [name: string]: unknown;
}

interface Line {
  readonly kind: "ok" | "failed" | "unreachable" | "skipped" | "stats";
  readonly host: string;
  readonly task: string;
  readonly result: TaskResult;
  readonly stats?: Played["stats"];
}

export interface Played {
  readonly status: number | null;
  readonly text: string;
  readonly durationMs: number;
  /** By host: ok, changed, unreachable, failures, rescued. */
  readonly stats: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Of the last task of that name on that host that was not skipped, or of any task where there is no name. */
  result(host: string, task?: string): TaskResult;
}

interface PlayOptions {
  readonly check?: boolean;
  readonly limit?: string;
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly timeoutMs?: number;
}

export const playDirectory = "/srv/fleet";

/** `ansible-playbook` on the control host, of a file there or of the collection's own playbooks by their full names. */
export async function play({ control }: Fleet, playbook: string, options: PlayOptions = {}): Promise<Played> {
  const { check = false, limit, extra = {}, timeoutMs = 580_000 } = options;
  const words = [
    "ansible-playbook",
    playbook,
    "--diff",
    "--extra-vars",
    JSON.stringify(extra),
    ...(check ? ["--check"] : []),
    ...(limit === undefined ? [] : ["--limit", limit]),
  ];
  const env = { ANSIBLE_STDOUT_CALLBACK: "lab_lines", LC_ALL: "C.UTF-8", PYTHONDONTWRITEBYTECODE: "1" };
  return read(await control.run(words, { cwd: playDirectory, timeoutMs, env }));
}

/** A task by the name of a module of the collection and its parameters. */
export interface Task {
  readonly name: string;
  readonly module: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly isChecking?: boolean;
}

/** A play of these tasks on all hosts; each is run, whatever became of the one before. */
export async function playTasks(
  fleet: Fleet,
  tasks: readonly Task[],
  { become = true, ...options }: PlayOptions & { readonly become?: boolean } = {},
): Promise<Played> {
  const list = tasks.map(({ name, module, args, isChecking = false }) => ({
    name,
    [`readygo.go.${module}`]: args,
    ignore_errors: true,
    ...(isChecking ? { check_mode: true } : {}),
  }));
  const book = [{ hosts: "all", gather_facts: false, become, tasks: list }];
  fleet.control.write(`${playDirectory}/tasks.yml`, JSON.stringify(book));
  return await play(fleet, "tasks.yml", options);
}

export async function playTask(
  fleet: Fleet,
  module: string,
  args: Task["args"],
  options: PlayOptions & { readonly become?: boolean } = {},
): Promise<Played> {
  return await playTasks(fleet, [{ name: "the task", module, args }], options);
}

function read({ status, stdout, stderr, durationMs }: CommandResult): Played {
  const lines = stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Line);
  const text = `${stdout}${stderr}`;
  return {
    status,
    durationMs,
    text,
    stats: lines.find(({ kind }) => kind === "stats")?.stats ?? {},
    result(host, task) {
      const found = lines.findLast(
        (line) => line.host === host && line.kind !== "skipped" && (task === undefined || line.task === task),
      );
      if (found === undefined)
        throw new Error(`${host} has no result of ${task ?? "any task"}: exit ${status}\n${text}`);
      return found.result;
    },
  };
}
