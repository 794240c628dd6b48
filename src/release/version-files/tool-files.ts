import { parse as parseToml, TomlError } from "smol-toml";
import { nearestReading, parseReleaseRequest, type ReleaseRequest } from "../release-request.ts";
import { contentLines, parseWord, versionFileError } from "./version-word.ts";

/** asdf's and mise's names for Go. */
const toolNames: readonly string[] = ["golang", "go", "core:go", "asdf:golang"];

/** `.tool-versions`: of the versions after `golang` (or `go`) the first that is a release; those before it are fallbacks too. */
export function parseToolVersions(fileName: string, text: string): ReleaseRequest {
  for (const line of contentLines(text, "#")) {
    const [tool = "", ...versions] = line.split(/\s+/);
    if (toolNames.includes(tool)) return chooseFirst(fileName, versions);
  }
  return parseWord(fileName, undefined);
}

/** `mise.toml`: `go` under `[tools]`, a string, a list of fallbacks, or a table with `version`. */
export function parseMiseFile(fileName: string, text: string): ReleaseRequest {
  let document: Readonly<Record<string, unknown>>;
  try {
    document = parseToml(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw versionFileError(fileName, `${fileName} is no TOML: line ${error.line}, column ${error.column}`);
  }
  const tools = document["tools"];
  if (!isTable(tools)) return parseWord(fileName, undefined);
  const name = toolNames.find((tool) => tools[tool] !== undefined);
  const value = name === undefined ? undefined : tools[name];
  const versions = (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((each: unknown) =>
    isTable(each) ? each["version"] : each,
  );
  return chooseFirst(
    fileName,
    versions.map((version) => (typeof version === "string" ? version : JSON.stringify(version ?? null))),
  );
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Of fallbacks the first that is a release: `system`, a branch or a directory is nothing that readygo installs. */
function chooseFirst(fileName: string, versions: readonly string[]): ReleaseRequest {
  for (const version of versions) {
    const request = parseReleaseRequest(version.replace(/^prefix:/, ""));
    if (request !== undefined) return request;
  }
  if (versions.length < 2) return parseWord(fileName, versions[0]);
  const reading = versions.map(nearestReading).find((each) => each !== undefined);
  const named = versions.map((version) => JSON.stringify(version)).join(", ");
  throw versionFileError(
    fileName,
    `${fileName} names ${named}, none of which is a Go version`,
    { found: versions.join(" ") },
    reading,
  );
}
