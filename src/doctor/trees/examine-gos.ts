import {
  type GoTree,
  type JudgedTree,
  judgeGoTree,
  judgeLeftOut,
  type NamedTree,
  nameGoTree,
  type ReleaseQuestions,
} from "./judge-go-tree.ts";
import { absolutePath, type AbsolutePath } from "../../host/absolute-path.ts";
import { homeGoPlaces, systemGoPlaces, toolchainPlaces } from "../../host/trees/find-go-trees.ts";
import type { GoTreeLooker, LeftOutPlace } from "../../host/trees/go-tree-looker.ts";
import { places } from "../../host/places.ts";
import type { Account } from "../../host/ports.ts";
import { makeScratch } from "../../host/scratch.ts";
import { sharePublicReleases } from "./share-public-release.ts";

export interface ExaminationRequest extends Pick<ReleaseQuestions, "openPublicRelease" | "findPinnedH1"> {
  /** Whose home is looked at as well. */
  readonly account: Account;
  /** The GOMODCACHE of accounts, in which the go command keeps toolchains. */
  moduleCaches(): Promise<readonly ModuleCache[]>;
  /** Whether /usr/local/go is readygo's own: then it is for `verify`. */
  readonly isOurs: boolean;
  /** Looks as root, or as the account, at what lies below its home. */
  openLooker(account: Pick<Account, "name" | "uid" | "gid" | "home">): GoTreeLooker;
  readonly findPackage: (path: AbsolutePath) => string | null;
  readonly onTree: (path: AbsolutePath) => void;
  /** Called before anything is asked of a release. */
  readonly onLeftOut: (place: LeftOutPlace) => void;
}

export interface ModuleCache {
  readonly account: Account;
  readonly path: AbsolutePath;
}

/** A Go, or a place where one may be that was left out: then the finding says why. */
export type ExaminedGo = JudgedTree & Pick<GoTree, "path" | "account" | "broughtBy">;

/**
 * Every Go on a host that readygo did not install, the whole host's before the account's: what lies in a home uses up
 * nothing of what may be looked at for the others. Last the toolchains that go has fetched for accounts. One after another, so that no more than one tree is kept in memory.
 */
export async function examineGos(request: ExaminationRequest): Promise<readonly ExaminedGo[]> {
  const { account, isOurs } = request;
  const releases = sharePublicReleases(request.openPublicRelease);
  const examine = async (
    looker: GoTreeLooker,
    search: {
      readonly patterns: readonly string[];
      readonly account: string | null;
      readonly known: readonly AbsolutePath[];
    },
  ): Promise<readonly ExaminedGo[]> => {
    try {
      const { trees, leftOut } = await findOtherGos({ looker, findPackage: request.findPackage, ...search });
      leftOut.forEach(request.onLeftOut);
      const named: (ExaminedGo | NamedTree)[] = [];
      for (const tree of trees) {
        const answer = await nameGoTree(tree);
        if ("release" in answer) releases.prepare(answer.release);
        named.push("release" in answer ? answer : { ...answer, ...identify(tree) });
      }
      const examined: ExaminedGo[] = [];
      for (const each of named) {
        request.onTree(each.path);
        examined.push("release" in each ? { ...(await judge(each)), ...identify(each) } : each);
      }
      const unseen = leftOut.map((place) => ({
        ...judgeLeftOut(place),
        ...identify({ ...place, account: search.account, broughtBy: null }),
      }));
      return [...examined, ...unseen];
    } finally {
      await looker.close();
    }
  };
  const judge = async (tree: NamedTree): Promise<JudgedTree> => {
    const scratch = makeScratch();
    try {
      const { openPublicRelease } = releases;
      const { findPinnedH1 } = request;
      return await judgeGoTree(tree, { openPublicRelease, findPinnedH1, scratch: absolutePath(scratch.path) });
    } finally {
      scratch.remove();
    }
  };
  const system = await examine(request.openLooker({ name: "root", uid: 0, gid: 0, home: absolutePath("/") }), {
    patterns: systemGoPlaces,
    account: null,
    known: isOurs ? [places.goroot] : [],
  });
  const own = await examine(request.openLooker(account), {
    patterns: homeGoPlaces,
    account: account.name,
    known: [...system.map(({ path }) => path), places.goroot],
  });
  const examined = [...system, ...own];
  for (const cache of await request.moduleCaches()) {
    const known = [...examined.map(({ path }) => path), places.goroot];
    // From the root directory: a cache need not lie in the home.
    const looker = request.openLooker({ ...cache.account, home: absolutePath("/") });
    const patterns = [absolutePath(cache.path, toolchainPlaces)];
    examined.push(...(await examine(looker, { patterns, account: cache.account.name, known })));
  }
  return examined;
}

function identify({
  path,
  account,
  broughtBy,
}: Pick<GoTree, "path" | "account" | "broughtBy">): Pick<GoTree, "path" | "account" | "broughtBy"> {
  return { path, account, broughtBy };
}

interface OtherGosRequest {
  readonly looker: GoTreeLooker;
  /** Where to look, below the looker's directory. */
  readonly patterns: readonly string[];
  /** Whose home is looked at; null for the whole host. */
  readonly account: string | null;
  /** What is known already, or readygo's own. */
  readonly known: readonly AbsolutePath[];
  /** What brought the tree at a path; null for none. */
  readonly findPackage: (path: AbsolutePath) => string | null;
}

/** The Gos at some places that readygo did not install, each once, and where some may be that were not found. */
export async function findOtherGos({ looker, patterns, account, known, findPackage }: OtherGosRequest): Promise<{
  readonly trees: readonly GoTree[];
  readonly leftOut: readonly LeftOutPlace[];
}> {
  const { trees, leftOut } = await looker.find(patterns);
  const others = trees.filter((path) => !known.includes(path));
  return { trees: others.map((path) => ({ path, account, broughtBy: findPackage(path), looker })), leftOut };
}
