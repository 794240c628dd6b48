import { posix } from "node:path";
import type { AbsolutePath } from "../host/absolute-path.ts";
import { type ShellMode, type ShellName, shellNames } from "./launch-context.ts";

/** Rc files print what they like, before and after: only what stands between the last marks is the answer. */
const kindMark = "readygo-answer-kind-51c9";
const textMark = "readygo-answer-text-51c9";
const environmentMark = "readygo-answer-environment-51c9";
const endMark = "readygo-answer-end-51c9";

/** How to ask a shell, as an argv and what comes on its stdin. */
export interface ShellQuestion {
  readonly argv: readonly [string, ...string[]];
  readonly input: string;
}

/** The dialect of a shell that can be asked; undefined for any other program. */
export function dialectOf(shell: string): ShellName | undefined {
  const name = posix.basename(shell);
  return shellNames.find((each) => each === name);
}

/**
 * Asks a shell what `go` means to it and what it exports. In a terminal it is asked after the hooks that run before a
 * prompt: version managers change PATH there. The hooks are run by the question itself, since without a terminal there is
 * no prompt; what they print is dropped. A question to bash has no socket as stdin, by which bash would take itself for
 * one that rshd has started, and read ~/.bashrc.
 */
export function questionShell(shell: AbsolutePath, dialect: ShellName, mode: ShellMode): ShellQuestion {
  const isTerminal = mode === "terminal" || mode === "login-terminal";
  const isLogin = mode === "login" || mode === "login-terminal" || mode === "probe";
  const isInteractive = isTerminal || mode === "probe";
  const flags = [...(isLogin ? ["-l"] : []), ...(isInteractive ? ["-i"] : [])];
  if (dialect === "tcsh") return questionTcsh(shell, { isLogin, isInteractive });
  const text = questions[dialect](isTerminal);
  const guard = dialect === "fish" ? fishGuard : "";
  return {
    argv: ["/bin/sh", "-c", `${guard}${atHome}exec "$@" </dev/null`, "sh", shell, ...flags, "-c", text],
    input: "",
  };
}

/** `printf` as the dialect has it. Where env cannot be run, nothing has been said of the environment. */
const endWith = (printf: string): string => `${printf} '\\n%s\\n' ${environmentMark}
/usr/bin/env -0 && ${printf} '\\n%s\\n' ${endMark}`;
const ending = endWith("\\printf");

const bashHooks =
  'for readygo_hook in "${PROMPT_COMMAND[@]}"; do eval "$readygo_hook"; done >/dev/null 2>&1; unset readygo_hook';
const zshHooks = `{
(( $+functions[precmd] )) && precmd
for readygo_hook in $precmd_functions; do $readygo_hook; done
} >/dev/null 2>&1
unset readygo_hook`;
/** fish's own hook would write its settings and completions into the home. */
const fishHooks = `functions --erase __fish_on_interactive
emit fish_prompt >/dev/null 2>&1
fish_prompt >/dev/null 2>&1`;

/** Names are asked past aliases of `printf` and `type`; a function of such a name is its owner's own doing. */
const questions: Readonly<Record<Exclude<ShellName, "tcsh">, (isTerminal: boolean) => string>> = {
  bash: (isTerminal) => `\\set +eu
${isTerminal ? bashHooks : ""}
readygo_kind=$(\\type -t go)
\\printf '\\n%s\\n%s\\n%s\\n' ${kindMark} "$readygo_kind" ${textMark}
case $readygo_kind in
alias) \\alias go ;;
function) \\declare -f go ;;
*) \\type -p go ;;
esac
${ending}`,
  zsh: (isTerminal) => `\\setopt noerrexit unset
${isTerminal ? zshHooks : ""}
\\printf '\\n%s\\n%s\\n%s\\n' ${kindMark} "\${$(\\builtin whence -w go)#*: }" ${textMark}
\\builtin whence -f go
${ending}`,
  fish: (isTerminal) => `${isTerminal ? fishHooks : ""}
printf '\\n%s\\n' ${kindMark}
if functions --query go
echo function
printf '%s\\n' ${textMark}
functions go
else
printf 'file\\n%s\\n' ${textMark}
command --search go
end
${endWith("printf")}`,
  sh: () => posixQuestion,
  dash: () => posixQuestion,
};

const posixQuestion = `set +eu
\\printf '\\n%s\\n\\n%s\\n' ${kindMark} ${textMark}
\\command -v go
${ending}`;

/** As a login and a terminal start it: version managers choose by the directory. A home that is not there does no harm. */
const atHome = 'cd "${HOME:-/}" 2>/dev/null; ';

