import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { homeFiles } from "../host/places.ts";
import type { ShellDialect } from "./managed-block.ts";

export interface RcFile {
  readonly path: AbsolutePath;
  readonly dialect: ShellDialect;
  /** Whether the file is made where it is absent (then it holds our block alone, and goes again with it). */
  readonly mayCreate: boolean;
}

export interface RcChoice {
  /** The login shell, as passwd has it. */
  readonly shell: AbsolutePath;
  readonly home: AbsolutePath;
  /** Which of `rcFileCandidates` are there. */
  readonly existing: ReadonlySet<string>;
  readonly installedShells: ReadonlySet<ShellDialect>;
  /** Where zsh looks for its files but the first .zshenv, if not in the home directory. */
  readonly zdotdir?: AbsolutePath | undefined;
}

/** Every file that `chooseRcFiles` may name, those that it has to know of to choose, and those of earlier readygos. */
export function rcFileCandidates(home: AbsolutePath, zdotdir: AbsolutePath = home): readonly AbsolutePath[] {
  const bash = homeFiles.bash.map((name) => absolutePath(home, name));
  const zsh = [home, zdotdir].flatMap((directory) => homeFiles.zsh.map((name) => absolutePath(directory, name)));
  const fish = [homeFiles.fishOwn, homeFiles.fish].map((name) => absolutePath(home, name));
  return [...new Set([...bash, ...zsh, ...fish])];
}

/**
 * Which files carry our block: of each shell that is installed, those that its login and interactive ways to start read
 * last. The login shell gets one where it has none. A login file of bash is never made: a new .bash_profile would hide
 * the user's .profile. What starts without reading such a file finds Go by the links in /usr/local/bin.
 */
export function chooseRcFiles(choice: RcChoice): readonly RcFile[] {
  const { home, existing, installedShells } = choice;
  const login = choice.shell.slice(choice.shell.lastIndexOf("/") + 1);
  const files: RcFile[] = [];
  const add = (path: AbsolutePath, dialect: ShellDialect, mayCreate = false): void => {
    if (!installedShells.has(dialect) || files.some((file) => file.path === path)) return;
    if (mayCreate || existing.has(path)) files.push({ path, dialect, mayCreate });
  };

  // A restricted shell's PATH is read-only: a line that sets it is an error there.
  if (login !== "rbash") {
    add(absolutePath(home, ".bashrc"), "bash", login === "bash");
    // bash reads one login file, the first of these. .profile is sh's own (and desktops'), whether or not bash reads it.
    const bashLogin = [".bash_profile", ".bash_login"].find((name) => existing.has(absolutePath(home, name)));
    if (bashLogin !== undefined) add(absolutePath(home, bashLogin), "bash");
    add(absolutePath(home, ".profile"), "sh");
  }

  const isZsh = login === "zsh";
  const zdotdir = choice.zdotdir ?? home;
  add(absolutePath(zdotdir, ".zprofile"), "zsh", isZsh);
  add(absolutePath(zdotdir, ".zshrc"), "zsh", isZsh);
  // Where it is there, login shells read it after both.
  add(absolutePath(zdotdir, ".zlogin"), "zsh");

  add(absolutePath(home, homeFiles.fish), "fish", login === "fish");
  return files;
}
