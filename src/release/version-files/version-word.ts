import { ProvisionError } from "../../errors/provision-error.ts";
import { nearestReading, parseReleaseRequest, type ReleaseRequest } from "../release-request.ts";

/** The release that a word of a file names. @throws ProvisionError `version-file` */
export function parseWord(fileName: string, word: string | undefined, written = word): ReleaseRequest {
  if (word === undefined) throw versionFileError(fileName, `${fileName} names no Go version`);
  const request = parseReleaseRequest(word);
  if (request !== undefined) return request;
  const reading = nearestReading(word);
  throw versionFileError(
    fileName,
    `${fileName} names ${JSON.stringify(written)}, which is not a Go version`,
    { found: written ?? "" },
    reading,
  );
}

/** @param reading what was most likely meant, for the remedy */
export function versionFileError(
  fileName: string,
  summary: string,
  details: Readonly<Record<string, string>> = {},
  reading?: string,
): ProvisionError {
  return new ProvisionError("version-file", summary, {
    ...(Object.keys(details).length === 0 ? {} : { details: { file: fileName, ...details } }),
    ...(reading === undefined ? {} : { remedy: [`name the version itself: readygo install ${reading}`] }),
  });
}

/** Lines that say something, without comments. */
export function contentLines(text: string, comment: string): readonly string[] {
  return text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .map((line) => (line.split(comment, 1)[0] ?? "").trim())
    .filter((line) => line !== "");
}
