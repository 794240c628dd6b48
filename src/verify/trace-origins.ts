import { describeTracedOrigin } from "../environment/trace/describe-traced-origin.ts";
import type { OwnShellMode } from "../environment/shell-answer.ts";
import { describeOrigin, valuesOf } from "../environment/setting.ts";
import { type ShellOrigins, traceShell } from "../environment/trace/trace-shell.ts";
import { places } from "../host/places.ts";
import { askShell, readLoginStart } from "./ask-shells.ts";
import { type CheckContext, oncePerContext } from "./check.ts";

/** What decides what go does in a shell, and so what is asked for when one of them is out of order. */
const tracedNames = [
  "GOROOT",
  "GOPATH",
  "GOBIN",
  "GOCACHE",
  "GOMODCACHE",
  "GOTMPDIR",
  "TMPDIR",
  "GOPROXY",
  "GOTOOLCHAIN",
  "GO111MODULE",
  "GOFLAGS",
  "GOOS",
  "GOARCH",
  "GOENV",
  "GOWORK",
  "GOEXPERIMENT",
  "CGO_ENABLED",
  "CC",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "GOSUMDB",
  "GOPRIVATE",
  "GONOPROXY",
  "GONOSUMDB",
  "GOINSECURE",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "no_proxy",
] as const;
export type TracedName = (typeof tracedNames)[number];

export function isTracedName(name: string): name is TracedName {
  return tracedNames.some((traced) => traced === name);
}

const traceLogin = oncePerContext((context) => trace(context, "login"));
const traceInteractive = oncePerContext((context) => trace(context, "interactive"));

/** Undefined where the shell itself did not answer. */
function traceOrigins(context: CheckContext, mode: OwnShellMode): Promise<ShellOrigins | undefined> {
  return mode === "login" ? traceLogin(context) : traceInteractive(context);
}

async function trace(context: CheckContext, mode: OwnShellMode): Promise<ShellOrigins | undefined> {
  const answer = await askShell(context, mode);
  if (answer.kind !== "answered") return undefined;
  const { account, processes, timeoutMs } = context;
  return traceShell(processes, {
    account,
    shell: account.shell,
    mode,
    env: valuesOf(await readLoginStart(context)),
    names: tracedNames,
    directories: (answer.env["PATH"] ?? "")
      .split(":")
      .filter((entry) => entry.startsWith("/") && entry !== places.goBin),
    ends: answer.env,
    timeoutMs,
  });
}

/** The files, with lines (`/home/ada/.profile:3`), that set a variable for the account's shells; empty where unknown. */
export async function findSettingOrigins(
  context: CheckContext,
  name: TracedName,
  modes: readonly OwnShellMode[] = ["login", "interactive"],
): Promise<readonly string[]> {
  const places: string[] = [];
  for (const mode of modes) {
    const origin = (await traceOrigins(context, mode))?.variables[name];
    const start = origin?.kind === "start" ? (await readLoginStart(context)).get(name)?.origin : undefined;
    const place =
      start !== undefined ? describeOrigin(start) : origin === undefined ? undefined : describeTracedOrigin(origin);
    if (place !== undefined && !places.includes(place)) places.push(place);
  }
  return places;
}

/** The file and line that put a directory on PATH; undefined where the shell does not tell. */
export async function findDirectoryOrigin(
  context: CheckContext,
  mode: OwnShellMode,
  directory: string,
): Promise<string | undefined> {
  const origin = (await traceOrigins(context, mode))?.directories[directory];
  return origin === undefined ? undefined : describeTracedOrigin(origin);
}

/** The file and line that made `go` an alias or a function of the shell. */
export async function findCommandOrigin(context: CheckContext, mode: OwnShellMode): Promise<string | undefined> {
  const origins = await traceOrigins(context, mode);
  if (origins === undefined) return undefined;
  return describeTracedOrigin(origins.alias) ?? describeTracedOrigin(origins.function);
}
