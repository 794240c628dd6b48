import { posix } from "node:path";
import { absolutePath } from "../../host/absolute-path.ts";
import { readAccounts } from "../../host/home/accounts.ts";
import { isForeignGoroot, places } from "../../host/places.ts";
import type { Account } from "../../host/ports.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { findRows } from "../settings.ts";
import { holds } from "./ask-account.ts";
import { settingDiagnostic, type SettingFault } from "./setting-diagnostic.ts";

export const goroot = settingDiagnostic({
  id: "goroot",
  names: ["GOROOT"],
  sees: `GOROOT set to another tree than ${places.goroot}`,
  why: "The go command takes compilers and packages from that tree, which do not fit it, or finds none.",
  async judge({ context, account, value }) {
    if (!isForeignGoroot(value)) return undefined;
    const rows = (await findRows(context, account)).filter(({ variables }) => variables["GOROOT"]?.value === value);
    // Whoever brings its own go with it (a version manager) is told of by context-other.
    const isOwnGo = rows.length > 0 && rows.every(({ go }) => go?.startsWith(`${value.replace(/\/+$/, "")}/`) === true);
    return isOwnGo ? undefined : { how: `not the tree at ${places.goroot}` };
  },
});

export const gopath = settingDiagnostic({
  id: "gopath",
  names: ["GOPATH"],
  sees: "GOPATH that is relative, begins with ~, lies in the Go tree, or belongs to another account",
  why: "The go command stops at it, or cannot write there what it downloads and installs.",
  async judge({ context, account, value }) {
    const better = "$HOME/go";
    for (const entry of value.split(":").filter((each) => each !== "")) {
      if (entry.startsWith("~")) return { how: "the go command does not know ~", better };
      if (!entry.startsWith("/")) return { how: "a relative path, at which go stops", better };
      const path = absolutePath(entry);
      if (isInTree(path)) return { how: `it lies in the Go tree, which an upgrade replaces`, better };
      const owner = findHomeOwner(context, account, path);
      if (owner !== undefined) return { how: `it lies in the home of ${owner}`, better };
    }
    return undefined;
  },
});

export const gobin = settingDiagnostic({
  id: "gobin",
  names: ["GOBIN"],
  sees: "GOBIN that is relative, lies in the Go tree, or cannot be written",
  why: "`go install` stops, or what it installs is gone with the next upgrade.",
  judge: async ({ context, account, value }): Promise<SettingFault | undefined> => {
    const better = "$HOME/go/bin";
    if (!value.startsWith("/")) return { how: "no absolute path, at which `go install` stops", better };
    if (isInTree(absolutePath(value))) return { how: "it lies in the Go tree, which an upgrade replaces", better };
    const isWritable = await holds(context, account, canWrite, value);
    return isWritable ? undefined : { how: `${account.name} cannot write there`, better };
  },
});

function isInTree(path: string): boolean {
  return path === places.goroot || path.startsWith(`${places.goroot}/`);
}

/** Whose home a path lies in, where that is somebody else's. */
function findHomeOwner({ files }: DoctorContext, account: Account, path: string): string | undefined {
  const isIn = (home: string): boolean => path === home || path.startsWith(`${home}/`);
  if (isIn(account.home)) return undefined;
  const homes = readAccounts(files).filter(({ home }) => posix.dirname(home) === "/home" || home === "/root");
  return homes.find(({ home }) => isIn(home))?.name;
}

/** Whether the account can write there; of what is not there yet the nearest directory that is decides. */
const canWrite =
  'at=$1; while [ ! -e "$at" ] && [ "$at" != / ]; do at=$(dirname -- "$at"); done; [ -d "$at" ] && [ -w "$at" ]';
