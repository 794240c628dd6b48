import { findLogUrl } from "./sumdb/find-log-url.ts";
import { type GoSetting, readStoredSetting } from "../sources/read-go-setting.ts";
import { forbidLog } from "./sumdb/forbid-log.ts";
import type { SourceContext } from "../sources/source-context.ts";

/** What this host's settings say of the checksum database. */
export interface LogAccess {
  /** The setting that keeps it from being asked, in words. */
  readonly logRefusal: string | undefined;
  /** The one place where it is to be asked. */
  readonly logUrl: string | undefined;
}

export async function readLogAccess(context: SourceContext): Promise<LogAccess> {
  const read = async (name: string): Promise<GoSetting | undefined> => {
    const value = context.port.env[name];
    return value === undefined || value === "" ? readStoredSetting(context, name) : { value, from: "the environment" };
  };
  const database = await read("GOSUMDB");
  const logRefusal = forbidLog({
    GOSUMDB: database,
    GONOSUMDB: await read("GONOSUMDB"),
    GONOSUMCHECK: await read("GONOSUMCHECK"),
    GOPRIVATE: await read("GOPRIVATE"),
  });
  return { logRefusal, logUrl: findLogUrl(database?.value ?? "") };
}
