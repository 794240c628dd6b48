import { programOf, type ShellAnswer, type ShellAnswers } from "./shell-answer.ts";

/** A tool that chooses among several Gos for an account, or brings one. */
interface GoBringer {
  readonly name: string;
  /**
   * Whether it `chooses` for the account: then readygo leaves the shell that it rules alone. What only `brings` a Go is
   * another directory on PATH.
   */
  readonly role: "chooses" | "brings";
  /** The places where its go lies, or a stand-in for it. */
  readonly place: RegExp;
  /** Variables that name such a place where it is not the usual one. */
  readonly rootVariables: readonly string[];
  /** What the account does to leave the choice to the host. */
  readonly handOver: string;
  /** Where it keeps a Go: patterns of sh, below the home unless absolute. */
  readonly keeps: readonly string[];
  /** Lines of the shells' files that start it. */
  readonly line: RegExp;
  /** Whether it is for Go alone: then such a line is worth to be named without a Go, too. */
  readonly isForGoAlone: boolean;
  /** Files of its own beside the shells' that may have such a line, below the home unless absolute. */
  readonly files?: readonly string[];
}

export const goBringers = [
  {
    name: "mise",
    role: "chooses",
    place: /\/(?:mise|rtx)\/(?:installs|shims)\//,
    rootVariables: ["MISE_DATA_DIR", "MISE_INSTALLS_DIR", "MISE_SHIMS_DIR"],
    handOver: "mise unuse --global go",
    keeps: [".local/share/{mise,rtx}/{installs/go/*,shims/go}"],
    line: /\b(?:mise|rtx)(?:"|')? activate\b|\/(?:mise|rtx)\/shims\b/,
    isForGoAlone: false,
  },
  {
    name: "asdf",
    role: "chooses",
    place: /\/\.asdf\/(?:installs|shims)\//,
    rootVariables: ["ASDF_DATA_DIR"],
    handOver: "asdf set --home golang system",
    keeps: [".asdf/installs/golang/*", ".asdf/shims/go"],
    line: /\basdf\.(?:sh|fish)\b|\/\.asdf\/|\/shims\b.*asdf/i,
    isForGoAlone: false,
  },
  {
    name: "goenv",
    role: "chooses",
    place: /\/\.goenv\/(?:shims|versions)\//,
    rootVariables: ["GOENV_ROOT"],
    handOver: "goenv global system",
    keeps: [".goenv/versions/*", ".goenv/shims/go"],
    line: /\bgoenv init\b|\bGOENV_ROOT\b|\/\.goenv\//,
    isForGoAlone: true,
  },
  {
    name: "gvm",
    role: "chooses",
    place: /\/\.gvm\//,
    rootVariables: ["GVM_ROOT"],
    handOver: "gvm use system --default",
    keeps: [".gvm/gos/*"],
    line: /\/\.gvm\/|\bGVM_ROOT\b/,
    isForGoAlone: true,
  },
  {
    name: "gobrew",
    role: "chooses",
    place: /\/\.gobrew\//,
    rootVariables: ["GOBREW_ROOT"],
    handOver: "take ~/.gobrew/current/bin out of PATH",
    keeps: [".gobrew/versions/*", ".gobrew/current"],
    line: /\/\.gobrew\/|\bGOBREW_ROOT\b/,
    isForGoAlone: true,
  },
  {
    name: "g",
    role: "chooses",
    place: /\/\.g\/(?:go|versions)\//,
    rootVariables: ["G_HOME"],
    handOver: "take the line that reads ~/.g/env out of the shell's files",
    keeps: [".g/versions/*", ".g/go"],
    line: /\/\.g\/(?:env|go)\b|\bG_HOME\b/,
    isForGoAlone: true,
  },
  {
    name: "goup",
    role: "chooses",
    place: /\/\.go\/(?:current|versions)\//,
    rootVariables: [],
    handOver: "take the line that reads ~/.go/env out of the shell's files",
    keeps: [".go/versions/*", ".go/current"],
    line: /\/\.go\/(?:env|current|bin)\b/,
    isForGoAlone: true,
  },
  {
    name: "vfox",
    role: "chooses",
    place: /\/\.(?:version-fox|vfox)\//,
    rootVariables: ["VFOX_HOME"],
    handOver: "vfox unuse --global golang",
    keeps: [".version-fox/cache/golang/*", ".vfox/cache/golang/*", ".vfox/sdks/golang"],
    line: /\bvfox activate\b/,
    isForGoAlone: false,
  },
  {
    name: "proto",
    role: "chooses",
    place: /\/\.proto\//,
    rootVariables: ["PROTO_HOME"],
    handOver: "proto uninstall go",
    keeps: [".proto/tools/go/*", ".proto/shims/go"],
    line: /\bPROTO_HOME\b|\/\.proto\//,
    isForGoAlone: false,
  },
  {
    name: "aqua",
    role: "chooses",
    place: /\/aquaproj-aqua\//,
    rootVariables: ["AQUA_ROOT_DIR"],
    handOver: "take golang/go out of aqua.yaml",
    keeps: [".local/share/aquaproj-aqua/bin/go", ".local/share/aquaproj-aqua/pkgs/http/golang.org/dl/*"],
    line: /aquaproj-aqua|\bAQUA_ROOT_DIR\b/,
    isForGoAlone: false,
  },
  {
    name: "nix",
    role: "chooses",
    place: /\/(?:\.nix-profile|nix\/store|nix\/profile|nix\/var)\//,
    rootVariables: [],
    handOver: "nix profile remove go",
    keeps: [".nix-profile/bin/go", ".local/state/nix/profile/bin/go", "/nix/var/nix/profiles/default/bin/go"],
    line: /\/nix(?:-daemon)?\.sh\b|\/\.nix-profile\b/,
    isForGoAlone: false,
  },
  {
    name: "conda",
    role: "brings",
    place:
      /\/(?:mini|ana)?(?:conda|mamba|forge)\d*\/(?:envs\/[^/]+\/)?bin\/|\/(?:miniforge|mambaforge|micromamba)\d*\/(?:envs\/[^/]+\/)?bin\//,
    rootVariables: ["CONDA_PREFIX"],
    handOver: "conda remove go  in the environment that has it",
    keeps: [
      "{mini,ana}conda{,3}/{,envs/*/}bin/go",
      "{miniforge,mambaforge}{,3}/{,envs/*/}bin/go",
      "micromamba/{,envs/*/}bin/go",
      "/opt/{conda,{mini,ana}conda{,3},miniforge3}/{,envs/*/}bin/go",
    ],
    line: /\bconda(?:\.sh|\.fish)?\b.*(?:hook|profile\.d|initialize)|\/(?:mini|ana)conda\d?\/bin|\bmamba\b.*hook/,
    isForGoAlone: false,
  },
  {
    name: "brew",
    role: "brings",
    place: /\/\.?linuxbrew\/(?:\.linuxbrew\/)?(?:bin|opt|Cellar)\//,
    rootVariables: ["HOMEBREW_PREFIX"],
    handOver: "brew unlink go",
    keeps: ["/home/linuxbrew/.linuxbrew/{bin/go,Cellar/go/*}", ".linuxbrew/{bin/go,Cellar/go/*}"],
    line: /\bbrew(?:"|')? shellenv\b|\blinuxbrew\//,
    isForGoAlone: false,
  },
  {
    name: "gimme",
    role: "brings",
    place: /\/\.gimme\/versions\//,
    rootVariables: ["GIMME_VERSION_PREFIX"],
    handOver: "take the line that reads ~/.gimme/envs, or runs gimme, out of the shell's files",
    keeps: [".gimme/versions/*"],
    line: /\/\.gimme\/|\bgimme\b/,
    isForGoAlone: true,
  },
  {
    name: "webi",
    role: "brings",
    place: /\/\.local\/opt\/go(?:-bin-v[^/]*)?\/bin\//,
    rootVariables: [],
    handOver: "take the line of ~/.local/opt/go/bin out of ~/.config/envman/PATH.env",
    keeps: [".local/opt/go", ".local/opt/go-bin-v*"],
    line: /\.local\/opt\/go\b/,
    isForGoAlone: true,
    files: [".config/envman/PATH.env"],
  },
  {
    name: "update-golang",
    role: "brings",
    place: /^\/usr\/local\/go\d[^/]*\.linux-[^/]*\/bin\//,
    rootVariables: [],
    handOver: "sudo update-golang.sh remove, then  sudo readygo install",
    keeps: ["/usr/local/go[0-9]*.linux-*"],
    line: /\bupdate-golang\.sh\b/,
    isForGoAlone: true,
    files: ["/etc/profile.d/golang_path.sh"],
  },
] as const satisfies readonly GoBringer[];

export type GoBringerName = (typeof goBringers)[number]["name"];

export function findGoBringer(name: GoBringerName): GoBringer {
  const found: GoBringer | undefined = goBringers.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

const versionManagers: readonly GoBringer[] = goBringers.filter(({ role }) => role === "chooses");

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
