import { posix } from "node:path";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { homeFiles } from "../host/places.ts";
import type { Account, ReadFiles } from "../host/ports.ts";
import { readReceipt, type Receipt } from "../host/state/receipt.ts";
import { findAccount } from "../host/home/accounts.ts";
import type { Session } from "./session.ts";

/** The receipt, with the files of homes that were moved since (`usermod -m`) where they are now. @throws as readReceipt */
export function readFollowedReceipt({ files, accounts, request }: Session): Receipt | undefined {
  const receipt = readReceipt(files);
  if (receipt === undefined) return undefined;
  const find = (owner: string): Account | undefined =>
    accounts.find(({ name }) => name === owner) ?? findAccount(files, owner, request.root === "");
  return followHomes(files, receipt, find);
}

/** Pure but for looking whether a directory is still there. */
export function followHomes(
  files: Pick<ReadFiles, "stat">,
  receipt: Receipt,
  find: (owner: string) => Pick<Account, "home"> | undefined,
): Receipt {
  const move = ({ path, owner }: { path: AbsolutePath; owner: string | null }) => {
    const former = owner === null ? undefined : findFormerHome(files, path);
    // Asked only where something is gone: a directory service takes its time.
    const home = owner === null || former === undefined ? undefined : find(owner)?.home;
    return (place: AbsolutePath): AbsolutePath =>
      former !== undefined && home !== undefined && !place.startsWith(`${home}/`) && place.startsWith(`${former}/`)
        ? absolutePath(home, place.slice(former.length + 1))
        : place;
  };
  return {
    ...receipt,
    files: receipt.files.map((file) => {
      const follow = move(file);
      return { ...file, path: follow(file.path), createdDirectories: file.createdDirectories.map(follow) };
    }),
    leftAlone: receipt.leftAlone.map((file) => ({ ...file, path: move(file)(file.path) })),
  };
}

const names: readonly string[] = [
  homeFiles.fishOwn,
  homeFiles.fish,
  homeFiles.goEnv,
  ...homeFiles.bash,
  ...homeFiles.zsh,
];

/** The home that a file lay in, where that is gone: the first directory on the way that is not there any more. */
function findFormerHome(files: Pick<ReadFiles, "stat">, path: AbsolutePath): AbsolutePath | undefined {
  const name = names.find((each) => path.endsWith(`/${each}`));
  if (name === undefined) return undefined;
  // zsh may keep its files deeper; nearer to the file than its own name no home can end.
  const nearest = absolutePath(path.slice(0, -name.length - 1) || "/");
  const above: AbsolutePath[] = [];
  for (let at = nearest; at !== "/"; at = absolutePath(posix.dirname(at))) above.unshift(at);
  return above.find((at) => files.stat(at) === undefined);
}
