import { absolutePath, type AbsolutePath } from "../../host/absolute-path.ts";
import type { ReadFiles } from "../../host/ports.ts";

const dpkgLists = absolutePath("/var/lib/dpkg/info");
/** The lists of all golang packages of a release of Debian have 3 MB together. */
const mostBytes = 64 * 1024 * 1024;

/**
 * Which package brought the Go at a path, by dpkg's own lists (dpkg-query(1), FILES), which can be read under --root too;
 * no program is run. The lists are read once, when first asked for, and no more of them than 64 MiB.
 */
export function createPackageFinder(files: ReadFiles): (path: AbsolutePath) => string | null {
  let owners: ReadonlyMap<string, string> | undefined;
  return (path) => {
    if (path.startsWith("/snap/")) return `snap ${path.split("/")[2] ?? ""}`;
    owners ??= readOwners(files);
    return owners.get(`${path}/bin/go`) ?? null;
  };
}

/** The package of each bin/go. */
function readOwners(files: ReadFiles): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  let left = mostBytes;
  for (const name of files.list(dpkgLists).filter((each) => /^golang-.*\.list$/.test(each))) {
    const path = absolutePath(dpkgLists, name);
    const bytes = Math.min(left, files.stat(path)?.size ?? 0);
    left -= bytes;
    const programs =
      files
        .readStart(path, bytes)
        ?.toString("utf8")
        .match(/^.*\/bin\/go$/gm) ?? [];
    for (const program of programs) owners.set(program, `package ${name.replace(/(?::[a-z0-9-]+)?\.list$/, "")}`);
  }
  return owners;
}
