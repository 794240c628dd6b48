import { programOf, type ShellAnswer, type ShellAnswers } from "./shell-answer.ts";

/** A tool that chooses among several Gos for an account. */
interface VersionManager {
  readonly name: string;
  /** The places where its go lies, or a stand-in for it. */
  readonly place: RegExp;
  /** Variables that name such a place where it is not the usual one. */
  readonly rootVariables: readonly string[];
  /** What the account does to leave the choice to the host. */
  readonly handOver: string;
}

const versionManagers: readonly VersionManager[] = [
  {
    name: "mise",
    place: /\/(?:mise|rtx)\/(?:installs|shims)\//,
    rootVariables: ["MISE_DATA_DIR", "MISE_INSTALLS_DIR", "MISE_SHIMS_DIR"],
    handOver: "mise unuse --global go",
  },
  {
    name: "asdf",
    place: /\/\.asdf\/(?:installs|shims)\//,
    rootVariables: ["ASDF_DATA_DIR"],
    handOver: "asdf set --home golang system",
  },
  {
    name: "goenv",
    place: /\/\.goenv\/(?:shims|versions)\//,
    rootVariables: ["GOENV_ROOT"],
    handOver: "goenv global system",
  },
  { name: "gvm", place: /\/\.gvm\//, rootVariables: ["GVM_ROOT"], handOver: "gvm use system --default" },
  {
    name: "gobrew",
    place: /\/\.gobrew\//,
    rootVariables: ["GOBREW_ROOT"],
    handOver: "take ~/.gobrew/current/bin out of PATH",
  },
  {
    name: "g",
    place: /\/\.g\/(?:go|versions)\//,
    rootVariables: ["G_HOME"],
    handOver: "take the line that reads ~/.g/env out of the shell's files",
  },
  {
    name: "goup",
    place: /\/\.go\/(?:current|versions)\//,
    rootVariables: [],
    handOver: "take the line that reads ~/.go/env out of the shell's files",
  },
  {
    name: "vfox",
    place: /\/\.(?:version-fox|vfox)\//,
    rootVariables: ["VFOX_HOME"],
    handOver: "vfox unuse --global golang",
  },
  { name: "proto", place: /\/\.proto\//, rootVariables: ["PROTO_HOME"], handOver: "proto uninstall go" },
  {
    name: "aqua",
    place: /\/aquaproj-aqua\//,
    rootVariables: ["AQUA_ROOT_DIR"],
    handOver: "take golang/go out of aqua.yaml",
  },
  {
    name: "nix",
    place: /\/(?:\.nix-profile|nix\/store|nix\/profile|nix\/var)\//,
    rootVariables: [],
    handOver: "nix profile remove go",
  },
];

/** A version manager that chooses the go of an account's shells. */
export interface ActiveManager {
  readonly name: string;
  /** Its go, as the shell finds it. */
  readonly go: string;
  readonly shell: "login" | "interactive";
  readonly handOver: string;
}

/** The version manager that is active for Go in one of the shells; undefined where none is. */
export function findActiveManager({ interactive, login }: ShellAnswers): ActiveManager | undefined {
  return findIn(interactive, "interactive") ?? findIn(login, "login");
}

function findIn(answer: ShellAnswer, shell: ActiveManager["shell"]): ActiveManager | undefined {
  if (answer.kind !== "answered") return undefined;
  const { env } = answer;
  const go = programOf(answer);
  if (go === undefined) return undefined;
  const manager = versionManagers.find(
    ({ place, rootVariables }) =>
      place.test(go) ||
      rootVariables.some((name) => env[name]?.startsWith("/") === true && go.startsWith(`${env[name]}/`)),
  );
  return manager === undefined ? undefined : { name: manager.name, go, shell, handOver: manager.handOver };
}
