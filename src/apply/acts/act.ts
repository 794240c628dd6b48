import type { AbsolutePath } from "../../host/absolute-path.ts";
import type { HomeFiles } from "../../host/home/home-files.ts";
import { places } from "../../host/places.ts";
import type { ReadFiles } from "../../host/ports.ts";
import type { SystemFiles } from "../../host/system-files.ts";
import type { JournalRecord } from "../journal.ts";

/** What acts work through. `home` opens an account's home, one child process an account. */
export interface ApplyPorts {
  readonly files: ReadFiles;
  readonly system: SystemFiles;
  /** `readygo VERSION`, as state files name who wrote them. */
  readonly writtenBy: string;
  home(owner: string): HomeFiles;
}

/** Acts, each recorded in the journal before it is done. */
export interface Transaction {
  readonly id: string;
  readonly records: readonly JournalRecord[];
  /** An empty directory of this transaction under staging/. */
  readonly staging: AbsolutePath;
  /** The record is on the disk when this returns. */
  record(entry: JournalRecord): void;
}

const stateDirectories = [places.store, places.staging, places.previous, places.state, places.backups] as const;

/** Makes readygo's own places where they are missing, 0755 beside the tree and 0700 for the state. */
export function makePlaces(system: SystemFiles): void {
  for (const place of stateDirectories) system.makeDirectory(place, place.startsWith(places.state) ? 0o700 : 0o755);
}

/** Takes readygo's own places away as far as they are empty. */
export function removeEmptyPlaces(system: SystemFiles): void {
  for (const place of stateDirectories.toReversed()) system.removeEmptyDirectory(place);
}
