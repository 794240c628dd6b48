import type { GoLanguage } from "../../release/go-version.ts";
import { redactUrl } from "../../errors/redact-url.ts";
import { formatRemedy } from "../../errors/remedy.ts";
import { describeRun, lastLine } from "../../host/child/describe-run.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import { readAccountSettings } from "../account-settings.ts";
import { type Check, type CheckContext, type Finding, oncePerContext, pass, skip, warn } from "../check.ts";
import { openAccountPlace, placeModule, runGoAsAccount } from "../hermetic-go.ts";
import { findSettingOrigins, isTracedName } from "../trace-origins.ts";
import { unsetStored } from "../unset-stored.ts";
import { adviseUnset } from "./foreign-settings.ts";

export const goEnv: Check = {
  id: "go-env",
  layer: 2,
  proves: "what of `go env` is not the release's default, and who set it; a program builds with the account's settings",
  cost: "start",
  bound: 8,
  isVerifyOnly: true,
  needsRunning: true,
  // `go env -json` came with 1.9, and with modules it answers as it does now.
  since: "1.13" as GoLanguage,
  run: judge,
};

/** One of the account's own settings. */
interface OwnSetting {
  readonly name: string;
  readonly value: string;
  /** Null for the account's shells; else the file that `go env -w` writes. */
  readonly file: string | null;
}

/** GOROOT would answer for another tree, GOENV names the file, and GOTOOLCHAIN could let another release answer. */
const othersMatter = new Set(["GOROOT", "GOENV", "GOTOOLCHAIN"]);

async function judge(context: CheckContext): Promise<Finding> {
  const { account } = context;
  const own = await listOwnSettings(context);
  if (own.length === 0) return pass(`every value of \`go env\` is the release's default for ${account.name}`);
  const [standard, theirs] = await Promise.all([askEnv(context, []), askEnv(context, own)]);
  if (typeof standard === "string") return skip(`\`go env\` does not answer ${account.name}: ${standard}`);
  if (typeof theirs === "string")
    return await describeCulprits(context, own, `\`go env\` does not answer ${account.name}: ${theirs}`, isAnswered);
  const valueOf = (each: OwnSetting): unknown => (isCache(each) ? each.value : (theirs[each.name] ?? each.value));
  const changed = own.filter((each) => valueOf(each) !== (standard[each.name] ?? ""));
  const list = await Promise.all(changed.map((each) => describeSetting(context, each)));
  const told = list.length === 0 ? "none differs from the default" : list.join("; ");
  const failure = await tryBuild(context, own);
  if (failure === undefined) return pass(`of ${account.name}: ${told}`);
  return await describeCulprits(context, own, `a program does not build with ${told}: ${failure}`, isBuilding);
}

