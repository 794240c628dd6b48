import { array, type InferOutput, parse, pipe, readonly, regex, strictObject, string } from "valibot";

const ubuntuReleases = strictObject({
  source: string(),
  releases: pipe(
    array(
      strictObject({
        version: pipe(string(), regex(/^\d\d\.\d\d$/)),
        /** The last day of standard support. */
        end: pipe(string(), regex(/^\d{4}-\d\d-\d\d$/)),
      }),
    ),
    readonly(),
  ),
});
export type UbuntuRelease = InferOutput<typeof ubuntuReleases>["releases"][number];

/** manifests/ubuntu-releases.json; a release that it does not name may be newer than this readygo. */
export async function loadUbuntuReleases(): Promise<readonly UbuntuRelease[]> {
  const module: { readonly default: unknown } = await import("../../manifests/ubuntu-releases.json", {
    with: { type: "json" },
  });
  return parse(ubuntuReleases, module.default).releases;
}

/** The day on which standard support has ended, where it has. */
export function findSupportEnd(releases: readonly UbuntuRelease[], version: string, now: Date): string | undefined {
  const end = releases.find((release) => release.version === version)?.end;
  return end !== undefined && now.toISOString().slice(0, end.length) > end ? end : undefined;
}
