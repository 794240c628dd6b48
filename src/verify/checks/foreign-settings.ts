import { posix } from "node:path";
import { isForeignGoroot } from "../../host/places.ts";
import { type AccountSettings, readAccountSettings } from "../account-settings.ts";
import { type Check, type CheckContext, type Finding, pass, warn } from "../check.ts";
import { findSettingOrigins } from "../trace-origins.ts";
import { formatRemedy } from "../../errors/remedy.ts";
import { unsetStored } from "../unset-stored.ts";

export const noGoroot: Check = {
  id: "no-goroot",
  layer: 2,
  proves: "GOROOT is set neither in the account's shells nor in its go/env: go finds its own tree",
  cost: "start",
  bound: 6,
  needsRunning: true,
  run: (context) => judge(context, "GOROOT", isForeignGoroot),
};

export const noGopath: Check = {
  id: "no-gopath",
  layer: 2,
  proves: "GOPATH is set neither in the account's shells nor in its go/env, or to what go takes by itself",
  cost: "start",
  bound: 6,
  needsRunning: true,
  run: (context) => judge(context, "GOPATH", (value) => value !== "" && value !== `${context.account.home}/go`),
};

/** A warning at most: the files that set these are not readygo's, and putting the former Go back would not change them. */
async function judge(
  context: CheckContext,
  name: "GOROOT" | "GOPATH",
  isForeign: (value: string) => boolean,
): Promise<Finding> {
  const settings = await readAccountSettings(context);
  const seen = listSeen(settings, name);
  const foreign = seen.filter(({ value }) => isForeign(value));
  if (foreign.length === 0) {
    if (seen.length > 0) return pass(`${seen.map(describeSeen(name)).join("; ")}: what go takes by itself`);
    const silent = settings.environments.length === 0 ? " in the account's go/env; its shells did not answer" : "";
    return pass(`${name} is not set${silent}`);
  }
  const isInShells = foreign.some(({ shells }) => shells !== undefined);
  const origins = isInShells ? await findSettingOrigins(context, name) : [];
  const from = origins.length === 0 ? "" : `, set by ${origins.join(", ")}`;
  const remedies = [
    ...(foreign.some(({ shells }) => shells === undefined) ? [formatRemedy(unsetStored(context.account, name))] : []),
    ...(isInShells ? [adviseUnset(context, name)] : []),
  ];
  return warn(foreign.map(describeSeen(name)).join("; ") + from, remedies.join("; "));
}

/**
 * What uses the variable further down would break were its line deleted: `$GOROOT/bin` becomes /bin. Unset as the last
 * thing, it has served them all. readygo's block does that for GOROOT.
 */
export function adviseUnset(context: CheckContext, name: string): string {
  const { account, version } = context;
  if (name === "GOROOT") return `readygo install ${version} --user ${account.name}`;
  const shell = posix.basename(account.shell);
  const line = shell === "fish" ? `set -e ${name}` : `unset ${name}`;
  const files =
    { fish: "~/.config/fish/config.fish", zsh: "~/.zprofile and ~/.zshrc" }[shell] ?? "~/.profile and ~/.bashrc";
  return `if that is not wanted, let  ${line}  be the last line of ${account.name}'s ${files}`;
}

interface Seen {
  readonly value: string;
  /** The modes of the shells that have it; undefined for go's own file. */
  readonly shells: readonly string[] | undefined;
  readonly file: string | undefined;
}

function listSeen({ environments, goenv }: AccountSettings, name: string): readonly Seen[] {
  const values = Map.groupBy(
    environments.filter(({ env }) => env[name] !== undefined),
    ({ env }) => env[name] ?? "",
  );
  const inFile = goenv?.settings[name];
  return [
    ...[...values].map(([value, shells]) => ({ value, shells: shells.map(({ mode }) => mode), file: undefined })),
    ...(inFile === undefined ? [] : [{ value: inFile, shells: undefined, file: goenv?.path }]),
  ];
}

function describeSeen(name: string): (seen: Seen) => string {
  return ({ value, shells, file }) =>
    shells === undefined ? `${name}=${value} in ${file}` : `${name}=${value} in the ${shells.join(" and ")} shell`;
}
