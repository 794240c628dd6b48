import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { homeFiles } from "../host/places.ts";
import type { ShellDialect } from "./managed-block.ts";

export type ShellName = "sh" | "bash" | "zsh" | "fish";

export interface RcFile {
  readonly path: AbsolutePath;
  readonly dialect: ShellDialect;
  /** Whether the file is made where it is absent (then it holds our block alone, and goes again with it). */
  readonly mayCreate: boolean;
  /** Reads a script from stdin and ends with 0 where it parses; it runs nothing and reads no file of the user's. */
  readonly validate: readonly [string, ...string[]];
}

export interface RcChoice {
  /** The login shell, as passwd has it. */
  readonly shell: AbsolutePath;
  readonly home: AbsolutePath;
  /** Which of `rcFileCandidates` are there. */
  readonly existing: ReadonlySet<string>;
  readonly installedShells: ReadonlySet<ShellName>;
  /** Where zsh looks for its files but the first .zshenv, if not in the home directory. */
  readonly zdotdir?: AbsolutePath;
}

/**
 * How each shell checks a script on stdin without running it. fish ends with 0 whatever it thinks of a script on stdin,
 * so silence is its consent; and it reads no script from a socket, which is what Node gives a child as stdin.
 */
export const syntaxCheck: Readonly<Record<ShellName, readonly [string, ...string[]]>> = {
  sh: ["sh", "-n"],
  bash: ["bash", "-n"],
  zsh: ["zsh", "-f", "-n"],
  fish: ["sh", "-c", 'test -z "$(cat | fish --no-execute 2>&1)"'],
};

/** Every file that `chooseRcFiles` may name, and those that it has to know of to choose. */
export function rcFileCandidates(home: AbsolutePath, zdotdir: AbsolutePath = home): readonly AbsolutePath[] {
  const bash = homeFiles.bash.map((name) => absolutePath(home, name));
  const zsh = [home, zdotdir].flatMap((directory) => homeFiles.zsh.map((name) => absolutePath(directory, name)));
  const fish = [homeFiles.fishOwn, homeFiles.fish].map((name) => absolutePath(home, name));
  return [...new Set([...bash, ...zsh, ...fish])];
}

/**
 * Which files carry our block. One file is made for the login shell where it has none: the one that reaches most of
 * the ways in. Files that are read later and exist carry it too, for they may put something else first. A login file
 * of bash is never made: a new .bash_profile would hide the user's .profile.
 */
export function chooseRcFiles(choice: RcChoice): readonly RcFile[] {
  const { home, existing, installedShells } = choice;
  const login = choice.shell.slice(choice.shell.lastIndexOf("/") + 1);
  const files: RcFile[] = [];
  const add = (path: AbsolutePath, shell: ShellName, mayCreate = false, checkedBy: ShellName = shell): void => {
    if (!installedShells.has(shell) || files.some((file) => file.path === path)) return;
    if (mayCreate || existing.has(path))
      files.push({ path, dialect: shell, mayCreate, validate: syntaxCheck[checkedBy] });
  };

  // bash reads one login file, the first of these. .profile is sh's own (and desktops'), whether or not bash reads it.
  const isBash = login === "bash" || login === "rbash";
  add(absolutePath(home, ".bashrc"), "bash", isBash);
  const bashLogin = [".bash_profile", ".bash_login"].find((name) => existing.has(absolutePath(home, name)));
  if (bashLogin !== undefined) add(absolutePath(home, bashLogin), "bash");
  const isProfileBashs = isBash && bashLogin === undefined && installedShells.has("bash");
  add(absolutePath(home, ".profile"), "sh", false, isProfileBashs ? "bash" : "sh");

  // .zshenv is the only file that `zsh -c` reads; nothing in Debian's or Ubuntu's /etc/zsh sets PATH after it. The
  // first one is always the home's: it is where ZDOTDIR is usually set.
  const isZsh = login === "zsh";
  const zdotdir = choice.zdotdir ?? home;
  add(absolutePath(home, ".zshenv"), "zsh", isZsh);
  for (const name of homeFiles.zsh) add(absolutePath(zdotdir, name), "zsh");

  // conf.d is read by every fish, before config.fish, and a file there is ours alone.
  const usesFish = login === "fish" || existing.has(absolutePath(home, homeFiles.fish));
  add(absolutePath(home, homeFiles.fishOwn), "fish", usesFish);
  add(absolutePath(home, homeFiles.fish), "fish");
  return files;
}
