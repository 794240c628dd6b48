import { compareGoVersions } from "../go-version.ts";
import type { ReleaseRequest } from "../release-request.ts";
import { contentLines, parseWord, versionFileError } from "./version-word.ts";

/**
 * `go.mod`, `go.work`, and any `NAME.mod`: the `toolchain` line, or the `go` line where that is newer, or where the toolchain
 * is `default`. `go 1.24` means at least 1.24, so the newest of that line; `go 1.24.3` is that release.
 */
export function parseModuleFile(fileName: string, text: string): ReleaseRequest {
  const goLine = findDirective(fileName, text, "go");
  const toolchain = findDirective(fileName, text, "toolchain");
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

/** @throws ProvisionError `version-file` where two lines say different things: the go command refuses that file too */
function findDirective(fileName: string, text: string, wanted: string): string | undefined {
  const values = new Set<string>();
  let isInsideBlock = false;
  for (const line of contentLines(text, "//")) {
    if (isInsideBlock) isInsideBlock = !line.startsWith(")");
    else if (line.endsWith("(")) isInsideBlock = true;
    else {
      const [verb = "", ...words] = line.split(/\s+/);
      if (verb === wanted) values.add(words.join(" "));
    }
  }
  const [first, second] = values;
  if (second === undefined) return first;
  throw versionFileError(fileName, `${fileName} has two ${wanted} lines: ${[...values].join(" and ")}`, {
    found: [...values].join(", "),
  });
}
