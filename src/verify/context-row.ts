import type { ContextAnswer } from "../environment/ask-contexts.ts";
import { describeTracedOrigin } from "../environment/trace/describe-traced-origin.ts";
import { startLogin } from "../environment/own-shells.ts";
import { describeOrigin, valuesOf } from "../environment/setting.ts";
import type { TraceMode } from "../environment/trace/trace-question.ts";
import { type ShellOrigins, traceShell } from "../environment/trace/trace-shell.ts";
import type { ShellMode } from "../environment/launch-context.ts";
import type { ContextRow, ContextVariable } from "../errors/event.ts";
import { absolutePath } from "../host/absolute-path.ts";
import { isForeignGoroot, places } from "../host/places.ts";
import type { Account, Processes, ReadFiles } from "../host/ports.ts";

interface RowPorts {
  readonly files: ReadFiles;
  readonly processes: Processes;
}

/** What was answered of each context, judged, with the version of each Go and file and line of what shells have set. */
export async function composeRows(
  ports: RowPorts,
  answers: readonly ContextAnswer[],
  version: string,
): Promise<readonly ContextRow[]> {
  const tracer = createTracer(ports);
  const others = answers.flatMap((answer) =>
    answer.kind === "seen" && answer.go.kind === "program" && answer.go.target !== places.goBinary
      ? [{ account: answer.account, target: answer.go.target }]
      : [],
  );
  const versions = await readVersions(ports.processes, others);
  return Promise.all(
    answers.map(async (answer): Promise<ContextRow> => {
      const { context, account } = answer;
      const row = { context: context.id, typed: context.typed, account: account.name };
      if (answer.kind === "unseen") {
        return { ...row, how: "unseen", status: "skip", go: null, version: null, variables: {}, why: answer.why };
      }
      const { go, how } = answer;
      const found = go.kind === "program" ? go.path : go.kind === "alias" || go.kind === "function" ? `${go.kind}: ${go.text}` : null; // prettier-ignore
      const isOurs = go.kind === "program" && go.target === places.goBinary;
      return {
        ...row,
        how,
        status: judge(answer, isOurs),
        go: found,
        version: isOurs ? version : go.kind === "program" ? (versions.get(go.target) ?? null) : null,
        variables: await tracer.explain(answer),
        ...(go.kind === "unknown" ? { why: go.why } : {}),
      };
    }),
  );
}

function judge({ go, variables }: ContextAnswer & { readonly kind: "seen" }, isOurs: boolean): ContextRow["status"] {
  if (isOurs) return isForeignGoroot(variables["GOROOT"]?.value) ? "warn" : "pass";
  const path = variables["PATH"];
  const isBuiltIn = path?.origin.kind === "program" && !path.value.split(":").includes(places.linkDirectory);
  return go.kind === "none" && isBuiltIn ? "info" : "warn";
}

/** The first line of VERSION two directories above, read by the account that would run it. */
async function readVersions(
  processes: Processes,
  others: readonly { readonly account: Account; readonly target: string }[],
): Promise<ReadonlyMap<string, string>> {
  const versions = new Map<string, string>();
  const script = `for go; do file=$(dirname -- "$(dirname -- "$go")")/VERSION; [ -f "$file" ] && head -c 60 -- "$file" | head -n 1; printf '\\0'; done`;
  for (const [account, targets] of Map.groupBy(others, (other) => other.account)) {
    const paths = [...new Set(targets.map(({ target }) => target))];
    const { stdout } = await processes
      .run({
        argv: ["/bin/sh", "-c", script, "sh", ...paths],
        env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
        cwd: absolutePath("/"),
        asUser: account,
        timeoutMs: 5_000,
      })
      .catch(() => ({ stdout: "" }));
    for (const [at, text] of stdout.split("\0").entries()) {
      const path = paths[at];
      const version = /^(?:go|devel )\S+/.exec(text.trim())?.[0];
      if (path !== undefined && version !== undefined) versions.set(path, version);
    }
  }
  return versions;
}

const traceModes: Readonly<Record<ShellMode, TraceMode>> = {
  command: "command",
  login: "login",
  terminal: "interactive",
  "login-terminal": "login-interactive",
  probe: "login-interactive",
};

/** Explains variables by tracing a shell, once for all contexts in which it ends alike, and only where one of them is set. */
function createTracer(ports: RowPorts): {
  explain(answer: ContextAnswer & { readonly kind: "seen" }): Promise<ContextRow["variables"]>;
} {
  const traces = new Map<string, Promise<ShellOrigins>>();
  const trace = (answer: ContextAnswer & { readonly kind: "seen" }): Promise<ShellOrigins> => {
    const { account, context, variables } = answer;
    const mode = traceModes[context.shell?.mode ?? "login"];
    const which = context.shell?.which;
    const shell =
      which === undefined || which === "own" || which === "SHELL" ? account.shell : absolutePath("/bin", which);
    const ends = Object.fromEntries(Object.entries(variables).map(([name, { value }]) => [name, value]));
    const key = JSON.stringify([account.name, shell, mode, ends]);
    let known = traces.get(key);
    if (known === undefined) {
      known = startLogin(ports, account).then((start) =>
        traceShell(ports.processes, {
          account,
          shell,
          mode,
          env: valuesOf(start),
          names: listNames(variables),
          directories: [],
          ends,
        }),
      );
      traces.set(key, known);
    }
    return known;
  };
  return {
    async explain(answer) {
      const { variables } = answer;
      const isTraced = listNames(variables).some((name) => variables[name]?.origin.kind === "shell");
      const origins = isTraced && answer.runsAs === answer.account ? await trace(answer) : undefined;
      return Object.fromEntries(
        Object.entries(variables).map(([name, { value, origin }]): [string, ContextVariable] => {
          const traced = origin.kind === "shell" && name !== "PATH" ? origins?.variables[name] : undefined;
          const place = traced === undefined ? undefined : describeTracedOrigin(traced);
          return [name, { value, origin: place ?? describeOrigin(origin) }];
        }),
      );
    },
  };
}

function listNames(variables: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(variables).filter((name) => name !== "PATH" && name !== "HOME");
}
