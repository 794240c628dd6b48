import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Result } from "../../../src/report/result/result-shape.ts";
import { builtProgram, runInProcess } from "../suite/run-in-process.ts";
import { readTreeInodes, refreshInodes } from "./state-inodes.ts";
import { type SnapshotEntry, takeSnapshot } from "../hosts/snapshot.ts";

/** A host as a directory for `--root`, which can be copied with its state: a copied receipt fits its copied tree. */
export interface StateImage {
  readonly directory: string;
  /** Where this machine sees a path of the image. */
  readonly path: (path: string) => string;
  /** In this process, as the bundle would; never to be used where the run may wait for a FIFO without a supervisor. */
  run(argv: readonly string[]): Promise<StateRun>;
  /** The built bundle in a process of its own. */
  runBundle(argv: readonly string[]): StateRun;
  /**
   * The built bundle in a process that is killed at its first change once `file` holds `text` (or, with "not " before
   * it, no longer does); false where it came to its end before.
   */
  runKilled(argv: readonly string[], file: string, text: string): boolean;
  look(): Look;
  copyTo(directory: string): StateImage;
  destroy(): void;
}

export interface StateRun extends Partial<Result> {
  readonly exit: number;
  /** What came on stderr. */
  readonly words: string;
}

export type Look = ReadonlyMap<string, SnapshotEntry>;

export const stateAccount = "alice";
/** A run that takes longer hangs. */
export const runBoundMs = 60_000;

export function openStateImage(directory: string): StateImage {
  const path = (wanted: string): string => join(directory, wanted);
  const complete = (argv: readonly string[]): readonly string[] => [...argv, "--root", directory];
  return {
    directory,
    path,
    async run(argv) {
      const { exit, stdout, stderr } = await runInProcess([...complete(argv), "--json"], stateAccount);
      return readRun(exit, stdout, stderr);
    },
    runBundle(argv) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [builtProgram, ...complete(argv), "--json"], {
        env: { SUDO_USER: stateAccount, PATH: process.env["PATH"] ?? "" },
        timeout: runBoundMs,
        encoding: "utf8",
      });
      return readRun(status ?? 1, stdout, stderr);
    },
    runKilled(argv, file, text) {
      const preload = ["--import", join(import.meta.dirname, "state-die-when.ts")];
      const child = spawnSync(process.execPath, [...preload, builtProgram, ...complete(argv)], {
        env: { SUDO_USER: stateAccount, READYGO_DIE_FILE: path(file), READYGO_DIE_TEXT: text },
        stdio: "ignore",
        timeout: runBoundMs,
      });
      return child.signal === "SIGKILL";
    },
    look: () => takeSnapshot(path, ["/"]),
    copyTo(target) {
      mkdirSync(target, { mode: 0o755 });
      const { status, stderr } = spawnSync("cp", ["-a", `${directory}/.`, target], { encoding: "utf8" });
      if (status !== 0) throw new Error(`cp: ${stderr}`);
      const copy = openStateImage(target);
      refreshInodes(readTreeInodes(path), copy.path);
      return copy;
    },
    destroy: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function readRun(exit: number, stdout: string, words: string): StateRun {
  try {
    return { ...(JSON.parse(stdout) as Result), exit, words };
  } catch {
    return { exit, words: `${words}\n${stdout}` };
  }
}
