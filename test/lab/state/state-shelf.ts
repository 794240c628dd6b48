import { packStateRelease } from "./state-release.ts";

/** The releases that the hosts of the state's tests have, had or are asked for. */
export const stateVersions = ["1.30.1", "1.30.2", "1.30.3"] as const;
export type StateVersion = (typeof stateVersions)[number];

export type StateShelf = Readonly<Record<StateVersion, { readonly archive: string; readonly sha256: string }>>;

/** The archives lie below `room`. */
export function stockStateShelf(room: string): StateShelf {
  const stock = (version: StateVersion) => packStateRelease(version, room);
  return { "1.30.1": stock("1.30.1"), "1.30.2": stock("1.30.2"), "1.30.3": stock("1.30.3") };
}

/** Where the bytes of a release come from, and what they are for: nothing of them is started. */
export function sourceWords(shelf: StateShelf, version: StateVersion): readonly string[] {
  const { archive, sha256 } = shelf[version];
  return ["--source", archive, "--sha256", sha256, "--arch", "amd64"];
}

export function installWords(shelf: StateShelf, version: StateVersion): readonly string[] {
  return ["install", version, ...sourceWords(shelf, version), "--no-verify"];
}
