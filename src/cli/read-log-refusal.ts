import { forbidLog, type GoSetting } from "../release/sumdb/forbid-log.ts";
import { readStoredSetting } from "./read-go-setting.ts";
import type { Session } from "./session.ts";

/** The setting of this host that keeps the checksum database from being asked, in words; undefined where none does. */
export async function readLogRefusal(session: Session): Promise<string | undefined> {
  const read = async (name: string): Promise<GoSetting | undefined> => {
    const value = session.port.env[name];
    return value === undefined || value === "" ? readStoredSetting(session, name) : { value, from: "the environment" };
  };
  return forbidLog({
    GOSUMDB: await read("GOSUMDB"),
    GONOSUMDB: await read("GONOSUMDB"),
    GONOSUMCHECK: await read("GONOSUMCHECK"),
    GOPRIVATE: await read("GOPRIVATE"),
  });
}
