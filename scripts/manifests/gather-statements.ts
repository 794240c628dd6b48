import { RequestFailure } from "../../src/errors/request-failure.ts";
import type { HttpClient } from "../../src/fetch/http/http-client.ts";
import { usualLimits } from "../../src/fetch/download/download-limits.ts";
import { createPublisher } from "../../src/sources/publisher.ts";
import { architectures, type Architecture } from "../../src/release/architecture.ts";
import { archiveFileName, toolchainModuleVersion } from "../../src/release/archive-name.ts";
import { compareGoVersions, languageOf, parseGoVersion, type GoVersion } from "../../src/release/go-version.ts";
import { appendPath, parseGoproxyList, toolchainListUrl } from "../../src/sources/goproxy-list.ts";
import { urlsOfSource } from "../../src/sources/known-sources.ts";
import { parseProxyList } from "../../src/sources/proxy-list.ts";
import type { Release } from "../../src/release/release.ts";
import { parseSha256 } from "../../src/release/sha256.ts";
import { findChecksumBase } from "../../src/trust/sumdb/checksum-base.ts";
import { lookupChecksum } from "../../src/trust/sumdb/lookup.ts";
import type { Pins } from "./pins.ts";
import type { Statement } from "./statement.ts";

/** What the network says; `note` is told of each root that cannot be asked. */
export interface Asking {
  readonly http: HttpClient;
  readonly goproxy: string;
  /** How many lines, from the newest on, are asked for archive by archive. */
  readonly lines: number;
  readonly note: (text: string) => void;
}

const listBound = { maxBytes: 4 * 1024 * 1024, timeoutMs: 15_000 };
const hashBound = { maxBytes: 4096, timeoutMs: 15_000 };

/** The publisher's JSON, as statements of everything it lists. */
export async function askPublisher({ http, note }: Asking): Promise<readonly Statement[]> {
  try {
    return toStatements("publisher", await createPublisher(http, new AbortController().signal, usualLimits).list());
  } catch (error) {
    if (!(error instanceof RequestFailure)) throw error;
    note(`the publisher's JSON cannot be had: ${error.message}`);
    return [];
  }
}

export function toStatements(root: string, releases: readonly Release[]): readonly Statement[] {
  return releases.flatMap(({ version, archives }) =>
    architectures.flatMap((arch): readonly Statement[] => {
      const { sha256, size } = archives[arch]?.statements[0] ?? {};
      return sha256 === undefined ? [] : [{ root, version, arch, sha256, ...(size === undefined ? {} : { size }) }];
    }),
  );
}

/** `FILE.sha256` on the download host for each archive of the newest lines. One failure that is no absence ends it. */
export async function askDownloadHost(asking: Asking, pins: Pins): Promise<readonly Statement[]> {
  const [, downloads = ""] = urlsOfSource("publisher");
  const statements: Statement[] = [];
  for (const { version, arch } of newestArchives(asking, pins)) {
    const url = appendPath(downloads, `${archiveFileName(version, arch)}.sha256`);
    try {
      const text = await orAbsent(asking.http.readText(url, hashBound));
      const sha256 = text === undefined ? undefined : parseSha256(text);
      if (sha256 !== undefined) statements.push({ root: "download-host", version, arch, sha256 });
      else if (text !== undefined) asking.note(`${url} is no hash`);
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      asking.note(`the download host cannot be asked: ${error.message}`);
      break;
    }
  }
  return statements;
}

/**
 * The checksum database's record of each toolchain of the newest lines: what is pinned, and what the module proxy lists,
 * which is what somebody has asked it for. Records never change: known ones are not asked for again.
 */
export async function askLog(asking: Asking, pins: Pins): Promise<readonly Statement[]> {
  const { http, goproxy } = asking;
  const proxies = parseGoproxyList(goproxy);
  const proxy = proxies.find(({ url }) => url.startsWith("http"))?.url;
  if (proxy === undefined) return [];
  const readText = http.readText.bind(http);
  const readBytes = http.readBytes.bind(http);
  try {
    const archives = newestArchives(asking, pins, await listModules(asking, proxy));
    const { base } = await findChecksumBase({ proxies, url: undefined }, readText);
    const statements: Statement[] = [];
    for (const { version, arch } of archives) {
      const known = pins.records.get(toolchainModuleVersion(version, arch));
      const record =
        known ?? (await orAbsent(lookupChecksum({ version, architecture: arch, readText, readBytes, base })));
      if (record !== undefined) statements.push({ root: "log", version, arch, record });
    }
    return statements;
  } catch (error) {
    if (!(error instanceof RequestFailure)) throw error;
    asking.note(`the checksum database cannot be asked: ${error.message}`);
    return [];
  }
}

interface Archive {
  readonly version: GoVersion;
  readonly arch: Architecture;
}

async function orAbsent<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof RequestFailure && error.kind === "absent") return undefined;
    throw error;
  }
}

async function listModules({ http }: Asking, proxy: string): Promise<readonly GoVersion[]> {
  const url = toolchainListUrl(proxy);
  const text = await http.readText(url, listBound);
  return architectures.flatMap((arch) => parseProxyList(text, arch, url).map(({ version }) => version));
}

/** Both architectures of every version of the newest lines, newest first. */
function newestArchives({ lines }: Asking, { releases }: Pins, more: readonly GoVersion[] = []): readonly Archive[] {
  const pinned = releases.flatMap(({ version }) => parseGoVersion(version) ?? []);
  const versions = [...new Set([...pinned, ...more])].toSorted((a, b) => compareGoVersions(b, a));
  const wanted = [...new Set(versions.map(languageOf))].slice(0, lines);
  return versions
    .filter((version) => wanted.includes(languageOf(version)))
    .flatMap((version) => architectures.map((arch) => ({ version, arch })));
}
