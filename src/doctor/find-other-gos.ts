import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { findGoTrees, systemGoPlaces } from "../host/find-go-trees.ts";
import { surveyGoTree } from "../host/go-tree-survey.ts";
import { type HomeFiles, HomeRefusal } from "../host/home-files.ts";
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
  /** Told why a home is left out. */
  readonly onRefused: (reason: string) => void;
}

/** Every Go on a host that readygo did not install, each once. */
export async function findOtherGos(request: OtherGosRequest): Promise<readonly GoTree[]> {
  const { files, account, home, isOurs } = request;
  const system = findGoTrees(files, absolutePath("/"), systemGoPlaces);
  const ours = isOurs ? [places.goroot] : [];
  const own = (await findInHome(request)).filter((path) => ![...system, places.goroot].includes(path));
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

/** A user who kills what works in their home has their own Gos left out, and no others. */
async function findInHome({ home, account, onRefused }: OtherGosRequest): Promise<readonly AbsolutePath[]> {
  try {
    return await home.findGoTrees();
  } catch (error) {
    if (!(error instanceof HomeRefusal)) throw error;
    onRefused(`${account.home} is left out: ${error.message}`);
    return [];
  }
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
