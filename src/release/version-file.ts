import { posix } from "node:path";

import { ProvisionError } from "../errors/provision-error.ts";
import { compareGoVersions } from "./go-version.ts";
import { nearestReading, parseReleaseRequest, type ReleaseRequest } from "./version-request.ts";

/**
 * What a version file asks for. `fileName` may be a path; its last part decides the format:
 *
 * - `go.mod`, `go.work`: the `toolchain` line, or the `go` line where that is newer, or where the toolchain is `default`.
 *   `go 1.24` means at least 1.24, so the newest of that line; `go 1.24.3` is that release
 * - `.go-version`: the first line that is no comment
 * - `.tool-versions`: the first version after `golang` (or `go`)
 *
 * Throws ProvisionError `version-file` where the file has another name, names no version, or one that is not Go's.
 */
export function parseVersionFile(fileName: string, text: string): ReleaseRequest {
  switch (posix.basename(fileName)) {
    case "go.mod":
    case "go.work":
      return parseModuleFile(fileName, text);
    case ".go-version":
      return parseWord(fileName, contentLines(text, "#")[0]);
    case ".tool-versions":
      return parseWord(fileName, toolVersion(text));
    default:
      throw new ProvisionError("version-file", `${fileName} is not a version file`, {
        details: { expected: "a file named go.mod, go.work, .go-version or .tool-versions" },
      });
  }
}

function parseModuleFile(fileName: string, text: string): ReleaseRequest {
  const directives = topLevelDirectives(text);
  const goLine = directives.get("go");
  const toolchain = directives.get("toolchain");
  const language = goLine === undefined ? undefined : parseWord(fileName, goLine);
  if (toolchain === undefined || toolchain === "default") return language ?? parseWord(fileName, undefined);
  const named = parseWord(fileName, toolchain.replace(/-.*/, ""), toolchain);
  return language === undefined || isAtLeast(named, language) ? named : language;
}

/** The go command, too, takes the `go` line where the toolchain is older: that toolchain could not build the module. */
function isAtLeast(toolchain: ReleaseRequest, language: ReleaseRequest): boolean {
  const [a, b] = [toolchain, language].map((request) =>
    request.kind === "exact" ? request.version : request.kind === "line" ? request.line : undefined,
  );
  return a === undefined || b === undefined || compareGoVersions(a, b) >= 0;
}

function topLevelDirectives(text: string): ReadonlyMap<string, string> {
  const directives = new Map<string, string>();
  let isInsideBlock = false;
  for (const line of contentLines(text, "//")) {
    if (isInsideBlock) isInsideBlock = !line.startsWith(")");
    else if (line.endsWith("(")) isInsideBlock = true;
    else {
      const [verb = "", ...values] = line.split(/\s+/);
      if (!directives.has(verb)) directives.set(verb, values.join(" "));
    }
  }
  return directives;
}

function toolVersion(text: string): string | undefined {
  for (const line of contentLines(text, "#")) {
    const [tool, version] = line.split(/\s+/);
    if (tool === "golang" || tool === "go") return version;
  }
  return undefined;
}

function contentLines(text: string, comment: string): readonly string[] {
  return text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .map((line) => (line.split(comment, 1)[0] ?? "").trim())
    .filter((line) => line !== "");
}

function parseWord(fileName: string, word: string | undefined, written = word): ReleaseRequest {
  if (word === undefined) throw new ProvisionError("version-file", `${fileName} names no Go version`);
  const request = parseReleaseRequest(word);
  if (request !== undefined) return request;
  const reading = nearestReading(word);
  throw new ProvisionError("version-file", `${fileName} names ${JSON.stringify(written)}, which is not a Go version`, {
    details: { file: fileName, found: written ?? "" },
    ...(reading === undefined ? {} : { remedy: [`name the version itself: readygo install ${reading}`] }),
  });
}
