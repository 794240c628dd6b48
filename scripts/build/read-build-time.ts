import { execFileSync, type StdioOptions } from "node:child_process";
import { statSync } from "node:fs";

/**
 * The last commit's time, so that the same commit gives the same bytes; a clock that shows less is known to be wrong.
 * ISO 8601 in UTC, whole seconds. Outside a repository, the time of package.json.
 */
export function readBuildTime(): string {
  return new Date(readSeconds() * 1000).toISOString().replace(".000Z", "Z");
}

function readSeconds(): number {
  const given = Number(process.env["SOURCE_DATE_EPOCH"]);
  if (given > 0) return given;
  try {
    const stdio: StdioOptions = ["ignore", "pipe", "ignore"];
    return Number(execFileSync("git", ["log", "-1", "--format=%ct"], { encoding: "utf8", stdio }));
  } catch {
    return Math.floor(statSync("package.json").mtimeMs / 1000);
  }
}
