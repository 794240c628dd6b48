import { ProvisionError } from "../../errors/provision-error.ts";
import { createChooseProxy } from "../../fetch/http/choose-proxy.ts";
import type { TracedName } from "../trace-origins.ts";

/** A variable that names an HTTP proxy, as the go command takes it. */
export interface ProxyVariable {
  readonly name: TracedName;
  readonly value: string;
}

/** Upper case comes first, other than with curl and git (golang.org/x/net/http/httpproxy). */
const variables = {
  "https:": ["HTTPS_PROXY", "https_proxy"],
  "http:": ["HTTP_PROXY", "http_proxy"],
} as const satisfies Readonly<Record<string, readonly TracedName[]>>;

/** The variable by whose proxy go asks an address; null where it asks directly. */
export function chooseProxyVariable(settings: Readonly<Record<string, string>>, url: URL): ProxyVariable | null {
  const name = variables[url.protocol === "http:" ? "http:" : "https:"].find((each) => settings[each]);
  if (name === undefined) return null;
  const value = settings[name] ?? "";
  const env = { [name]: value, NO_PROXY: settings["NO_PROXY"] || settings["no_proxy"] };
  try {
    return createChooseProxy({ env })(url) === undefined ? null : { name, value };
  } catch (error) {
    if (error instanceof ProvisionError) return { name, value };
    throw error;
  }
}

/** Pairs of one name in upper and in lower case that disagree. */
export function listDisagreements(
  env: Readonly<Record<string, string>>,
): readonly { readonly upper: ProxyVariable; readonly lower: ProxyVariable }[] {
  const pairs = [
    ["HTTPS_PROXY", "https_proxy"],
    ["HTTP_PROXY", "http_proxy"],
    ["NO_PROXY", "no_proxy"],
  ] as const;
  return pairs.flatMap(([upper, lower]) => {
    const [above, below] = [env[upper] ?? "", env[lower] ?? ""];
    const isSame = above === "" || below === "" || normalise(above) === normalise(below);
    return isSame ? [] : [{ upper: { name: upper, value: above }, lower: { name: lower, value: below } }];
  });
}

function normalise(value: string): string {
  return value
    .trim()
    .toLowerCase()
    .replace(/^http:\/\//, "")
    .replace(/\/+$/, "")
    .replaceAll(/\s/g, "");
}

/** Why a value is no address of a proxy; null where it may be one. Go takes what it cannot read for a host's name. */
export function findProxyFault(value: string): string | null {
  const text = value.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  const url = scheme === undefined ? `http://${text}` : text;
  if (!URL.canParse(url) || new URL(url).hostname === "") return "it is no address: http://HOST:PORT is one";
  if (scheme !== undefined && !["http", "https", "socks5", "socks5h"].includes(scheme))
    return `go knows no ${scheme} proxies, and speaks HTTP to it`;
  return null;
}
