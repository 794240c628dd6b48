import { isDeepStrictEqual } from "node:util";
import { stringify } from "ini";
import { ProvisionError } from "../errors/provision-error.ts";
import { parseConfig, type Config } from "./config.ts";

/**
 * readygo.ini with these settings and no others: what `parseConfig` reads back as the same.
 *
 * @throws ProvisionError `usage` for a value that does not come back: INI has no way to say a backslash before a `;`
 */
export function formatConfig(config: Config): string {
  const sections: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
    go: { version: config.version },
    source: {
      order: config.order?.join(", "),
      goproxy: config.goproxy,
      proxy: config.proxy,
      noproxy: config.noproxy,
      "ca-file": config.caFile,
      "connect-timeout": config.connectTimeoutSeconds?.toString(),
      "stall-timeout": config.stallTimeoutSeconds?.toString(),
      "download-timeout": config.downloadTimeoutSeconds?.toString(),
    },
    trust: { policy: config.policy },
    shell: { user: config.user, rc: config.rc === undefined ? undefined : config.rc ? "yes" : "no" },
    verify: { module: config.module, timeout: config.timeoutSeconds?.toString() },
  };
  const set = Object.entries(sections).flatMap(([name, keys]) => {
    const known = Object.entries(keys).filter(([, value]) => value !== undefined);
    return known.length === 0 ? [] : [[name, Object.fromEntries(known)] as const];
  });
  const text = stringify(Object.fromEntries(set), { whitespace: true });
  if (!isDeepStrictEqual(parseConfig(text, "readygo.ini"), config)) {
    throw new ProvisionError("usage", "a setting has characters that readygo.ini cannot hold");
  }
  return text;
}
