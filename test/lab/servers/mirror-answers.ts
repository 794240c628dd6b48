import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readDefaultProxyName } from "../releases/machine-go.ts";
import { checksumsInChina, mirrorNames, mirrorSites, type Signatures } from "./mirror-protocol.ts";
import type { LabArchive } from "../releases/releases.ts";

export interface Answer {
  readonly status: number;
  /** Names in lower case; an answer with an etag takes ranges. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Stock {
  readonly archives: readonly LabArchive[];
  readonly moduleDirectories: readonly string[];
  readonly signatures: Signatures;
  readonly publicProxies: readonly string[];
}

/** Leads to the mirror only where a test asks for it (`names`). */
const publicProxyName = readDefaultProxyName();

const toolchainPath = "/golang.org/toolchain/@v/";

/** What the name `host` answers to `url` when nothing is wrong: the publisher's, the proxy's and the database's manners. */
export function answerTo(host: string, url: URL, stock: Stock): Answer {
  const path = decodeURIComponent(url.pathname);
  const proxy = stock.publicProxies.find((base) => `https://${host}${path}`.startsWith(`${base}/`));
  if (proxy !== undefined) return moduleProxy(path.slice(new URL(`${proxy}/`).pathname.length - 1), stock);
  switch (host) {
    case mirrorNames.publisher:
      return publisher(path, url.searchParams, stock);
    case mirrorNames.downloads:
      return downloads(path, stock);
    case mirrorNames.proxy:
    case publicProxyName:
      return moduleProxy(path, stock);
    case mirrorNames.checksums:
    case checksumsInChina:
      return moduleProxy(`/sumdb/sum.golang.org${path}`, stock);
    case mirrorSites.china:
      // As the publisher does, it leads to the download host.
      return publisher(path, url.searchParams, stock);
    case mirrorSites.storage:
    case mirrorSites.aliyun:
    case mirrorSites.ustc:
    case mirrorSites.nju:
    case mirrorSites.hust:
      return downloads(path.replace(/^\/golang\//, "/go/"), stock);
    default:
      return text(404, `the mirror is not ${host}\n`);
  }
}

function publisher(path: string, query: URLSearchParams, stock: Stock): Answer {
  if (path === "/dl/" || path === "/dl") {
    if (query.get("mode") !== "json") return page("Downloads");
    return json(releaseList(stock.archives, query.get("include") === "all"));
  }
  if (path.startsWith("/dl/mod/")) {
    const rest = path.slice("/dl/mod".length);
    if (!rest.startsWith(toolchainPath)) return text(404, "not found\n");
    if (rest === `${toolchainPath}list`) return moduleProxy(rest, stock);
    return redirect(`https://${mirrorNames.downloads}/go/${rest.slice(toolchainPath.length)}`);
  }
  const name = path.startsWith("/dl/") ? path.slice("/dl/".length) : "";
  if (stock.archives.some((archive) => archive.filename === name || `${archive.filename}.asc` === name)) {
    return redirect(`https://${mirrorNames.downloads}/go/${name}`);
  }
  // The publisher answers a name that it doesn't know with its download page, and status 200.
  return path.startsWith("/dl/") ? page("Downloads") : text(404, "not found\n");
}

function downloads(path: string, stock: Stock): Answer {
  if (path === "/linux/linux_signing_key.pub") return text(200, stock.signatures.keyFile);
  const name = path.startsWith("/go/") ? path.slice("/go/".length) : "";
  const signed = stock.archives.find(({ filename }) => name === `${filename}.asc`);
  const signature = signed === undefined ? undefined : stock.signatures.byArchive[signed.sha256];
  if (signature !== undefined) return file(signature, "text/plain; charset=utf-8");
  const archive = stock.archives.find(({ filename }) => name === filename || name === `${filename}.sha256`);
  if (archive !== undefined && name === archive.filename) return file(archive.path, "application/x-gzip");
  if (archive !== undefined) return text(200, archive.sha256);
  if (/^v0\.0\.1-go[^/]+\.(info|mod|zip)$/.test(name)) return moduleProxy(`${toolchainPath}${name}`, stock);
  return {
    status: 404,
    headers: { "content-type": "application/xml" },
    body: Buffer.from("<Error><Code>NoSuchKey</Code></Error>"),
  };
}

/** The newest release of each of the two newest stable lines, or all: newest first, in the publisher's shape. */
function releaseList(archives: readonly LabArchive[], isAll: boolean): unknown[] {
  const versions = [...new Set(archives.map(({ version }) => version))].toSorted((a, b) =>
    b.localeCompare(a, "en", { numeric: true }),
  );
  const isStable = (version: string): boolean => !/(?:rc|beta)\d/.test(version);
  const lineOf = (version: string): string => version.split(".").slice(0, 2).join(".");
  const newestOfLine = versions.filter(
    (version, at) => isStable(version) && versions.findIndex((other) => lineOf(other) === lineOf(version)) === at,
  );
  return (isAll ? versions : newestOfLine.slice(0, 2)).map((version) => ({
    version,
    stable: isStable(version),
    files: archives
      .filter((archive) => archive.version === version)
      .map(({ filename, arch, sha256, size }) => ({
        filename,
        os: "linux",
        arch,
        version,
        sha256,
        size,
        kind: "archive",
      })),
  }));
}

function moduleProxy(path: string, { moduleDirectories }: Pick<Stock, "moduleDirectories">): Answer {
  if (path === "/sumdb/sum.golang.org/supported") return text(200, "");
  if (path.split("/").includes("..")) return text(400, "bad request\n");
  const listed = /^(\/.+)\/@v\/list$/.exec(path);
  if (listed !== null) return moduleList(listed[1] ?? "", moduleDirectories);
  const newest = /^(\/.+)\/@latest$/.exec(path);
  if (newest !== null) return moduleLatest(newest[1] ?? "", moduleDirectories);
  const found = moduleDirectories.map((directory) => join(directory, path)).find((at) => existsSync(at));
  const isServed = /\.(?:info|mod|zip)$/.test(path) || path.startsWith("/sumdb/");
  if (found === undefined || !isServed) return text(404, `not found: ${path.slice(1)}\n`);
  return file(found, path.endsWith(".zip") ? "application/zip" : "text/plain; charset=utf-8");
}

/** Versions of a module whose zip is there. */
function moduleVersions(module: string, directories: readonly string[]): string[] {
  return directories
    .map((directory) => join(directory, module, "@v"))
    .filter((at) => existsSync(at))
    .flatMap((at) => readdirSync(at))
    .filter((name) => name.endsWith(".zip"))
    .map((name) => name.slice(0, -".zip".length));
}

function moduleList(module: string, directories: readonly string[]): Answer {
  const versions = moduleVersions(module, directories);
  if (versions.length === 0) return text(404, `not found: module ${module.slice(1)}\n`);
  // Unlisted like the real proxy does: versions made from a commit are no answer to "which releases are there?".
  const released = versions.filter((version) => !/-\d{14}-[0-9a-f]{12}$/.test(version));
  return text(200, released.map((version) => `${version}\n`).join(""));
}

function moduleLatest(module: string, directories: readonly string[]): Answer {
  const newest = moduleVersions(module, directories)
    .toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .at(-1);
  return moduleProxy(`${module}/@v/${newest ?? "none"}.info`, { moduleDirectories: directories });
}

const kept = new Map<string, Answer>();

/** A file, kept in memory: reading 67 MB for each request would be part of what a test measures. */
function file(path: string, type: string): Answer {
  const known = kept.get(path);
  if (known !== undefined) return known;
  const body = readFileSync(path);
  const answer: Answer = {
    status: 200,
    headers: {
      "content-type": type,
      "accept-ranges": "bytes",
      etag: `"${path.length.toString(16)}-${body.length.toString(16)}"`,
      "last-modified": "Thu, 01 Oct 2026 00:00:00 GMT",
    },
    body,
  };
  kept.set(path, answer);
  return answer;
}

function text(status: number, body: string): Answer {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body: Buffer.from(body) };
}

function json(value: unknown): Answer {
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify(value, null, 1)),
  };
}

function page(title: string): Answer {
  const body = Buffer.from(
    `<!DOCTYPE html>\n<html lang="en">\n<title>${title} - The Go Programming Language</title>\n</html>\n`,
  );
  return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body };
}

function redirect(location: string): Answer {
  const body = Buffer.from(`<a href="${location}">Found</a>.\n`);
  return { status: 302, headers: { location, "content-type": "text/html; charset=utf-8" }, body };
}
