import type { GoTreeSurvey } from "../../host/trees/go-tree-survey.ts";
import { posix } from "node:path";

/** The release and platform that the name of a toolchain's directory in a GOMODCACHE states. */
export interface ToolchainName {
  /** `go1.25.3`. */
  readonly version: string;
  /** `linux-amd64`. */
  readonly platform: string;
}

/** Undefined for any other path. */
export function parseToolchainPath(path: string): ToolchainName | undefined {
  const match = /\/golang\.org\/toolchain@v0\.0\.1-(go[^/]+)\.([a-z0-9]+-[a-z0-9]+)$/.exec(path);
  return match === null ? undefined : { version: match[1] ?? "", platform: match[2] ?? "" };
}

/**
 * A toolchain's survey as that of a tree. It lies there as its zip has it, with `_go.mod` for each go.mod; of some of them
 * go makes a copy by the right name when it first runs the toolchain. One that differs from its `_go.mod` stays beside it,
 * as a difference.
 */
export function toTree(survey: GoTreeSurvey): GoTreeSurvey {
  const { scan, crc32 } = survey;
  const digests = new Map(scan.files.map(({ path, sha256 }) => [path, sha256]));
  const isCopy = (path: string): boolean =>
    posix.basename(path) === "go.mod" && digests.get(path) === digests.get(packedName(path));
  const files: GoTreeSurvey["scan"]["files"][number][] = [];
  const checksums: number[] = [];
  for (const [at, file] of scan.files.entries()) {
    if (isCopy(file.path)) continue;
    const plain = plainName(file.path);
    const isFree = plain !== file.path && (!digests.has(plain) || isCopy(plain));
    files.push(isFree ? { ...file, path: plain } : file);
    checksums.push(crc32[at] ?? 0);
  }
  return { ...survey, scan: { ...scan, files }, crc32: checksums };
}

function packedName(path: string): string {
  return path.replace(/go\.mod$/, "_go.mod");
}

function plainName(path: string): string {
  return path.replace(/(^|\/)_go\.mod$/, "$1go.mod");
}