/**
 * fish makes its own directories in a home that has none; a question writes nothing there, so they are pointed where no
 * directory can be made. A home that has them loses nothing.
 */
const fishGuard = [
  '[ -d "${XDG_CONFIG_HOME:-$HOME/.config}/fish" ] || export XDG_CONFIG_HOME=/dev/null',
  '[ -d "${XDG_DATA_HOME:-$HOME/.local/share}/fish" ] || export XDG_DATA_HOME=/dev/null',
  '[ -d "${XDG_CACHE_HOME:-$HOME/.cache}/fish" ] || export XDG_CACHE_HOME=/dev/null',
  "",
].join("; ");

/**
 * tcsh takes `-l` as its only argument: a login shell is made by its name, by a bash that reads nothing (`--norc` for a
 * stdin that is a socket, `-p` for BASH_ENV). With `-c` it is no shell with a prompt, which rc files ask for, and one that
 * is asked in a terminal gets what it is asked on its stdin.
 */
function questionTcsh(
  shell: AbsolutePath,
  { isLogin, isInteractive }: { readonly isLogin: boolean; readonly isInteractive: boolean },
): ShellQuestion {
  const name = isLogin ? `-${posix.basename(shell)}` : shell;
  const text = [
    `printf '\\n%s\\n\\n%s\\n' ${kindMark} ${textMark}`,
    "which go",
    `printf '\\n%s\\n' ${environmentMark}`,
    `/usr/bin/env -0 && printf '\\n%s\\n' ${endMark}`,
    "exit",
  ].join("; ");
  const argv = ["/bin/bash", "--norc", "-p", "-c", 'exec -a "$0" "$@"', name, shell] as const;
  return isInteractive ? { argv: [...argv, "-i"], input: `${text}\n` } : { argv: [...argv, "-c", text], input: "" };
}

/** What the word `go` means to a shell. */
export type ShellGo =
  | { readonly kind: "program"; readonly path: string }
  | { readonly kind: "alias" | "function"; readonly text: string }
  | { readonly kind: "none" };

export interface ShellAnswer {
  readonly go: ShellGo;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * `undefined` where the marks are not all there, or no environment is: the shell ended, became another program, or could
 * not start one, before it could answer.
 */
export function readShellAnswer(stdout: string): ShellAnswer | undefined {
  const marks = [kindMark, textMark, environmentMark, endMark].map((mark) => `${mark}\n`);
  const [kind, text, environment] = marks.map((mark, at) => {
    const from = stdout.lastIndexOf(mark);
    const to = at + 1 < marks.length ? stdout.indexOf(`${marks[at + 1]}`, from) : -1;
    return from < 0 || to < 0 ? undefined : stdout.slice(from + mark.length, to);
  });
  if (kind === undefined || text === undefined || environment === undefined) return undefined;
  const env: Record<string, string> = {};
  for (const entry of environment.split("\0")) {
    const equals = entry.indexOf("=");
    if (equals > 0) env[entry.slice(0, equals)] = entry.slice(equals + 1);
  }
  return Object.keys(env).length === 0 ? undefined : { go: readGo(kind.trim(), text.trim()), env };
}

/** Where a shell names no kind, its text tells: a path, `alias go=…` or `go: aliased to …`, or the function's name. */
function readGo(kind: string, text: string): ShellGo {
  const lines = text.split("\n");
  const path = lines.find((line) => line.startsWith("/"));
  if (kind.startsWith("alias") || /^alias |aliased to /.test(text)) return { kind: "alias", text: shorten(text) };
  if (kind.startsWith("function") || (kind === "" && text === "go")) return { kind: "function", text: shorten(text) };
  return path === undefined ? { kind: "none" } : { kind: "program", path };
}

const mostText = 160;

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > mostText ? `${line.slice(0, mostText)}…` : line;
}

/** Whether a shell that is started so reads any file of its own at all; where it doesn't it need not be asked. */
export function readsFiles(dialect: ShellName, mode: ShellMode, environment: ReadonlyMap<string, unknown>): boolean {
  const isFromSsh = environment.has("SSH_CLIENT") || environment.has("SSH2_CLIENT");
  switch (dialect) {
    case "bash":
      return mode !== "command" || environment.has("BASH_ENV") || isFromSsh;
    case "sh":
    case "dash":
      return mode === "login" || mode === "login-terminal" || (mode !== "command" && environment.has("ENV"));
    case "zsh":
    case "fish":
    case "tcsh":
      return true;
  }
}
