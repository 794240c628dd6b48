import { absolutePath } from "./absolute-path.ts";

/** The files of a home that readygo may write its block into, or take settings out of, below the home or a directory that zsh looks in. */
export const homeFiles = {
  bash: [".bashrc", ".bash_profile", ".bash_login", ".profile"],
  zsh: [".zshenv", ".zprofile", ".zshrc", ".zlogin"],
  fishOwn: ".config/fish/conf.d/readygo.fish",
  fish: ".config/fish/config.fish",
  /** What `go env -w` writes; doctor takes lines out of it. */
  goEnv: ".config/go/env",
} as const;

/** Every place on a host that readygo works in (house contract, *Places*). */
export const places = {
  goroot: absolutePath("/usr/local/go"),
  goBin: absolutePath("/usr/local/go/bin"),
  goBinary: absolutePath("/usr/local/go/bin/go"),
  usrLocal: absolutePath("/usr/local"),
  /** On every default PATH except cron's, before /usr/bin. */
  linkDirectory: absolutePath("/usr/local/bin"),
  /** Same file system as the goroot, so that the exchange is a rename. */
  store: absolutePath("/usr/local/.readygo"),
  staging: absolutePath("/usr/local/.readygo/staging"),
  previous: absolutePath("/usr/local/.readygo/previous"),
  /** 0700: what was fetched of an archive, where a run was cut off. */
  partial: absolutePath("/usr/local/.readygo/partial"),
  state: absolutePath("/var/lib/readygo"),
  receipt: absolutePath("/var/lib/readygo/receipt.json"),
  journal: absolutePath("/var/lib/readygo/journal"),
  /** Files in homes that could not be restored yet. */
  unfinished: absolutePath("/var/lib/readygo/unfinished.json"),
  treeManifest: absolutePath("/var/lib/readygo/tree.manifest"),
  /** The newest signed tree head of the checksum database that was seen. */
  logHead: absolutePath("/var/lib/readygo/log.head"),
  backups: absolutePath("/var/lib/readygo/backups"),
  runDirectory: absolutePath("/run/readygo"),
  lock: absolutePath("/run/readygo/lock"),
  profile: absolutePath("/etc/profile.d/readygo.sh"),
  /** readygo itself, as the bootstrap brings it. */
  program: absolutePath("/usr/local/bin/readygo"),
  config: absolutePath("/etc/readygo.ini"),
} as const;

/** The commands that links in /usr/local/bin lead to, each with what its link says. */
export const commandLinks = [
  { path: absolutePath("/usr/local/bin/go"), target: "../go/bin/go" },
  { path: absolutePath("/usr/local/bin/gofmt"), target: "../go/bin/gofmt" },
] as const;

export function isCommandLink(path: string): boolean {
  return commandLinks.some((link) => link.path === path);
}

/** Whether a path ends as one of the files in a home does; that it lies in that home, the child that works there checks. */
export function isHomeFile(path: string): boolean {
  const names = [...homeFiles.bash, ...homeFiles.zsh, homeFiles.fishOwn, homeFiles.fish, homeFiles.goEnv];
  return names.some((name) => path.endsWith(`/${name}`));
}

/** Whether a GOROOT names another tree: go then finds tools and packages that are not its own. */
export function isForeignGoroot(value = ""): boolean {
  return value !== "" && value.replace(/\/+$/, "") !== places.goroot;
}

/** Whether ZDOTDIR names a directory below the home, where readygo may work for the account. */
export function isZshDirectory(home: string, directory: string): boolean {
  return directory.startsWith(`${home}/`) && !directory.split("/").includes("..");
}

/** Whether a path ends as one of the directories that readygo makes in a home for such a file. */
export function isHomeDirectory(path: string): boolean {
  return ["/.config", "/.config/fish", "/.config/fish/conf.d"].some((name) => path.endsWith(name));
}

/** Whether a path is that of a release of readygo's under previous/; what it did not install lies there by other names. */
export function isKeptRelease(path: string): boolean {
  return path.startsWith(`${places.previous}/`) && /^(damaged-)?go\d/.test(path.slice(places.previous.length + 1));
}
