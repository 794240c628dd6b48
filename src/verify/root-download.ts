import { ProvisionError } from "../errors/provision-error.ts";
import { redactUrl } from "../errors/redact-url.ts";
import { parseGoproxyList } from "../sources/goproxy-list.ts";

/** What of root's settings its own check goes by. */
export interface RootDownload {
  readonly env: Readonly<Record<string, string>>;
  /** False where GOPROXY names something, and nothing that root uses. */
  readonly hasProxy: boolean;
  /** In words, without passwords. */
  readonly leftOut: readonly string[];
}

/**
 * Root takes modules from http and https proxies alone: `direct` runs version control programs, which run others, and a file
 * may be any file. GOPROXY=off and an empty list stay as they are, so that go says what they are.
 */
export function restrictForRoot(settings: Readonly<Record<string, string>>): RootDownload {
  const { GOPROXY = "", GOSUMDB = "", GONOSUMDB, GONOPROXY, GOPRIVATE, GOINSECURE, ...others } = settings;
  const entries = [...GOPROXY.matchAll(/([^,|]*)([,|]|$)/g)].flatMap(([, word = "", separator = ""]) =>
    word.trim() === "" ? [] : [{ name: word.trim(), url: parseWebProxy(word), separator }],
  );
  const used = entries.flatMap(({ url, separator }) => (url === undefined ? [] : [url + separator]));
  const unused = entries.flatMap(({ name, url }) => (url === undefined ? [redactUrl(name)] : []));
  // cmd/go's own rule: `NAME[+KEY] [URL]`.
  const [, logUrl] = GOSUMDB.trim().split(/\s+/);
  const isLogUsed = logUrl === undefined || isWebUrl(logUrl);
  const direct = GONOPROXY || GOPRIVATE;
  return {
    env: {
      ...others,
      GOPROXY: used.join("").replace(/[,|]$/, ""),
      ...(isLogUsed && GOSUMDB !== "" ? { GOSUMDB } : {}),
      GONOSUMDB: GONOSUMDB || GOPRIVATE || "",
      // No module is matched by it: GOPRIVATE would make those that it matches direct.
      GONOPROXY: "none",
      GOVCS: "*:off",
      GOAUTH: "off",
    },
    hasProxy: entries.length === 0 || used.length > 0,
    leftOut: [
      ...(unused.length === 0 ? [] : [`${unused.join(", ")} in GOPROXY`]),
      ...(direct && direct !== "none" ? [`${GONOPROXY ? "GONOPROXY" : "GOPRIVATE"}=${direct}`] : []),
      ...(GOINSECURE ? [`GOINSECURE=${GOINSECURE}`] : []),
      ...(isLogUsed ? [] : [`GOSUMDB=${redactUrl(GOSUMDB)}`]),
    ],
  };
}

/** An entry of GOPROXY as root may use it, `off` among them; undefined for others, and for what is no entry. */
function parseWebProxy(word: string): string | undefined {
  try {
    const url = parseGoproxyList(word)[0]?.url;
    return url !== undefined && (url === "off" || isWebUrl(url)) ? url : undefined;
  } catch (error) {
    if (error instanceof ProvisionError) return undefined;
    throw error;
  }
}

function isWebUrl(text: string): boolean {
  return /^https?:\/\/[^/]/i.test(text) && URL.canParse(text);
}
