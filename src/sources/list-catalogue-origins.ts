import { posix } from "node:path";
import { endsWithNewline } from "../fetch/http/whole-texts.ts";
import type { CatalogueOrigin } from "./resolve-version.ts";
import type { Architecture } from "../release/architecture.ts";
import { archiveFileName, toolchainModuleVersion } from "../release/archive-name.ts";
import { parseGoVersion } from "../release/go-version.ts";
import { toolchainListUrl } from "./goproxy-list.ts";
import { parseProxyList } from "./proxy-list.ts";
import type { Release } from "../release/release.ts";
import { isChosenProxy, type Source } from "./source.ts";
import { openReaders } from "./open-readers.ts";
import { redactUrl } from "../errors/redact-url.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { readBundleIndex } from "./bundle-index.ts";
import { isKnownMirror } from "./known-sources.ts";
import { RequestFailure } from "../errors/request-failure.ts";
import type { SourceContext } from "./source-context.ts";

const listBound = { maxBytes: 4 * 1024 * 1024, timeoutMs: 15_000, isWhole: endsWithNewline };
/** For a proxy that nobody has chosen for this host: on networks where it does not answer, another host is to be asked. */
const unchosenMs = 5_000;

/** Who can be asked which releases there are, by the sources of this run. */
export function listCatalogueOrigins(
  context: SourceContext,
  sources: readonly Source[],
  architecture: Architecture,
): readonly CatalogueOrigin[] {
  const publisher = { name: "the publisher", list: () => context.publisher.list() };
  const inChina = {
    name: "the publisher's host in China",
    isLastResort: true,
    list: () => context.publisher.inChina.list(),
  };
  const listBase = async (url: string): Promise<readonly Release[]> => {
    const index = await readBundleIndex(url, openReaders(context).readText);
    return index === undefined
      ? context.publisher.list()
      : listNames(
          index.releases.map(({ file }) => file),
          architecture,
        );
  };
  const origins = sources.flatMap((source): readonly CatalogueOrigin[] => {
    switch (source.kind) {
      case "publisher":
        return [source.name === "publisher" ? publisher : inChina];
      case "base-url":
        // A mirror has the publisher's releases, and who says so is the publisher; a bundle has its own.
        return isKnownMirror(source.url)
          ? [publisher, inChina]
          : [{ name: redactUrl(source.url), list: () => listBase(source.url) }];
      case "goproxy":
        return [{ name: nameProxies(source), list: () => listProxy(context, source, architecture) }];
      case "directory":
        return [{ name: source.path, list: async () => listNames(listFiles(context, source.path), architecture) }];
      case "file":
        return [{ name: source.path, list: async () => listNames([posix.basename(source.path)], architecture) }];
    }
  });
  // The publisher's hosts answer once, for all of its mirrors.
  return origins
    .filter((origin, index) => (origin !== publisher && origin !== inChina) || origins.indexOf(origin) === index)
    .map((origin) => ({ ...origin, list: () => origin.list().catch((error: unknown) => throwNamed(context, error)) }));
}

/** What an answer is worth is found out by who reads it; the way that it came is named here. */
function throwNamed({ http }: SourceContext, error: unknown): never {
  throw error instanceof RequestFailure ? error.nameWay(http.findWay(error.url)) : error;
}

/** Where nothing names a proxy, the publisher's own module origin is asked in its place. */
function nameProxies({ list, origin }: Extract<Source, { readonly kind: "goproxy" }>): string {
  if (origin === "built-in") return "the publisher's module origin";
  return `the module proxy (${list.map(({ url }) => redactUrl(url)).join(", ")})`;
}

async function listProxy(
  context: SourceContext,
  source: Extract<Source, { readonly kind: "goproxy" }>,
  architecture: Architecture,
): Promise<readonly Release[]> {
  const bound = isChosenProxy(source) ? listBound : { ...listBound, timeoutMs: unchosenMs };
  let last: RequestFailure | undefined;
  for (const { url, fallback } of source.list) {
    if (url === "off") break;
    if (url === "direct" || url.startsWith("file:")) continue;
    try {
      const listUrl = toolchainListUrl(url);
      return parseProxyList(
        await context.http.readText(listUrl, { ...bound, signal: context.stop }),
        architecture,
        listUrl,
      );
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      last = error;
      if (fallback === "absent" && error.kind !== "absent") break;
    }
  }
  if (last !== undefined) throw last;
  return [];
}

/** Those that a directory has itself, and those in a module proxy's layout below it. */
function listFiles({ machine }: SourceContext, directory: AbsolutePath): readonly string[] {
  try {
    const real = machine.resolve(directory);
    if (real === undefined) throw new RequestFailure("absent", directory, "it does not exist");
    if (machine.stat(real)?.kind !== "directory") throw new RequestFailure("absent", directory, "it is no directory");
    return [...machine.list(real), ...machine.list(absolutePath(real, "golang.org/toolchain/@v"))];
  } catch (cause) {
    if (cause instanceof RequestFailure) throw cause;
    throw new RequestFailure("unreachable", directory, "it cannot be read", { cause });
  }
}

/** Releases by the names of archives. Nothing proves them here: that is asked when one is unpacked. */
function listNames(names: readonly string[], architecture: Architecture): readonly Release[] {
  return names.flatMap((path): readonly Release[] => {
    const name = posix.basename(path);
    const found = /^(?:v0\.0\.1-)?(go[^/]*?)\.linux-/.exec(name)?.[1];
    const version = found === undefined ? undefined : parseGoVersion(found);
    if (version === undefined) return [];
    const fileName = archiveFileName(version, architecture);
    if (name !== fileName && name !== `${toolchainModuleVersion(version, architecture)}.zip`) return [];
    return parseProxyList(toolchainModuleVersion(version, architecture), architecture, name);
  });
}
