import { posix } from "node:path";
import type { ReleaseRequest } from "../release-request.ts";
import { parseDevcontainer, parseDockerfile } from "./image-files.ts";
import { parseModuleFile } from "./module-file.ts";
import { parseMiseFile, parseToolVersions } from "./tool-files.ts";
import { type VersionFileFormat, versionFileFormats, versionFileNames } from "./version-file-names.ts";
import { contentLines, parseWord, versionFileError } from "./version-word.ts";

type Parse = (fileName: string, text: string) => ReleaseRequest;

const parsers: Readonly<Record<VersionFileFormat, Parse>> = {
  module: parseModuleFile,
  line: parseFirstLine,
  tools: parseToolVersions,
  mise: parseMiseFile,
  gvm: parseGvmFile,
  docker: parseDockerfile,
  devcontainer: parseDevcontainer,
};

/**
 * What a version file asks for. `fileName` may be a path; its last part decides the format.
 *
 * @throws ProvisionError `version-file` where the file has another name, names no version or two, or one that is not Go's
 */
export function parseVersionFile(fileName: string, text: string): ReleaseRequest {
  const name = posix.basename(fileName);
  const format = (Object.keys(parsers) as VersionFileFormat[]).find((each) => versionFileFormats[each].name.test(name));
  if (format === undefined) {
    throw versionFileError(fileName, `${fileName} is not a version file`, { expected: versionFileNames });
  }
  refuseConflict(fileName, text);
  return parsers[format](fileName, text);
}

/** What came by stdin, which has no name: lines of a go.mod, else one word. */
export function parseVersionText(text: string): ReleaseRequest {
  const fileName = "stdin";
  refuseConflict(fileName, text);
  if (/^\s*(?:go|toolchain|module)\s+\S/m.test(text)) return parseModuleFile(fileName, text);
  if (/^\s*(?:golang|go)\s/m.test(text)) return parseToolVersions(fileName, text);
  return parseFirstLine(fileName, text);
}

function refuseConflict(fileName: string, text: string): void {
  const at = text.split("\n").findIndex((line) => /^(?:<{7}|>{7})(?: |\r?$)/.test(line));
  if (at === -1) return;
  throw versionFileError(fileName, `${fileName} has a merge conflict in line ${at + 1}`);
}

/** `.go-version`, and VERSION of a Go tree: the first line that is no comment. */
function parseFirstLine(fileName: string, text: string): ReleaseRequest {
  return parseWord(fileName, contentLines(text, "#")[0]);
}

/** gvm's file is a shell script: read where all it does is to name one version. */
function parseGvmFile(fileName: string, text: string): ReleaseRequest {
  const lines = contentLines(text, "#");
  const [line = ""] = lines;
  const version = /^(?:gvm\s+use\s+)?(go\d\S*)(?:\s+--default)?(?:\s*>\s*\/dev\/null)?$/.exec(line)?.[1];
  if (lines.length <= 1) return parseWord(fileName, version ?? (line === "" ? undefined : line));
  const found = /\bgo(\d+\.\d[\w.]*)/.exec(text)?.[1];
  throw versionFileError(fileName, `${fileName} is a script of several lines, and readygo runs none`, {}, found);
}
