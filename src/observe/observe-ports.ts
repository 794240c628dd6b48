import { posix } from "node:path";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import type { HomeFiles } from "../host/home/home-files.ts";
import type { Account, Processes, ReadFiles } from "../host/ports.ts";
import type { Receipt } from "../host/state/receipt.ts";

/** What looking at a host needs. */
export interface ObservePorts {
  readonly files: ReadFiles;
  /** This machine, whose mount table counts also under --root. */
  readonly machine: ReadFiles;
  readonly processes: Processes;
  home(owner: string): HomeFiles;
}

export interface ObserveRequest {
  readonly receipt: Receipt | undefined;
  readonly account: Account;
  readonly isEditingRcFiles: boolean;
  readonly isThorough: boolean;
  /** False under --root: no program of the image is run. */
  readonly isNative: boolean;
}

/** Parents that have to be made for a file, outermost first. */
export function listMissingParents(
  path: AbsolutePath,
  exists: (directory: AbsolutePath) => boolean,
): readonly AbsolutePath[] {
  const missing: AbsolutePath[] = [];
  for (
    let directory = absolutePath(posix.dirname(path));
    directory !== "/" && !exists(directory);
    directory = absolutePath(posix.dirname(directory))
  ) {
    missing.unshift(directory);
  }
  return missing;
}
