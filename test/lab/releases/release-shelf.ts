import { dirname } from "node:path";
import { makeSmallRelease } from "./releases.ts";

/** Small releases in directories of a host: the quickest to install, where it is not the source that is tested. */
export interface ReleaseShelf {
  /** For `createHost`. */
  readonly bind: readonly { readonly from: string; readonly to: string }[];
  /** What names a release to `install` and `plan`, with the directory that it is in and its hash. */
  words(version: string): readonly string[];
}

export async function stockReleases(...versions: readonly string[]): Promise<ReleaseShelf> {
  const archives = await Promise.all(versions.map((version) => makeSmallRelease(version)));
  const placeOf = (version: string): string => `/opt/releases/${version}`;
  return {
    bind: archives.map(({ path }, at) => ({ from: dirname(path), to: placeOf(versions[at] ?? "") })),
    words(version) {
      const archive = archives[versions.indexOf(version)];
      if (archive === undefined) throw new Error(`${version} is not on the shelf`);
      return [version, "--source", placeOf(version), "--sha256", archive.sha256];
    },
  };
}
