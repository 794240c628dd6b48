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

/** What a host has less of than a release needs. */
export interface MissedFloor {
  readonly name: "kernel" | "glibc";
  readonly found: string;
  readonly least: string;
}

export function listMissedFloors(
  floor: Pick<SupportFloor, "kernel" | "glibc">,
  host: { readonly kernel: string; readonly glibc: string },
): readonly MissedFloor[] {
  return (["kernel", "glibc"] as const).flatMap((name) =>
    compareDotted(host[name], floor[name]) < 0 ? [{ name, found: host[name], least: floor[name] }] : [],
  );
}

/** Compares leading dotted numbers: 6.18.0-cloud against 3.2. */
export function compareDotted(found: string, least: string): number {
  const numbers = (text: string): readonly number[] => (/^\d+(\.\d+)*/.exec(text)?.[0] ?? "0").split(".").map(Number);
  const [a, b] = [numbers(found), numbers(least)];
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
