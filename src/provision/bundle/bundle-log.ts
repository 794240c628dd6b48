import { openReaders } from "../../sources/open-readers.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import type { BundleDirectory } from "../../host/bundle-directory.ts";
import { fileUrl } from "../../sources/file-url.ts";
import { toolchainModuleVersion } from "../../release/archive-name.ts";
import { escapeModulePath, type GoproxyList, listLocalProxies } from "../../sources/goproxy-list.ts";
import type { Source } from "../../sources/source.ts";
import { askDatabase } from "../../trust/sumdb/ask-database.ts";
import { checksumDatabase, findChecksumBase, listChecksumPlaces } from "../../trust/sumdb/checksum-base.ts";
import { followHeads } from "../../trust/sumdb/follow-heads.ts";
import { describeUnshown } from "../../trust/sumdb/log-answer.ts";
import { type LoggedRelease, lookupBound, lookupChecksum, lookupUrl } from "../../trust/sumdb/lookup.ts";
import type { TileAccess } from "../../trust/sumdb/read-tile.ts";
import { chooseLogProxies } from "../../sources/read-go-setting.ts";
import { type LogAccess, readLogAccess } from "../../trust/read-log-access.ts";
import type { Session } from "../session.ts";

const logPlace = "sumdb/sum.golang.org";

/**
 * Copies the checksum database's record of a release into a bundle, with exactly what its proof was made of: the lookup
 * with its signed tree head, and the tiles as they were asked for. It is verified while it is read. What is there from an
 * earlier run stays: a later tree head would be another file under the same name.
 *
 * A host that has seen the tree head of one release of the bundle asks for the proof that those of the others continue
 * it: the tiles for that are copied too.
 *
 * @returns the files that were added; undefined where the log cannot be asked, or is not to be
 * @throws ProvisionError `log-forked`, and of logFailure
 */
export async function bundleLog(
  session: Session,
  directory: BundleDirectory,
  release: LoggedRelease,
  { sources, others }: { readonly sources: readonly Source[]; readonly others: readonly LoggedRelease[] },
): Promise<readonly string[] | undefined> {
  const lookup = lookupName(release);
  if (directory.has(`${logPlace}/${lookup}`)) return [];
  const readers = openReaders(session);
  const taken = new Map<string, Uint8Array>();
  const readAt = (base: string): TileAccess => ({
    base,
    readBytes: async (url, bound) => {
      const name = nameBelow(base, url);
      const content = directory.read(`${logPlace}/${name}`) ?? (await readers.readBytes(url, bound));
      taken.set(name, content);
      return content;
    },
  });
  try {
    const access = await readLogAccess(session);
    const proxies = await chooseLogProxies(session, sources);
    const base = await findLog(session, release, { ...access, proxies });
    if (base === undefined) return undefined;
    const { signedNote } = await lookupChecksum({
      ...release,
      ...readAt(base),
      readText: async (url, bound) => {
        const text = await readers.readText(url, bound);
        taken.set(nameBelow(base, url), Buffer.from(text));
        return text;
      },
    });
    const places = listChecksumPlaces(base, access.logUrl);
    for (const other of others.filter((each) => directory.has(`${logPlace}/${lookupName(each)}`))) {
      const kept = await lookupChecksum({ ...other, ...readers, base: `${fileUrl(directory.path)}/${logPlace}` });
      const onNotice = (text: string): void => session.emit({ kind: "notice", text });
      const failure = await followHeads({ kept: kept.signedNote, onNotice }).follow(signedNote, places.map(readAt));
      if (failure !== undefined) {
        const text = `a host that has seen the checksum database through ${other.version} of the bundle will not count it for ${release.version}: ${describeUnshown(failure)}`;
        session.emit({ kind: "warning", text });
      }
    }
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

/** Where an install would ask; undefined, with a notice, where a setting of this host forbids it. */
async function findLog(
  session: Session,
  release: LoggedRelease,
  { proxies, logUrl: url, logRefusal }: LogAccess & { readonly proxies: GoproxyList },
): Promise<string | undefined> {
  const asked = logRefusal === undefined ? proxies : listLocalProxies(proxies);
  const { base } = await findChecksumBase({ proxies: asked, url }, openReaders(session).readText);
  // What lies on this machine tells the database nothing.
  if (base.startsWith("file:")) return base;
  if (logRefusal === undefined && base !== checksumDatabase) return base;
  if (logRefusal === undefined) {
    const ask = async (database: string, stop: AbortSignal): Promise<string> =>
      openReaders({ ...session, stop }).readText(lookupUrl(database, release), lookupBound);
    return (await askDatabase(ask, session.stop)).base;
  }
  const text = `the bundle is without the checksum database's record: it is not asked: ${logRefusal}`;
  session.emit({ kind: "notice", text });
  return undefined;
}

function lookupName({ version, architecture }: LoggedRelease): string {
  return `lookup/golang.org/toolchain@${escapeModulePath(toolchainModuleVersion(version, architecture))}`;
}

/** `tile/8/0/x241/187` of a URL; a query (a mirror's token) is no part of the name. */
function nameBelow(base: string, url: string): string {
  const path = (text: string): string => text.replace(/\?.*$/, "");
  return path(url).slice(path(base).length + 1);
}
