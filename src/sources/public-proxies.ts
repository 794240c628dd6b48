import { parse } from "ini";
import { RequestFailure } from "../errors/request-failure.ts";
import type { HttpClient } from "../fetch/http/http-client.ts";
import { readCarriedModuleProxies } from "../host/carried-text.ts";
import { appendPath, escapeModulePath } from "./goproxy-list.ts";

/** A public module proxy that gave a module just now. */
export interface AnsweringProxy {
  readonly url: string;
  /** Whether the checksum database can be asked through it too. */
  readonly hasChecksums: boolean;
}

const bound = { maxBytes: 64 * 1024, timeoutMs: 5_000 };

let known: readonly string[] | undefined;

/** URLs of manifests/module-proxies.ini, in its order. Throws a plain Error that names the section: the file is ours. */
export function listPublicProxies(): readonly string[] {
  return (known ??= Object.entries(parse(readCarriedModuleProxies())).map(([name, section]) => {
    const { url } = section as Readonly<Record<string, unknown>>;
    if (typeof url === "string" && url.startsWith("https://") && URL.canParse(url) && !url.endsWith("/")) return url;
    throw new Error(`manifests/module-proxies.ini, [${name}]: a URL is not an https one without a slash at its end`);
  }));
}

/**
 * Those that have a module (`path@version`), asked at once, 5 s each.
 *
 * @throws the reason of `signal`
 */
export async function askPublicProxies(
  http: HttpClient,
  module: string,
  signal: AbortSignal,
): Promise<readonly AnsweringProxy[]> {
  const [path = "", version = ""] = module.split("@");
  const file = `${escapeModulePath(path)}/@v/${escapeModulePath(version)}.info`;
  const answers = async (url: string): Promise<string | undefined> => {
    try {
      return await http.readText(url, { ...bound, signal });
    } catch (error) {
      if (error instanceof RequestFailure) return undefined;
      throw error;
    }
  };
  const asked = listPublicProxies().map(async (url): Promise<readonly AnsweringProxy[]> => {
    const [info, supported] = await Promise.all([
      answers(appendPath(url, file)),
      answers(appendPath(url, "sumdb/sum.golang.org/supported")),
    ]);
    // Somebody's login page answers everything.
    return info?.trimStart().startsWith("{") === true ? [{ url, hasChecksums: supported !== undefined }] : [];
  });
  return (await Promise.all(asked)).flat();
}
