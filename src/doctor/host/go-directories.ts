import type { Account } from "../../host/ports.ts";
import { readAccountSettings } from "../../verify/account-settings.ts";
import { findSettingOrigins } from "../../verify/trace-origins.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { oncePerRun } from "../doctor-context.ts";
import { lookAtDirectories, type Quota, readQuotas, type SeenDirectory } from "./look-at-directories.ts";

export type DirectoryName = "HOME" | "GOCACHE" | "GOMODCACHE" | "GOBIN" | "TMPDIR" | "GOTMPDIR";

/** A directory that an account's go command writes to. */
export interface GoDirectory {
  readonly account: Account;
  readonly name: DirectoryName;
  readonly path: string;
  /** Who says that it is this one; empty for go's own default. */
  readonly origins: readonly string[];
  /** Undefined where it was not come to in time. */
  readonly seen: SeenDirectory | undefined;
}

export interface GoDirectories {
  readonly directories: readonly GoDirectory[];
  readonly quotas: readonly (Quota & { readonly account: Account })[];
}

/** For all accounts of a run; each looks at its own. */
export const findGoDirectories = oncePerRun(async (context): Promise<GoDirectories> => {
  const found = await Promise.all(context.accounts.map((account) => findOf(context, account)));
  return { directories: found.flatMap((each) => each.directories), quotas: found.flatMap((each) => each.quotas) };
});

async function findOf(context: DoctorContext, account: Account): Promise<GoDirectories> {
  const { processes } = context;
  const named = await nameDirectories(context, account);
  const paths = [...new Set(named.map(({ path }) => path))];
  const [seen, quotas] = await Promise.all([
    lookAtDirectories(processes, account, paths),
    readQuotas(processes, account, paths),
  ]);
  return {
    directories: named.map((each) => ({ ...each, account, seen: seen.get(each.path) })),
    quotas: quotas.map((quota) => ({ ...quota, account })),
  };
}

type Named = Pick<GoDirectory, "name" | "path" | "origins">;

const temporary = ["TMPDIR", "GOTMPDIR"] as const;
const caches = ["GOCACHE", "GOMODCACHE", "GOBIN"] as const;

/** In each of the account's shells: by the environment, then by what `go env -w` has written, then go's default. */
async function nameDirectories(context: DoctorContext, account: Account): Promise<readonly Named[]> {
  const { environments, env, goenv } = await readAccountSettings(context.of(account));
  const stored = goenv?.settings ?? {};
  const found = new Map<string, Named>();
  const add = (name: DirectoryName, path: string, origins: readonly string[]): void => {
    // A relative one is refused by go itself, or means the current directory: neither is a place to look at.
    if (path.startsWith("/") && !path.includes("\0")) found.set(`${name}\0${path}`, { name, path, origins });
  };
  add("HOME", account.home, []);
  const shells = environments.length === 0 ? [{ env }] : environments;
  for (const shell of shells) {
    const own = shell.env;
    // go builds in GOTMPDIR where that is set, and then never in TMPDIR.
    const isBuiltElsewhere = Boolean(own["GOTMPDIR"] || stored["GOTMPDIR"]);
    for (const name of [...temporary, ...caches]) {
      if (name === "TMPDIR" && isBuiltElsewhere) continue;
      const value = own[name];
      if (value) add(name, value, await findSettingOrigins(context.of(account), name));
      else if (stored[name]) add(name, stored[name], goenv === null ? [] : [goenv.path]);
      else for (const path of listDefaults(name, own, stored, account.home)) add(name, path, []);
    }
  }
  return [...found.values()];
}

/** cmd/go's own rules. */
function listDefaults(
  name: DirectoryName,
  env: Readonly<Record<string, string>>,
  stored: Readonly<Record<string, string>>,
  home: string,
): readonly string[] {
  const gopath = (env["GOPATH"] || stored["GOPATH"] || `${home}/go`).split(":")[0] ?? "";
  switch (name) {
    case "GOCACHE":
      return [`${env["XDG_CACHE_HOME"] || `${home}/.cache`}/go-build`];
    case "GOMODCACHE":
      return [`${gopath}/pkg/mod`];
    case "GOBIN":
      return [`${gopath}/bin`];
    case "TMPDIR":
      return ["/tmp"];
    case "GOTMPDIR":
    case "HOME":
      return [];
  }
}
