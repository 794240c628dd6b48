import { chooseGoproxy, type Source } from "../release/source.ts";
import { readGoproxySettings } from "./read-goproxy-settings.ts";
import type { InstallRequest } from "./request.ts";
import type { Session } from "./session.ts";

/** The module proxy through which the checksum database is asked: the first of this run's sources, else this host's own. */
export async function chooseLogProxy(
  session: Session,
  request: { readonly goproxy?: InstallRequest["goproxy"] },
  sources: readonly Source[],
): Promise<string | undefined> {
  const named = firstProxy(sources);
  return named ?? firstProxy([chooseGoproxy(await readGoproxySettings(session, request))]);
}

/** `direct` and `off` mirror nothing. */
function firstProxy(sources: readonly Source[]): string | undefined {
  return sources
    .flatMap((source) => (source.kind === "goproxy" ? source.list : []))
    .find(({ url }) => /^(?:https?|file):/.test(url))?.url;
}
