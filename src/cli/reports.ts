import { posix } from "node:path";
import { ProvisionError } from "../errors/provision-error.ts";
import { type AbsolutePath, absolutePath, parseAbsolutePath } from "../host/absolute-path.ts";
import { formatReport, isPublicFormat, type ReportFormat, splitReport } from "../report/formats/report-format.ts";
import type { Result } from "../report/result/result-shape.ts";

/** One --report. */
export interface Report {
  readonly format: ReportFormat;
  /** Undefined for stdout. */
  readonly path: AbsolutePath | undefined;
}

/**
 * The values of --report, which are of known formats.
 *
 * @throws ProvisionError `usage` where two things want stdout, or one file
 */
export function parseReports(texts: readonly string[], cwd: AbsolutePath, isJson: boolean): readonly Report[] {
  const reports = texts.map((text) => {
    const [format, file] = splitReport(text);
    const path = file === "-" ? undefined : (parseAbsolutePath(file) ?? absolutePath(cwd, file));
    return { format: format as ReportFormat, path };
  });
  const onStdout = reports.filter(({ path }) => path === undefined).length;
  if (onStdout > 1) throw new ProvisionError("usage", "only one --report can go to stdout");
  if (onStdout === 1 && isJson)
    throw new ProvisionError("usage", "--json and a --report to - both go to stdout", {
      remedy: ["name a file in place of -, or leave --json out; --report json:- prints the same object"],
    });
  const files = reports.flatMap(({ path }) => (path === undefined ? [] : [path]));
  const twice = files.find((path, at) => files.indexOf(path) !== at);
  if (twice !== undefined) throw new ProvisionError("usage", `two reports cannot be written to ${twice}`);
  return reports;
}

export interface WrittenReports {
  /** What is to be printed in place of the command's own text. */
  readonly onStdout: string | undefined;
  /** A line for each that could not be written. */
  readonly failures: readonly string[];
}

/** Writes all of them; one that cannot be written keeps no other from it. */
export async function writeReports(
  reports: readonly Report[],
  result: Result,
  entry: readonly string[],
): Promise<WrittenReports> {
  let onStdout: string | undefined;
  const failures: string[] = [];
  for (const { format, path } of reports) {
    const content = await formatReport(format, result);
    if (path === undefined) {
      onStdout = content;
      continue;
    }
    try {
      const { writeReport } = await import("../report/write-report.ts");
      await writeReport({ path, content, isPublic: isPublicFormat(format) }, entry);
    } catch (error) {
      failures.push(`${path}: ${describe(error, path)}`);
    }
  }
  return { onStdout, failures };
}

function describe(error: unknown, path: AbsolutePath): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return `there is no directory ${posix.dirname(path)}`;
  return error.message;
}
