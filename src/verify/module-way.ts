import { redactUrl } from "../errors/redact-url.ts";

/** How a module reaches an account, by its settings: who is asked for it, and who says that its hash is right. */
export interface ModuleWay {
  /** The setting by which no proxy is asked, as in `GOPRIVATE=*`; undefined where the proxies are. */
  readonly direct: string | undefined;
  /** In words, for evidence. */
  readonly asked: string;
  readonly checked: string;
}

/** By the rules of cmd/go: GOPRIVATE stands for GONOPROXY and GONOSUMDB where they are not set. */
export function describeModuleWay(settings: Readonly<Record<string, string>>, module: string): ModuleWay {
  const [path = ""] = module.split("@");
  const { GOPROXY = "", GOSUMDB = "", GOPRIVATE = "" } = settings;
  const match = (name: "GONOPROXY" | "GONOSUMDB"): string | undefined => {
    const own = settings[name] ?? "";
    // `go env` prints GOPRIVATE's value for those that are not set.
    const [from, patterns] = own === "" || own === GOPRIVATE ? ["GOPRIVATE", GOPRIVATE] : [name, own];
    return matchesPatterns(patterns, path) ? `${from}=${patterns}` : undefined;
  };
  const direct = match("GONOPROXY");
  const unchecked = GOSUMDB === "off" ? "GOSUMDB=off" : match("GONOSUMDB");
  const proxies = GOPROXY.split(/[,|]/).filter((word) => word.trim() !== "");
  return {
    direct,
    asked: direct === undefined ? describeProxies(proxies.map(redactUrl)) : `from no proxy: ${direct}`,
    checked:
      unchecked === undefined
        ? `hash checked by ${redactUrl(GOSUMDB.split(/[+\s]/)[0] || "sum.golang.org")}`
        : `hash checked by nobody: ${unchecked}`,
  };
}

function describeProxies(proxies: readonly string[]): string {
  if (proxies.length < 2) return `from ${proxies[0] ?? "no proxy"}`;
  return `from the first of ${proxies.join(", ")} that has it`;
}

/** golang.org/x/mod/module.MatchPrefixPatterns: a comma separated list of globs, each over as many elements as it has. */
function matchesPatterns(patterns: string, path: string): boolean {
  return patterns.split(",").some((pattern) => {
    const elements = pattern.trim().split("/");
    const start = path.split("/").slice(0, elements.length);
    return (
      pattern.trim() !== "" &&
      start.length === elements.length &&
      elements.every((element, at) => toExpression(element).test(start[at] ?? ""))
    );
  });
}

/** path.Match of one element. */
function toExpression(glob: string): RegExp {
  const text = glob
    .replaceAll(/[.+^${}()|\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
  try {
    return new RegExp(`^${text}$`);
  } catch {
    // A bracket that is never closed: go refuses the pattern, and it matches nothing.
    return /^(?!)/;
  }
}
