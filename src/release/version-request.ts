import { ProvisionError } from "../errors/provision-error.ts";
import { nearestReading, parseReleaseRequest, type ReleaseRequest } from "./release-request.ts";
import { isVersionFileName } from "./version-files/version-file-names.ts";

/** What `-` stands for. */
export const stdinName = "/dev/stdin";

/** VERSION as it was written: a release, or a file that names one. `path` is as given: relative to the caller's directory. */
export type VersionRequest =
  | ReleaseRequest
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "stdin" };

/**
 * Parses VERSION: `latest`, `1.27` (the newest of that line), `1.27.4`, `go1.27.4`, `1.28rc1`, or a version file's path
 * (whatever holds a slash, or is named like one), or `-` for what comes by stdin. `1.20` is a line like every other `1.N`, though a release had that
 * name before 1.21; that release is `1.20.0` here. Throws ProvisionError `version-invalid` with the nearest reading.
 */
export function parseVersionRequest(text: string): VersionRequest {
  if (text === "-" || text === stdinName) return { kind: "stdin" };
  if (text.includes("/") || isVersionFileName(text)) return { kind: "file", path: text };
  const request = parseReleaseRequest(text);
  if (request !== undefined) return request;
  const reading = nearestReading(text);
  throw new ProvisionError("version-invalid", `${JSON.stringify(text)} is not a Go version`, {
    details: { given: text, expected: "latest, 1.27, 1.27.4, go1.27.4, 1.28rc1, or the path of a version file" },
    ...(reading === undefined ? {} : { remedy: [`readygo install ${reading}`, "readygo list"] }),
  });
}
