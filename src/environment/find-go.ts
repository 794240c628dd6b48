import { absolutePath } from "../host/absolute-path.ts";
import { describeRun } from "../host/child/describe-run.ts";
import type { Account, Processes } from "../host/ports.ts";
import type { Environment } from "./setting.ts";
import type { ShellGo } from "./shell-question.ts";

/** What the command `go` means in a context. */
export type GoMeaning =
  /** `target`: where the path leads in the end. */
  | { readonly kind: "program"; readonly path: string; readonly target: string }
  /** Its text, shortened. */
  | { readonly kind: "alias" | "function"; readonly text: string }
  | { readonly kind: "none" }
  /** A directory of PATH that comes before any go does not answer. */
  | { readonly kind: "unknown"; readonly why: string };

/** Where paths lead in the end, as an account sees them; undefined for what is no program that it could run. */
export interface Look {
  readonly targets: ReadonlyMap<string, string | undefined>;
  /** Why those that are missing were not come to. */
  readonly why: string | undefined;
}

/** A file system that does not answer is not worth more. */
const mostMs = 10_000;

/** Prints after each path, so that what answers before one that does not is known. */
const script = `for path; do
  if [ -f "$path" ] && [ -x "$path" ]; then readlink -nf -- "$path"; fi
  printf '\\0'
done`;

/** Looks at all paths by one child that is the account. Never throws. */
export async function lookAt(
  processes: Processes,
  account: Account,
  paths: readonly string[],
  timeoutMs = mostMs,
): Promise<Look> {
  if (paths.length === 0) return { targets: new Map(), why: undefined };
  let stdout = "";
  let why: string | undefined;
  try {
    const result = await processes.run({
      argv: ["/bin/sh", "-c", script, "sh", ...paths],
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
      cwd: absolutePath("/"),
      asUser: account,
      timeoutMs,
    });
    ({ stdout } = result);
    why = describeRun(result, timeoutMs);
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  // What stands behind the last NUL is no answer yet.
  const answers = stdout.split("\0").slice(0, -1);
  const targets = new Map(paths.slice(0, answers.length).map((path, at) => [path, answers[at] || undefined]));
  return { targets, why: targets.size === paths.length ? undefined : why };
}

/** What is known of a context before anybody has looked where its go leads. */
export interface Found {
  readonly environment: Environment;
  /** What a shell has said of go; undefined where PATH alone decides. */
  readonly told: ShellGo | undefined;
}

/** Where `go` may lie: what a shell has named, or every entry of PATH. */
export function listPlaces({ environment, told }: Found): readonly string[] {
  if (told === undefined) return listCandidates(environment.get("PATH")?.value);
  return told.kind === "program" ? [told.path] : [];
}

export function decideGo(found: Found, look: Look | undefined): GoMeaning {
  if (found.told !== undefined && found.told.kind !== "program") return found.told;
  for (const place of listPlaces(found)) {
    if (look?.targets.has(place) !== true) return { kind: "unknown", why: `${place}: ${look?.why ?? "nobody looked"}` };
    const target = look.targets.get(place);
    if (target !== undefined) return { kind: "program", path: place, target };
  }
  return { kind: "none" };
}

/** Where execvp(3) would look for `go`. Empty and relative entries mean the current directory: nobody's go. */
function listCandidates(path = ""): readonly string[] {
  const entries = path.split(":").filter((entry) => entry.startsWith("/"));
  return [...new Set(entries.map((entry) => `${entry.replace(/\/+$/, "")}/go`))];
}
