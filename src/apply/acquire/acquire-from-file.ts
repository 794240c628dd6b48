import { posix } from "node:path";
import { RequestFailure } from "../../errors/request-failure.ts";
import { openFileBody } from "../../fetch/http/open-file-body.ts";
import { absolutePath, type AbsolutePath } from "../../host/absolute-path.ts";
import { archivePlaces } from "../../release/archive-name.ts";
import { fileUrl } from "../../sources/file-url.ts";
import type { Source } from "../../sources/source.ts";
import { askModuleRoots, askRoots } from "../../trust/ask-roots.ts";
import type { AcquireContext, AcquiredRelease } from "./acquire-context.ts";
import { stageArchive } from "./stage-archive.ts";

/** An archive that lies on this machine: the file that was named, or the one a directory has for this release. */
export async function acquireFromFile(
  given: AcquireContext,
  source: Extract<Source, { readonly kind: "directory" | "file" }>,
  into: AbsolutePath,
): Promise<AcquiredRelease> {
  const found = source.kind === "file" ? source.path : findArchive(given, source.path);
  const context = withBundledLog(given, source.kind === "file" ? directoryOf(given, found) : source.path);
  const fileName = posix.basename(found);
  const beside = context.signaturesIn ?? absolutePath(posix.dirname(found));
  const isZip = found.endsWith(".zip");
  const roots = isZip
    ? await askModuleRoots(context, true)
    : await askRoots(context, { kind: "beside", path: beside }, fileName);
  try {
    const { body, contentLength: total } = await openFileBody(found);
    context.emit({ kind: "step", text: `reading ${found}`, transfer: { verb: "read", file: found } });
    return await stageArchive(context, into, { roots, fileName, body, total, from: found, isFromPublisher: false });
  } finally {
    roots.end();
  }
}

/** A bundle has the log's records beside its archives. */
function withBundledLog(context: AcquireContext, directory: AbsolutePath): AcquireContext {
  if (context.bundledLog !== undefined) return context;
  const isThere = context.machine.stat(absolutePath(directory, "sumdb/sum.golang.org/lookup"))?.kind === "directory";
  return isThere ? { ...context, bundledLog: fileUrl(directory) } : context;
}

/** What --source would have named for this file to be found there: a bundle has a module zip three directories down. */
function directoryOf(context: AcquireContext, file: AbsolutePath): AbsolutePath {
  const place = archivePlaces(context.version, context.architecture).findLast((each) => file.endsWith(`/${each}`));
  return absolutePath(place === undefined ? posix.dirname(file) : file.slice(0, -place.length));
}

function findArchive(context: AcquireContext, directory: AbsolutePath): AbsolutePath {
  const places = archivePlaces(context.version, context.architecture);
  const found = places
    .map((place) => absolutePath(directory, place))
    .find((path) => context.machine.stat(path) !== undefined);
  if (found === undefined)
    throw new RequestFailure("absent", directory, `${directory} has neither ${places[0]} nor ${places[1]}`);
  return found;
}
