import { ProvisionError } from "../errors/provision-error.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import type { Processes, ReadFiles } from "../host/ports.ts";
import { parseElfArchitecture, type Architecture } from "../release/architecture.ts";
import { type GoLanguage, isBefore, parseGoVersion, type GoVersion } from "../release/go-version.ts";

export interface StagedTreeCheck {
  readonly tree: AbsolutePath;
  readonly version: GoVersion;
  readonly architecture: Architecture;
  /** False where the tree is for another machine than this one. */
  readonly isRunnable: boolean;
}

const mostRunMs = 30_000;

/**
 * Holds a staged tree against what was asked for, before anything is visible: VERSION, the ELF header of bin/go, its tools, and,
 * on the machine it is for, `go version`.
 *
 * @throws ProvisionError `tree-wrong`
 */
export async function checkStagedTree(files: ReadFiles, processes: Processes, check: StagedTreeCheck): Promise<void> {
  const { tree, version, architecture } = check;
  const binary = absolutePath(tree, "bin/go");
  const found = parseGoVersion(files.read(absolutePath(tree, "VERSION"))?.toString("utf8").split("\n")[0] ?? "");
  if (found !== version) throw wrong("VERSION names another release", version, found ?? "none");
  const header = files.readStart(binary, 64);
  const foundArchitecture = header === undefined ? undefined : parseElfArchitecture(header);
  if (foundArchitecture !== architecture)
    throw wrong("bin/go is for another architecture", architecture, foundArchitecture ?? "none");
  // The same key signs releases for other systems, whose ELF headers name no system.
  const tools = `pkg/tool/linux_${architecture}`;
  if (files.stat(absolutePath(tree, tools))?.kind !== "directory")
    throw wrong("its tools are for another system", tools, "none");
  if (!check.isRunnable) return;
  const real = files.locate(binary);
  const scratch = files.locate(absolutePath(tree, ".."));
  const answer = await processes.run({
    argv: [real, "version"],
    // Every run of go writes telemetry under HOME: it gets one in staging, which is removed with it.
    env: {
      PATH: "/usr/bin:/bin",
      HOME: `${scratch}/home`,
      GOENV: "/dev/null",
      GOTOOLCHAIN: "local",
      GOTELEMETRY: "off",
      // Until go1.9 the command knew its tree by a path that was built in.
      ...(isBefore(version, "1.9" as GoLanguage) ? { GOROOT: files.locate(tree) } : {}),
    },
    cwd: absolutePath("/"),
    timeoutMs: mostRunMs,
  });
  const wanted = `go version ${version} linux/${architecture}`;
  if (answer.status !== 0 || answer.stdout.trim() !== wanted) {
    throw wrong(
      "`go version` of the staged tree does not answer as it should",
      wanted,
      answer.stdout.trim() || answer.stderr.trim() || `status ${answer.status}`,
    );
  }
}

function wrong(summary: string, expected: string, found: string): ProvisionError {
  return new ProvisionError("tree-wrong", summary, { details: { expected, found } });
}
