import { redactUrl } from "../errors/redact-url.ts";
import { RequestFailure } from "../errors/request-failure.ts";
import type { Architecture } from "../release/architecture.ts";
import { archiveFileName } from "../release/archive-name.ts";
import { isStable, parseGoVersion } from "../release/go-version.ts";
import type { Release } from "../release/release.ts";

/**
 * Parses a module proxy's `golang.org/toolchain/@v/list`: unsorted lines `v0.0.1-goX.OS-ARCH`. Only releases for Linux on
 * this architecture are kept. Throws RequestFailure `content` where lines are there, but none is a toolchain's.
 */
export function parseProxyList(text: string, architecture: Architecture, url: string): readonly Release[] {
  const lines = text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
  if (lines.length > 0 && !lines.some((line) => /^v0\.0\.1-go\S+\.[a-z0-9]+-[a-z0-9]+$/.test(line))) {
    throw new RequestFailure("content", redactUrl(url), "not a list of toolchain versions");
  }
  const suffix = `.linux-${architecture}`;
  return lines.flatMap((line): readonly Release[] => {
    if (!line.endsWith(suffix)) return [];
    const version = parseGoVersion(line.slice("v0.0.1-".length, -suffix.length));
    if (version === undefined) return [];
    const archive = { fileName: archiveFileName(version, architecture), statements: [{ by: "goproxy" as const }] };
    return [
      { version, isStable: isStable(version), archives: { [architecture]: archive }, knownBy: ["goproxy" as const] },
    ];
  });
}
