import { posix } from "node:path";
import { RequestFailure } from "../errors/request-failure.ts";
import { openFileBody } from "../fetch/open-file-body.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { archiveFileName, toolchainModuleVersion } from "../release/archive-name.ts";
import type { Source } from "../release/source.ts";
import type { AcquireContext, AcquiredRelease } from "./acquire-context.ts";
import { stageModule } from "./acquire-from-proxy.ts";
import { expectTarGz, stageVouched } from "./acquire-tar-gz.ts";
import { lookUpRelease } from "./prove-by-log.ts";

/** An archive that lies on this machine: the file that was named, or the one a directory has for this release. */
export async function acquireFromFile(
  context: AcquireContext,
  source: Extract<Source, { readonly kind: "directory" | "file" }>,
  into: AbsolutePath,
): Promise<AcquiredRelease> {
  const found = source.kind === "file" ? source.path : findArchive(context, source.path);
  if (found.endsWith(".zip")) {
    const record =
      context.sha256 === undefined || context.policy !== "any"
        ? await lookUpRelease(context, context.logProxy)
        : undefined;
    const { body, contentLength } = await openFileBody(found);
    return stageModule(context, into, { record, name: posix.basename(found), body, total: contentLength, from: found });
  }
  const expected = await expectTarGz(context);
  const { body, contentLength } = await openFileBody(found);
  context.emit({ kind: "step", text: `reading ${found}` });
  return stageVouched(context, into, {
    expected,
    fileName: posix.basename(found),
    body,
    total: contentLength,
    from: found,
    isLocal: true,
  });
}

/** The publisher's file name, the module's, or the module's place in a proxy's layout, in that order. */
function findArchive(context: AcquireContext, directory: AbsolutePath): AbsolutePath {
  const { version, architecture } = context;
  const zip = `${toolchainModuleVersion(version, architecture)}.zip`;
  const names = [archiveFileName(version, architecture), zip, `golang.org/toolchain/@v/${zip}`];
  const found = names
    .map((name) => absolutePath(directory, name))
    .find((path) => context.machine.stat(path) !== undefined);
  if (found === undefined)
    throw new RequestFailure("absent", directory, `${directory} has neither ${names[0]} nor ${zip}`);
  return found;
}
