import { type GoSetting, readStoredSetting } from "../sources/read-go-setting.ts";
import type { SourceContext } from "../sources/source-context.ts";

/** What this host's settings say of the checksum database. */
export interface LogAccess {
  /** The setting that keeps it from being asked, in words. */
  readonly logRefusal: string | undefined;
  /** The one place where it is to be asked. */
  readonly logUrl: string | undefined;
}

export async function readLogAccess(context: SourceContext): Promise<LogAccess> {
  const read = async (name: string): Promise<GoSetting | undefined> => {
    const value = context.port.env[name];
    return value === undefined || value === "" ? readStoredSetting(context, name) : { value, from: "the environment" };
  };
  const database = await read("GOSUMDB");
  const logRefusal = forbidLog({
    GOSUMDB: database,
    GONOSUMDB: await read("GONOSUMDB"),
    GONOSUMCHECK: await read("GONOSUMCHECK"),
    GOPRIVATE: await read("GOPRIVATE"),
  });
  return { logRefusal, logUrl: findLogUrl(database?.value ?? "") };
}

const china = "sum.golang.google.cn";

/**
 * The URL that a GOSUMDB names besides the database. As for the go command, it is then asked there and nowhere else, no
 * module proxy and not the database's own host; inside China that host goes by another name
 * (cmd/go/internal/modfetch/sumdb.go, dbDial). `undefined` where none is named.
 */
export function findLogUrl(database: string): string | undefined {
  const [name = "", url] = database.trim().split(/\s+/);
  if (url !== undefined) return url;
  return name === china ? `https://${china}` : undefined;
}

export type LogSettings = Readonly<
  Partial<Record<"GOSUMDB" | "GONOSUMDB" | "GONOSUMCHECK" | "GOPRIVATE", GoSetting | undefined>>
>;

const modulePath = "golang.org/toolchain";

/** One database under two names (cmd/go/internal/modfetch/sumdb.go). */
const ownNames = new Set(["sum.golang.org", "sum.golang.google.cn"]);

/**
 * Why the checksum database is not to be asked, in words: the settings that keep the go command from asking it for other
 * modules. For its own toolchains the go command asks all the same; readygo does not, since the settings say that this
 * host is not to tell the database what it installs. `undefined` where nothing forbids it.
 */
export function forbidLog(settings: LogSettings): string | undefined {
  const database = settings.GOSUMDB?.value.trim().split(/\s+/)[0] ?? "";
  if (settings.GOSUMDB !== undefined && database !== "" && !ownNames.has(database.split("+")[0] ?? "")) {
    return `GOSUMDB=${settings.GOSUMDB.value} in ${settings.GOSUMDB.from}`;
  }
  // Where GONOSUMDB is set it takes the place of GOPRIVATE.
  const without = settings.GONOSUMDB === undefined || settings.GONOSUMDB.value === "" ? "GOPRIVATE" : "GONOSUMDB";
  for (const name of [without, "GONOSUMCHECK"] as const) {
    const setting = settings[name];
    if (setting !== undefined && matchesPrefix(setting.value)) return `${name}=${setting.value} in ${setting.from}`;
  }
  return undefined;
}

/**
 * golang.org/x/mod/module, MatchPrefixPatterns: a pattern of n elements is held against the path's first n, without the
 * one slash that it may end with.
 */
function matchesPrefix(patterns: string): boolean {
  const elements = modulePath.split("/");
  return patterns.split(",").some((written) => {
    const pattern = written.replace(/\/$/, "");
    const count = pattern.split("/").length;
    return pattern !== "" && count <= elements.length && toRegExp(pattern)?.test(elements.slice(0, count).join("/"));
  });
}

/** Go's path.Match; `undefined` for a malformed pattern, which matches nothing. */
function toRegExp(pattern: string): RegExp | undefined {
  const source = pattern.replace(
    /\\(.)|\[(\^?)((?:\\.|[^\]\\])+)\]|([*?])|([.+^${}()|[\]\\])/gs,
    (...parts: string[]) => {
      const [, escaped, negation, set, wildcard, special] = parts;
      if (set !== undefined) return `[${negation}${set.replace(/[[\]^]/g, "\\$&")}]`;
      if (wildcard !== undefined) return wildcard === "*" ? "[^/]*" : "[^/]";
      return `\\${escaped ?? special}`;
    },
  );
  try {
    return new RegExp(`^${source}$`, "s");
  } catch {
    return undefined;
  }
}
