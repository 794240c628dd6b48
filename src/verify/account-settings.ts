import { type CheckContext, oncePerContext } from "./check.ts";
import { absolutePath, type AbsolutePath, parseAbsolutePath } from "../host/absolute-path.ts";
import { parseGoEnvFile } from "../release/go-env-file.ts";
import { valuesOf } from "../environment/setting.ts";
import { askShell, readLoginStart } from "./ask-shells.ts";
import { describeRun } from "../host/child/describe-run.ts";
import { runGoAsAccount } from "./hermetic-go.ts";
import type { OwnShellMode } from "../environment/shell-answer.ts";

/** What the account's own go command would be told: by its shells' environments, and by its file (`go env -w`). */
export interface AccountSettings {
  readonly environments: readonly { readonly mode: OwnShellMode; readonly env: Readonly<Record<string, string>> }[];
  /** The login shell's environment, or what a login starts with where that shell did not answer. */
  readonly env: Readonly<Record<string, string>>;
  /** Null where GOENV=off. */
  readonly goenv: { readonly path: string; readonly settings: Readonly<Record<string, string>> } | null;
}

export const readAccountSettings = oncePerContext(async (context): Promise<AccountSettings> => {
  const environments: { readonly mode: OwnShellMode; readonly env: Readonly<Record<string, string>> }[] = [];
  for (const mode of ["login", "interactive"] as const) {
    const answer = await askShell(context, mode);
    if (answer.kind === "answered") environments.push({ mode, env: answer.env });
  }
  const env = environments[0]?.env ?? valuesOf(await readLoginStart(context));
  const path = goenvPath(env, context.account.home);
  return { environments, env, goenv: path === null ? null : { path, settings: await readSettings(context, path) } };
});

/** Each GOMODCACHE that go would use in one of the account's shells (go help environment). */
export async function listModuleCaches(context: CheckContext): Promise<readonly AbsolutePath[]> {
  const { environments, goenv } = await readAccountSettings(context);
  const caches = [...environments.map(({ env }) => env), {}].map((env: Readonly<Record<string, string>>) => {
    const find = (name: string): string => env[name] || goenv?.settings[name] || "";
    const gopath = find("GOPATH").split(":")[0] || `${context.account.home}/go`;
    return parseAbsolutePath(find("GOMODCACHE") || `${gopath}/pkg/mod`);
  });
  return caches.filter((path) => path !== undefined);
}

/** cmd/go's own rule: $GOENV, else go/env in os.UserConfigDir. */
function goenvPath(env: Readonly<Record<string, string>>, home: string): string | null {
  if (env["GOENV"] === "off") return null;
  if (env["GOENV"]) return env["GOENV"];
  const configHome = env["XDG_CONFIG_HOME"];
  const isUsable = configHome !== undefined && configHome.startsWith("/") && configHome !== "/dev/null";
  return `${isUsable ? configHome : `${home}/.config`}/go/env`;
}

/** Read by grep as the account, so that a pipe or another's file under that name is passed over. */
async function readSettings(context: CheckContext, path: string): Promise<Readonly<Record<string, string>>> {
  const result = await context.processes.run({
    argv: ["/bin/grep", "-shaE", "-D", "skip", "-e", "^[A-Z][A-Z0-9_]*=", "--", path],
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    cwd: absolutePath("/"),
    asUser: context.account,
    timeoutMs: context.timeoutMs,
  });
  return parseGoEnvFile(result.stdout.replace(/\n$/, ""));
}

/** Settings that decide whether and from where modules come. By some of them go runs git and ssh. */
const downloadSettings = ["GOPROXY", "GONOPROXY", "GOPRIVATE", "GOSUMDB", "GONOSUMDB", "GOINSECURE"] as const;

/**
 * GOVERSION and the values of {@link downloadSettings} as the account's go has them, by `go env` run as the account; or why it does not
 * answer. GOROOT is left out: it would answer for another tree, and has a check of its own.
 */
export const askAccountGo = oncePerContext(
  async (context): Promise<{ readonly values: Readonly<Record<string, string>> } | { readonly failure: string }> => {
    const { env, goenv } = await readAccountSettings(context);
    const ownSettings = downloadSettings.flatMap((name) =>
      env[name] === undefined ? [] : [[name, env[name]] as const],
    );
    try {
      const result = await runGoAsAccount(context, ["env", "-json", "GOVERSION", ...downloadSettings], {
        env: { GOENV: goenv === null ? "off" : goenv.path, ...Object.fromEntries(ownSettings) },
      });
      if (result.status !== 0) return { failure: describeRun(result, context.timeoutMs) };
      return { values: parseStrings(result.stdout) };
    } catch (error) {
      // The account's quota, say, or its limits: nothing that the tree could be blamed for.
      return { failure: error instanceof Error ? error.message : String(error) };
    }
  },
);

function parseStrings(json: string): Readonly<Record<string, string>> {
  const parsed: unknown = JSON.parse(json);
  const entries = typeof parsed === "object" && parsed !== null ? Object.entries(parsed) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
