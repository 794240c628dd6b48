import { openReaders } from "../apply/open-readers.ts";
import { RequestFailure } from "../errors/request-failure.ts";
import type { BundleDirectory } from "../host/bundle-directory.ts";
import type { Architecture } from "../release/architecture.ts";
import { toolchainModuleVersion } from "../release/archive-name.ts";
import type { GoVersion } from "../release/go-version.ts";
import { escapeModulePath } from "../release/goproxy-list.ts";
import type { Source } from "../release/source.ts";
import { findChecksumBase } from "../release/sumdb/checksum-base.ts";
import { lookupChecksum } from "../release/sumdb/lookup.ts";
import type { Session } from "./session.ts";

const logPlace = "sumdb/sum.golang.org";

/**
 * Copies the checksum database's record of a release into a bundle, with exactly what its proof was made of: the lookup
 * with its signed tree head, and the tiles as they were asked for. It is verified while it is read. What is there from an
 * earlier run stays: a later tree head would be another file under the same name.
 *
 * @returns the files that were added; undefined where the log cannot be asked
 * @throws ProvisionError `log-untrusted`
 */
export async function bundleLog(
  session: Session,
  directory: BundleDirectory,
  release: { readonly version: GoVersion; readonly architecture: Architecture },
  sources: readonly Source[],
): Promise<readonly string[] | undefined> {
  const moduleVersion = escapeModulePath(toolchainModuleVersion(release.version, release.architecture));
  const lookup = `lookup/golang.org/toolchain@${moduleVersion}`;
  if (directory.has(`${logPlace}/${lookup}`)) return [];
  const readers = openReaders(session);
  const taken = new Map<string, Uint8Array>();
  let base = "";
  const take = (url: string, content: Uint8Array): void => void taken.set(nameBelow(base, url), content);
  try {
    base = await findChecksumBase(listProxies(sources)[0], readers.readText);
    await lookupChecksum({
      ...release,
      base,
      readBytes: async (url, bound) => {
        const content = await readers.readBytes(url, bound);
        take(url, content);
        return content;
      },
      readText: async (url, bound) => {
        const text = await readers.readText(url, bound);
        take(url, Buffer.from(text));
        return text;
      },
    });
  } catch (error) {
    if (!(error instanceof RequestFailure)) throw error;
    session.emit({ kind: "notice", text: `the checksum database has no answer for the bundle: ${error.message}` });
    return undefined;
  }
  // The lookup last: once it is there, all that it needs is.
  const names = [...taken.keys()].toSorted((a, b) => Number(a === lookup) - Number(b === lookup));
  const files: readonly (readonly [string, Uint8Array])[] = [
    ["supported", Buffer.alloc(0)],
    ...names.map((name) => [name, taken.get(name) ?? Buffer.alloc(0)] as const),
  ];
  return files.flatMap(([name, content]) =>
    directory.write(`${logPlace}/${name}`, content) ? [`${logPlace}/${name}`] : [],
  );
}

/** Where the log may be mirrored: the first module proxy, or another bundle. */
function listProxies(sources: readonly Source[]): readonly string[] {
  return sources
    .flatMap((source) => (source.kind === "goproxy" ? source.list.map(({ url }) => url) : []))
    .filter((url) => /^(?:https?|file):/.test(url));
}

/** `tile/8/0/x241/187` of a URL; a query (a mirror's token) is no part of the name. */
function nameBelow(base: string, url: string): string {
  const path = (text: string): string => text.replace(/\?.*$/, "");
  return path(url).slice(path(base).length + 1);
}