async function listOwnSettings(context: CheckContext): Promise<readonly OwnSetting[]> {
  const { env, goenv } = await readAccountSettings(context);
  const isOwn = (name: string): boolean => /^(?:GO[A-Z0-9]+|CGO_[A-Z_]+|CC|CXX|AR|FC|PKG_CONFIG)$/.test(name);
  const inShell = Object.entries(env).map(([name, value]) => ({ name, value, file: null }));
  const stored = Object.entries(goenv?.settings ?? {})
    .filter(([name]) => (env[name] ?? "") === "")
    .map(([name, value]) => ({ name, value, file: goenv?.path ?? null }));
  return [...inShell, ...stored]
    .filter(({ name, value }) => value !== "" && isOwn(name) && !othersMatter.has(name))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Without what readygo else gives go: only the account's settings and the release's own. */
const unset = ["GOFLAGS", "GOPATH", "GOMODCACHE", "GOCACHE", "GO111MODULE", "GOWORK", "CGO_ENABLED"] as const;

/** Of directories that go makes where they are missing, `go env` too makes the first. They are looked at, and not used. */
const caches = ["GOCACHE", "GOMODCACHE"] as const;

function isCache({ name, value }: OwnSetting): boolean {
  return caches.some((cache) => cache === name) && value.startsWith("/");
}

function environmentOf(own: readonly OwnSetting[]): Readonly<Record<string, string>> {
  const used = own.filter((each) => !isCache(each));
  return {
    ...Object.fromEntries(unset.map((name) => [name, ""])),
    GOENV: "off",
    ...Object.fromEntries(used.map(({ name, value }) => [name, value])),
    GOTOOLCHAIN: "local",
  };
}

/** All values; in go's words why not. */
async function askEnv(
  context: CheckContext,
  own: readonly OwnSetting[],
): Promise<Readonly<Record<string, unknown>> | string> {
  const result = await runGoAsAccount(context, ["env", "-json"], { env: environmentOf(own) });
  if (result.status !== 0) return redactUrl(describeRun(result, context.timeoutMs));
  return JSON.parse(result.stdout) as Readonly<Record<string, unknown>>;
}

async function isAnswered(context: CheckContext, own: readonly OwnSetting[]): Promise<boolean> {
  return typeof (await askEnv(context, own)) !== "string";
}

async function isBuilding(context: CheckContext, own: readonly OwnSetting[]): Promise<boolean> {
  return (await tryBuild(context, own)) === undefined;
}

/** Once for all tries, which run side by side. */
const placeSmallProgram = oncePerContext(async (context) =>
  placeModule(context, "go-env", "package main\n\nfunc main() {}\n", await openAccountPlace(context)),
);

/**
 * Why a build would not begin; undefined where it does. Nothing is compiled (`-n`), and nothing is written outside readygo's
 * own scratch.
 */
async function tryBuild(context: CheckContext, own: readonly OwnSetting[]): Promise<string | undefined> {
  const valueOf = (name: string): string => own.find((each) => each.name === name)?.value ?? "";
  const module = await placeSmallProgram(context);
  const env = {
    ...environmentOf(own),
    GOPATH: "",
    // Other settings say what is run here, and go.work of a directory above is none of theirs.
    GO111MODULE: "on",
    ...(valueOf("GOWORK") === "" ? { GOWORK: "off" } : {}),
  };
  const result = await runGoAsAccount(context, ["build", "-n", "-o", "/dev/null", "."], { module, env });
  if (result.status !== 0) return redactUrl(lastLine(result.stderr) || describeRun(result, context.timeoutMs));
  return (await findUnusable(context, valueOf)) ?? (await findMissingCompiler(context, valueOf));
}

/** What go would have to write in and cannot: looked at as the account. */
async function findUnusable(context: CheckContext, valueOf: (name: string) => string): Promise<string | undefined> {
  const directories = [...caches, "GOTMPDIR"].filter((name) => valueOf(name).startsWith("/"));
  for (const name of directories) {
    // Go makes its caches, and nothing else: the nearest directory that is there has to let it.
    const climb = name === "GOTMPDIR" ? "" : 'while [ ! -e "$d" ] && [ "$d" != / ]; do d=$(dirname "$d"); done; ';
    const script = `d=$1; ${climb}[ -d "$d" ] && [ -w "$d" ] && [ -x "$d" ]`;
    if ((await runAsAccount(context, ["/bin/sh", "-c", script, "sh", valueOf(name)])) !== 0)
      return `${name} is ${valueOf(name)}, which cannot be written`;
  }
  return undefined;
}

/** Only where the account says that C is to be compiled: else go does without, where there is no compiler. */
async function findMissingCompiler(
  context: CheckContext,
  valueOf: (name: string) => string,
): Promise<string | undefined> {
  if (valueOf("CGO_ENABLED") !== "1" && (valueOf("CC") === "" || valueOf("CGO_ENABLED") === "0")) return undefined;
  const compiler = (valueOf("CC") || "gcc").split(" ")[0] ?? "";
  const status = await runAsAccount(context, ["/bin/sh", "-c", 'command -v "$1" >/dev/null', "sh", compiler]);
  if (status === 0) return undefined;
  return `there is no ${compiler}, which packages that use C are compiled with (net, os/user)`;
}

async function runAsAccount(context: CheckContext, argv: readonly [string, ...string[]]): Promise<number | null> {
  const { env } = await readAccountSettings(context);
  const result = await context.processes.run({
    argv,
    env: { PATH: env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C" },
    cwd: absolutePath("/"),
    asUser: context.account,
    timeoutMs: context.timeoutMs,
  });
  return result.status;
}

async function describeSetting(context: CheckContext, { name, value, file }: OwnSetting): Promise<string> {
  const origins = file !== null ? [file] : isTracedName(name) ? await findSettingOrigins(context, name) : [];
  return `${name}=${redactUrl(value)}${origins.length === 0 ? "" : ` of ${origins.join(", ")}`}`;
}

/** Names the settings without each of which it would be well, else all of them. */
async function describeCulprits(
  context: CheckContext,
  own: readonly OwnSetting[],
  evidence: string,
  isWell: (context: CheckContext, own: readonly OwnSetting[]) => Promise<boolean>,
): Promise<Finding> {
  const tried = await Promise.all(
    own.map(async (each) => ({
      each,
      isCure: await isWell(
        context,
        own.filter((other) => other !== each),
      ),
    })),
  );
  const cures = tried.filter(({ isCure }) => isCure).map(({ each }) => each);
  const culprits = cures.length > 0 ? cures : own;
  const remedies = culprits.map(({ name, file }) =>
    file === null ? adviseUnset(context, name) : formatRemedy(unsetStored(context.account, name)),
  );
  const told = await Promise.all(culprits.map((each) => describeSetting(context, each)));
  return warn(`${evidence} (by ${told.join(", ")})`, remedies.join("; "));
}
