import { ProvisionError } from "../errors/provision-error.ts";
import type { AbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import { removeEmptyPlaces, type ApplyPorts } from "./acts/act.ts";

/** What was kept of a download, by this run or one before it, as a commit's deletion: it has served its turn. */
export function listPartial({ files }: Pick<ApplyPorts, "files">): readonly AbsolutePath[] {
  return files.stat(places.partial) === undefined ? [] : [places.partial];
}

/** True where something was there. */
export function removePartial({ files, system }: Pick<ApplyPorts, "files" | "system">): boolean {
  if (files.stat(places.partial) === undefined) return false;
  system.removeOwnTree(places.partial);
  removeEmptyPlaces(system);
  return true;
}

/**
 * Whether the next run has a use for what was fetched: where this one was stopped, or had no more of it to fetch. After
 * any other failure nothing is left behind.
 */
export function isWorthKeeping(error: unknown, stop: AbortSignal): boolean {
  return stop.aborted || (error instanceof ProvisionError && error.code === "sources-failed");
}
