import { type CheckContext, oncePerContext } from "./check.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { Account, RunResult } from "../host/ports.ts";
import { buildBounds, fetchBounds, type RunBounds } from "../host/child/run-bounds.ts";
import { describeRun } from "../host/child/describe-run.ts";
import { type GoLanguage, type GoVersion, isBefore } from "../release/go-version.ts";

const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * An environment in which only the tree itself can answer. HOME is below scratch, because every run of go, `go version`
 * too, writes telemetry there; GOENV is /dev/null rather than `off`, with which `go env -w` would still write; the
 * toolchain is pinned, since a go.mod or setting could otherwise let another release answer.
 */
function hermeticEnvironment(scratch: AbsolutePath, version: GoVersion): Readonly<Record<string, string>> {
  return {
    PATH: `${places.goroot}/bin:${systemPath}`,
    LC_ALL: "C",
    HOME: `${scratch}/home`,
    TMPDIR: scratch,
    GOENV: "/dev/null",
    GOTOOLCHAIN: "local",
    // Older ones stop at a flag that they do not know.
    ...(isBefore(version, "1.14" as GoLanguage) ? {} : { GOFLAGS: "-modcacherw" }),
    GOPATH: `${scratch}/gopath`,
    GOMODCACHE: `${scratch}/modules`,
    GOCACHE: `${scratch}/build-cache`,
    // Without modules go looks for no go.mod in the directories above, where /tmp could hold anybody's.
    GO111MODULE: "off",
    GOWORK: "off",
    CGO_ENABLED: "0",
    GIT_TERMINAL_PROMPT: "0",
  };
}

/**
 * For builds in the gate: no optimization and no inlining, in 0.62 of the time. That the compiler optimizes rightly is its
 * release's matter, of which every byte has been compared; `verify` compiles as everybody does. Until go1.20 a release has
 * its library compiled: other flags than its own would compile it once more.
 */
export function buildFlags({ isHasty, version }: CheckContext): readonly string[] {
  return isHasty === true && !isBefore(version, "1.20" as GoLanguage) ? ["-gcflags=all=-N -l"] : [];
}

export interface GoRun {
  /** A program that starts go and watches it, with its options. */
  readonly under?: readonly [string, ...string[]];
  /** A module that {@link placeModule} made; default: scratch, without modules. */
  readonly module?: AbsolutePath;
  /** Added to the hermetic environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: what compilers need; for the account what a fetch does. */
  readonly bounds?: RunBounds;
  /** Milliseconds; default: what a check may take. */
  readonly timeoutMs?: number;
}

/** Where go has its HOME, caches and modules, and whose that is. */
export interface GoPlace {
  readonly scratch: AbsolutePath;
  /** Default: readygo's own account. */
  readonly asUser?: Account;
}

/**
 * Makes go's HOME, with telemetry off: with a new HOME go would start a child in a session of its own, which outlives the
 * bound and writes to scratch when that is gone. No variable turns it off, only this file (x/telemetry/internal/dir).
 */
const makeGoHome = oncePerContext((context) => makeHome(context, context));

/** The same for what runs as the account, in its own scratch. */
export const openAccountPlace = oncePerContext(async (context): Promise<GoPlace> => {
  const place = { scratch: context.accountScratch(), asUser: context.account };
  await makeHome(context, place);
  return place;
});

async function makeHome(context: CheckContext, place: GoPlace): Promise<void> {
  await placeFile(context, place, absolutePath(place.scratch, "home/.config/go/telemetry/mode"), "off\n");
}

/** Runs the tree's go as readygo itself. Throws where it cannot be started at all. */
export async function runGo(context: CheckContext, args: readonly string[], run: GoRun = {}): Promise<RunResult> {
  await makeGoHome(context);
  return context.processes.run({
    argv: [places.goBinary, ...args],
    env: {
      ...hermeticEnvironment(context.scratch, context.version),
      ...(run.module === undefined ? {} : { GO111MODULE: "on" }),
      ...run.env,
    },
    cwd: run.module ?? context.scratch,
    timeoutMs: run.timeoutMs ?? context.timeoutMs,
    bounds: run.bounds ?? buildBounds(),
  });
}

/**
 * Runs the tree's go as the account, with nothing of readygo's own environment: what its settings name may run as it, and can
 * read what it is given. `run.module` is one that was placed for the account.
 */
export async function runGoAsAccount(
  context: CheckContext,
  args: readonly string[],
  run: GoRun = {},
): Promise<RunResult> {
  const { scratch } = await openAccountPlace(context);
  return context.processes.run({
    argv: startUnder(run.under, [places.goBinary, ...args]),
    env: {
      ...hermeticEnvironment(scratch, context.version),
      ...(run.module === undefined ? {} : { GO111MODULE: "on" }),
      ...run.env,
    },
    cwd: run.module ?? scratch,
    asUser: context.account,
    timeoutMs: run.timeoutMs ?? context.timeoutMs,
    bounds: run.bounds ?? fetchBounds,
  });
}

function startUnder(under: GoRun["under"], argv: readonly [string, ...string[]]): readonly [string, ...string[]] {
  return under === undefined ? argv : [...under, ...argv];
}

/** `go version` in the hermetic environment: the words it printed, or why there are none. Never throws. */
export const askGoVersion = oncePerContext(
  async (context): Promise<{ readonly words: string } | { readonly failure: string }> => {
    try {
      const result = await runGo(context, ["version"]);
      if (result.status === 0) return { words: result.stdout.trim() };
      return { failure: describeRun(result, context.timeoutMs) };
    } catch (error) {
      return { failure: error instanceof Error ? error.message : String(error) };
    }
  },
);

/** Writes a small module below scratch. Throws a plain Error where it cannot be written. */
export async function placeModule(
  context: CheckContext,
  name: string,
  mainGo: string,
  place: GoPlace & { readonly test?: string } = context,
): Promise<AbsolutePath> {
  const directory = absolutePath(place.scratch, name);
  await placeFile(context, place, absolutePath(directory, "go.mod"), "module readygo.invalid/check\n");
  await placeFile(context, place, absolutePath(directory, "main.go"), mainGo);
  if (place.test !== undefined) await placeFile(context, place, absolutePath(directory, "main_test.go"), place.test);
  return directory;
}

/** By sh, as checks have no port for writing: what they leave is all in scratch. */
async function placeFile(context: CheckContext, place: GoPlace, path: AbsolutePath, content: string): Promise<void> {
  const result = await context.processes.run({
    argv: ["/bin/sh", "-c", 'umask 077; mkdir -p "${1%/*}" && cat >"$1"', "sh", path],
    env: { PATH: systemPath, LC_ALL: "C" },
    cwd: absolutePath("/"),
    ...(place.asUser === undefined ? {} : { asUser: place.asUser }),
    input: content,
    timeoutMs: context.timeoutMs,
  });
  if (result.status !== 0) throw new Error(`${path} cannot be written: ${describeRun(result, context.timeoutMs)}`);
}
