import { ProvisionError } from "../errors/provision-error.ts";
import { type AbsolutePath, absolutePath, parseAbsolutePath } from "../host/absolute-path.ts";
import type { ReleaseRequest } from "../release/release-request.ts";
import type { InstallRequest } from "./request.ts";
import type { Session } from "./session.ts";

/**
 * What VERSION asks for, read from the file that it names, or from stdin.
 *
 * @throws ProvisionError `version-file`, `usage`
 */
export async function readReleaseRequest(
  session: Session,
  { version }: Pick<InstallRequest, "version">,
): Promise<ReleaseRequest> {
  if (version.kind !== "file" && version.kind !== "stdin") return version;
  // A run that names its version loads no reader of files.
  const { parseVersionFile, parseVersionText } = await import("../release/version-files/version-file.ts");
  if (version.kind === "stdin") return parseVersionText(await readInput(session));
  const path = parseAbsolutePath(version.path) ?? absolutePath(session.port.cwd, version.path);
  return parseVersionFile(path, readVersionFile(session, path));
}

const mostInputBytes = 1024 * 1024;

/** @throws ProvisionError `usage` where stdin is a terminal, or brings more than any version file has */
async function readInput({ port: { stdin } }: Session): Promise<string> {
  if (stdin.isTTY === true) throw new ProvisionError("usage", "- reads a version from stdin, and that is a terminal");
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    bytes += chunk.length;
    if (bytes > mostInputBytes)
      throw new ProvisionError("usage", "what comes by stdin is longer than any version file");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** @throws ProvisionError `version-file` where there is none, or something else stands there */
function readVersionFile({ machine }: Session, path: AbsolutePath): string {
  const real = machine.resolve(path);
  const kind = real === undefined ? undefined : machine.stat(real)?.kind;
  if (kind === undefined) throw new ProvisionError("version-file", `there is no file ${path}`);
  if (kind === "directory") {
    const inside = ["go.mod", "go.work", ".go-version", ".tool-versions", "mise.toml"].find(
      (name) => machine.stat(absolutePath(path, name)) !== undefined,
    );
    throw new ProvisionError("version-file", `${path} is a directory, not a version file`, {
      remedy: [`readygo install ${inside === undefined ? absolutePath(path, "go.mod") : absolutePath(path, inside)}`],
    });
  }
  if (kind !== "file")
    throw new ProvisionError("version-file", `${path} is no regular file (a FIFO, a device, a socket)`);
  try {
    return machine.read(path)?.toString("utf8") ?? "";
  } catch (cause) {
    throw new ProvisionError("version-file", `${path} cannot be read`, { cause });
  }
}
