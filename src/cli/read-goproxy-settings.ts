import type { GoproxySettings } from "../release/source.ts";
import { readStoredSetting } from "./read-go-setting.ts";
import type { InstallRequest } from "./request.ts";
import type { Session } from "./session.ts";

/** The GOPROXY lists that this host names, for the sources that leave it open. */
export async function readGoproxySettings(
  session: Session,
  request: { readonly goproxy?: InstallRequest["goproxy"] },
): Promise<GoproxySettings> {
  const installed = await readStoredSetting(session, "GOPROXY");
  const environment = session.port.env["GOPROXY"];
  return {
    ...(request.goproxy === undefined ? {} : { config: request.goproxy }),
    ...(environment === undefined ? {} : { environment }),
    ...(installed === undefined ? {} : { "go.env": installed.value }),
  };
}
