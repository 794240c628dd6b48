import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { findGoTrees, systemGoPlaces } from "../host/find-go-trees.ts";
import { surveyGoTree } from "../host/go-tree-survey.ts";
import type { HomeFiles } from "../host/home-files.ts";
import { places } from "../host/places.ts";
import type { Account, ReadFiles } from "../host/ports.ts";
import type { GoTree } from "./go-tree.ts";

export interface OtherGosRequest {
  readonly files: ReadFiles;
  /** Whose home is looked at as well. */
  readonly account: Account;
  readonly home: Pick<HomeFiles, "findGoTrees" | "surveyGoTree">;
  /** Whether /usr/local/go is readygo's own: then it is for `verify`. */
  readonly isOurs: boolean;
}

/** Every Go on a host that readygo did not install, each once. @throws HomeRefusal where the home gives no answer */
export async function findOtherGos({ files, account, home, isOurs }: OtherGosRequest): Promise<readonly GoTree[]> {
  const system = findGoTrees(files, absolutePath("/"), systemGoPlaces);
  const ours = isOurs ? [places.goroot] : [];
  const own = (await home.findGoTrees()).filter((path) => ![...system, places.goroot].includes(path));
  return [
    ...system
      .filter((path) => !ours.includes(path))
      .map((path): GoTree => ({
        path,
        account: null,
        broughtBy: findPackage(files, path),
        survey: async () => surveyGoTree(files.locate(path)),
      })),
    ...own.map((path): GoTree => ({
      path,
      account: account.name,
      broughtBy: null,
      survey: () => home.surveyGoTree(path),
    })),
  ];
}

const dpkgLists = absolutePath("/var/lib/dpkg/info");
const mostListBytes = 64 * 1024 * 1024;

/** By dpkg's own lists (dpkg-query(1), FILES), which can be read under --root too; no program is run. */
function findPackage(files: ReadFiles, path: AbsolutePath): string | null {
  if (path.startsWith("/snap/")) return `snap ${path.split("/")[2] ?? ""}`;
  const list = files
    .list(dpkgLists)
    .filter((name) => /^golang-.*\.list$/.test(name))
    .find((name) =>
      files.read(absolutePath(dpkgLists, name), mostListBytes)?.toString("utf8").split("\n").includes(`${path}/bin/go`),
    );
  return list === undefined ? null : `package ${list.replace(/(?::[a-z0-9-]+)?\.list$/, "")}`;
}
