import { ProvisionError } from "../errors/provision-error.ts";
import { redactUrl } from "../errors/redact-url.ts";
import type { Architecture } from "../release/architecture.ts";
import { toolchainModuleVersion } from "../release/archive-name.ts";
import type { GoVersion } from "../release/go-version.ts";

/** One entry of GOPROXY. `fallback` says after what the next entry is tried: `absent` answers (404, 410) only, or any failure. */
export interface GoproxyEntry {
  /** An https, http or file URL without a slash at its end; `direct` and `off` are always last. */
  readonly url: string;
  readonly fallback: "absent" | "any";
}

export type GoproxyList = readonly GoproxyEntry[];

/**
 * Parses GOPROXY as cmd/go/internal/modfetch does: a comma goes on after an absent version only, a bar after anything;
 * `direct` and `off` end the list; a host with a dot or a port gets `https://`. Throws ProvisionError `source-invalid` for
 * paths, single words, other schemes, and a list without entries.
 */
export function parseGoproxyList(text: string): GoproxyList {
  const entries: GoproxyEntry[] = [];
  for (const [, word = "", separator] of text.matchAll(/([^,|]*)([,|]|$)/g)) {
    const name = word.trim();
    if (name === "") continue;
    const fallback = separator === "|" ? "any" : "absent";
    entries.push({ url: name === "direct" || name === "off" ? name : parseProxyUrl(name), fallback });
    if (name === "direct" || name === "off") break;
  }
  if (entries.length === 0) throw invalid("the GOPROXY list has no entries", text);
  return entries;
}

/** Those that are directories of this machine. */
export function listLocalProxies(list: GoproxyList): GoproxyList {
  return list.filter(({ url }) => url.startsWith("file:"));
}

/** The module path and version in a proxy's URLs: every upper-case letter as `!` and its lower-case form (x/mod/module). */
export function escapeModulePath(path: string): string {
  return path.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}

/** `PROXY/golang.org/toolchain/@v/list`. */
export function toolchainListUrl(proxy: string): string {
  return appendPath(proxy, "golang.org/toolchain/@v/list");
}

/** One file of a toolchain module: `PROXY/golang.org/toolchain/@v/v0.0.1-go1.27.4.linux-amd64.zip`. */
export function toolchainUrl(
  proxy: string,
  version: GoVersion,
  architecture: Architecture,
  extension: "zip" | "mod" | "info",
): string {
  const moduleVersion = escapeModulePath(toolchainModuleVersion(version, architecture));
  return appendPath(proxy, `golang.org/toolchain/@v/${moduleVersion}.${extension}`);
}

/** A URL with more path behind its own; a query (a mirror's access token) stays where it is. */
export function appendPath(base: string, path: string): string {
  const [, before = base, query = ""] = /^([^?]*)(\?.*)?$/.exec(base) ?? [];
  return `${before.replace(/\/+$/, "")}/${path}${query}`;
}

function parseProxyUrl(name: string): string {
  const lacksScheme = /[.:/]/.test(name) && !name.includes(":/") && !name.startsWith("/");
  const text = lacksScheme ? `https://${name}` : name;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) throw invalid("a GOPROXY entry has no scheme", name);
  if (scheme === "file") {
    if (!/^file:\/\/\/[^?#]/i.test(text)) throw invalid("a file:// entry of GOPROXY needs an absolute path only", name);
  } else if (scheme !== "https" && scheme !== "http") {
    throw invalid("a GOPROXY entry's scheme must be https, http or file", name);
  }
  if (!URL.canParse(text)) throw invalid("a GOPROXY entry is not a URL", name);
  return text.replace(/\/+$/, "");
}

function invalid(summary: string, text: string): ProvisionError {
  return new ProvisionError("source-invalid", summary, {
    details: { given: redactUrl(text) },
    remedy: ["readygo install --source publisher-modules", "go help goproxy"],
  });
}
