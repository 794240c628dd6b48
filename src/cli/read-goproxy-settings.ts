import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { ReadFiles } from "../host/ports.ts";
import { parseGoEnvFile } from "../release/go-env-file.ts";
import type { GoproxySettings } from "../release/source.ts";
import type { InstallRequest } from "./request.ts";
import type { Session } from "./session.ts";

/**
 * The GOPROXY lists that this host names, for the sources that leave it open. An existing Go's setting is read from its
 * go.env as data: nothing of an unproven tree is run as root.
 */
export async function readGoproxySettings(session: Session, request: InstallRequest): Promise<GoproxySettings> {
  const installed =
    (await readUserSetting(session)) ?? readInstalledSetting(session.files) ?? readInstalledSetting(session.machine);
  const environment = session.port.env["GOPROXY"];
  return {
    ...(request.goproxy === undefined ? {} : { config: request.goproxy }),
    ...(environment === undefined ? {} : { environment }),
    ...(installed === undefined ? {} : { "go.env": installed }),
  };
}

/** `go env -w GOPROXY=…` of the account. */
async function readUserSetting(session: Session): Promise<string | undefined> {
  try {
    const file = await session.home(session.account.name).read(absolutePath(session.account.home, ".config/go/env"));
    return file === undefined ? undefined : parseGoEnvFile(file.content.toString("utf8"))["GOPROXY"];
  } catch {
    // An odd home is no reason not to install Go; the doctor of that file is another.
    return undefined;
  }
}

/** $GOROOT/go.env of the Gos that Debian, Ubuntu, snap and the publisher's own instructions put on a host. */
function readInstalledSetting(files: ReadFiles): string | undefined {
  const distribution = files.list(absolutePath("/usr/lib")).filter((name) => /^go-\d/.test(name));
  const roots: readonly AbsolutePath[] = [
    places.goroot,
    absolutePath("/snap/go/current"),
    ...distribution.toReversed().map((name) => absolutePath("/usr/lib", name)),
  ];
  for (const root of roots) {
    const text = files.read(absolutePath(root, "go.env"))?.toString("utf8");
    const setting = text === undefined ? undefined : parseGoEnvFile(text)["GOPROXY"];
    if (setting !== undefined && setting !== "") return setting;
  }
  return undefined;
}
