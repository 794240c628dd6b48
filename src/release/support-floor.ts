import type { GoVersion } from "./go-version.ts";

/** What a release needs below it, and who says so. */
export interface SupportFloor {
  readonly kernel: string;
  readonly glibc: string;
  readonly source: string;
}

interface FloorFile {
  readonly glibc: { readonly least: string; readonly source: string };
  readonly kernel: readonly { readonly since: string; readonly least: string; readonly source: string }[];
}

/** From manifests/support-floors.json: the newest entry that is not newer than the release. */
export async function readSupportFloor(
  version: GoVersion,
  compare: (a: GoVersion, b: GoVersion) => number,
): Promise<SupportFloor> {
  const module: { readonly default: unknown } = await import("../../manifests/support-floors.json", {
    with: { type: "json" },
  });
  const floors = module.default as FloorFile;
  const kernel = floors.kernel.find(({ since }) => compare(since as GoVersion, version) <= 0) ?? floors.kernel.at(-1);
  return { kernel: kernel?.least ?? "0", glibc: floors.glibc.least, source: kernel?.source ?? "" };
}
