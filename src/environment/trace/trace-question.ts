import type { AbsolutePath } from "../../host/absolute-path.ts";

/** How a shell is started: what its start files depend on. `command` is `SHELL -c`, neither login nor interactive. */
export type TraceMode = "login" | "interactive" | "login-interactive" | "command";

export type TracedShell = "bash" | "zsh" | "dash" | "fish";

/** What the tracer needs to start a shell and read its trace. */
export interface TraceQuestion {
  readonly shell: TracedShell;
  readonly mark: string;
  readonly argv: readonly [string, ...string[]];
  /** What `-x` writes before each command; empty for fish. */
  readonly ps4: string;
  /** All names that are followed, {@link hookName} and {@link aliasName} among them where the shell has them. */
  readonly names: readonly string[];
  /** What the environment may not have while the shell starts: its question reads that file itself. */
  readonly without: readonly string[];
}

/** Stands among the names for the alias `go`. */
export const aliasName = "alias go";
/** What bash does before a prompt: what it sets has been set by who set this. */
export const hookName = "PROMPT_COMMAND";

/** What fish itself puts on PATH. */
const userPathsName = "fish_user_paths";

const separator = "\x1f";

/** `mark` is in no file: a trace that a start file prints itself is not taken for the shell's. */
export function questionForTrace(
  shell: TracedShell,
  path: AbsolutePath,
  mode: TraceMode,
  env: Readonly<Record<string, string>>,
  asked: readonly string[],
  mark: string,
): TraceQuestion {
  const isLogin = mode === "login" || mode === "login-interactive";
  const isInteractive = mode === "interactive" || mode === "login-interactive";
  const flags = [...(isLogin ? ["-l"] : []), ...(isInteractive ? ["-i"] : [])];
  const names = [...new Set([...asked, "PATH"])];
  const strange = names.find((name) => !/^[A-Za-z_]\w*$/.test(name));
  if (strange !== undefined) throw new Error(`not the name of a variable: ${strange}`);
  switch (shell) {
    case "bash": {
      const followed = [...names, aliasName, hookName];
      const text = bashQuestion(mode, bashPs4(followed, mark), env["BASH_ENV"], mark);
      const argv = [path, "--noprofile", "--norc", ...flags, "-c", text, path] as const;
      return { shell, mark, argv, ps4: "", names: followed, without: ["BASH_ENV"] };
    }
    case "zsh": {
      const followed = [...names, aliasName];
      const ps4 = zshPs4(followed, mark);
      const argv = [path, "-o", "promptsubst", "-x", ...flags, "-c", zshQuestion(isInteractive, ps4, mark)] as const;
      return { shell, mark, argv, ps4, names: followed, without: [] };
    }
    case "dash":
      return {
        shell,
        mark,
        argv: [path, "-x", ...flags, "-c", `: ${mark}-end`],
        ps4: dashPs4(names, mark),
        names,
        without: [],
      };
    case "fish": {
      const followed = [...names, userPathsName];
      const argv = [path, "--no-config", ...flags, "-c", fishQuestion(followed, isInteractive, mark)] as const;
      return { shell, mark, argv, ps4: "", names: followed, without: [] };
    }
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function joinPs4(first: string, mark: string, place: readonly string[], values: readonly string[]): string {
  return `${first}${[mark, ...place, ...values, mark].join(separator)}>`;
}

/** An `x` and the value; nothing where there is no such variable. */
function state(variable: string): string {
  return `\${${variable}+x\${${variable}}}`;
}

function bashPs4(names: readonly string[], mark: string): string {
  const place = ["$BASH_SUBSHELL", "${BASH_SOURCE-}", "$LINENO", "${#BASH_SOURCE[@]}", "${FUNCNAME-}", "$PWD"];
  const values = names.map((name) => {
    if (name === aliasName) return state("BASH_ALIASES[go]");
    return name === hookName ? "${PROMPT_COMMAND[@]+x${PROMPT_COMMAND[@]}}" : state(name);
  });
  return joinPs4("+", mark, place, values);
}

/** zsh expands `%` in what a variable holds, too. */
function zshPs4(names: readonly string[], mark: string): string {
  const values = names.map((name) => {
    const variable = name === aliasName ? "aliases[go]" : name;
    return `\${${variable}+x\${${variable}//\\%/%%}}`;
  });
  const place = ["$ZSH_SUBSHELL", "%x", "%I", "${#funcstack[@]}", "${funcstack[@]:0:1}", "$PWD"];
  return joinPs4("", mark, place, values);
}

function dashPs4(names: readonly string[], mark: string): string {
  return joinPs4("", mark, ["0", "", "", "0", "", "$PWD"], names.map(state));
}

/**
 * bash takes no PS4 from root's environment. So bash starts without its start files, and reads them here, in its own
 * order. -l and -i are as they would be; what ends otherwise than in the real shell is not believed.
 */
function bashQuestion(mode: TraceMode, ps4: string, bashEnv: string | undefined, mark: string): string {
  const read = (file: string): string => `[ ! -r "${file}" ] || . "${file}"`;
  const login = [
    read("/etc/profile"),
    `if [ -r "$HOME/.bash_profile" ]; then . "$HOME/.bash_profile"; elif [ -r "$HOME/.bash_login" ]; then . "$HOME/.bash_login"; else ${read("$HOME/.profile")}; fi`,
  ];
  // From -c itself bash counts a function's lines from one too few.
  const each = 'for readygo_hook in "${PROMPT_COMMAND[@]-}"; do eval "$readygo_hook"; done; unset readygo_hook';
  const hook = `. /dev/stdin <<<${quote(each)}`;
  const files = {
    login,
    interactive: [read("/etc/bash.bashrc"), read("$HOME/.bashrc"), hook],
    "login-interactive": [...login, hook],
    command: bashEnv === undefined ? [] : [`export BASH_ENV=${quote(bashEnv)}`, read("$BASH_ENV")],
  }[mode];
  const start = `set +x; PS4=${quote(ps4)}; BASH_XTRACEFD=60; set -x`;
  return [
    start,
    ...files,
    // A start file may have changed them: from here on it counts again.
    start,
    "shopt -s extdebug",
    `: ${mark}-end "$(declare -F go)"`,
    "builtin kill -KILL $$",
  ].join("\n");
}

function zshQuestion(isInteractive: boolean, ps4: string, mark: string): string {
  const hook =
    "for readygo_hook in precmd ${precmd_functions[@]-}; do if (( $+functions[$readygo_hook] )); then $readygo_hook; fi; done";
  return [
    ...(isInteractive ? [hook] : []),
    `set +x; PS4=${quote(ps4)}; setopt promptsubst xtrace`,
    `: ${mark}-end "\${functions_source[go]-}"`,
    "builtin kill -KILL $$",
  ].join("\n");
}

/**
 * fish starts without its start files and reads them here, after a function is set on each variable. Universal variables
 * are then not to be had: they are set as globals, which nobody writes back.
 */
function fishQuestion(names: readonly string[], isInteractive: boolean, mark: string): string {
  const say = (kind: string, name: string, stack: string): string =>
    `begin; set -l readygo_value ''; set -q ${name}; and set readygo_value "x$${name}"; printf '${mark}\\x1f%s\\x1f%s\\x1f%s\\x1f%s\\x1f${mark}>\\n' ${kind} ${name} "$readygo_value" ${stack} >&2; end`;
  return [
    // Without its files fish looks for functions in its own directory alone, and keeps to that.
    "set -e fish_function_path fish_complete_path",
    "set -l readygo_stored $__fish_config_dir/fish_variables",
    "set -g readygo_names",
    `if test -r $readygo_stored
  for readygo_entry in (string match -r '^SETUVAR .*' <$readygo_stored)
    set -l readygo_part (string match -r '^SETUVAR ((?:--export )?)(?:--path )?(\\w+):(.*)$' -- $readygo_entry)
    or continue
    string match -qr '^(fish_(color|pager)|__fish_init)' -- $readygo_part[3]; and continue
    set -q $readygo_part[3]; and continue
    set -l readygo_flag -g
    test -n "$readygo_part[2]"; and set readygo_flag -gx
    set $readygo_flag $readygo_part[3] (string unescape -- (string split '\\x1e' -- $readygo_part[4]))
    set -a readygo_names $readygo_part[3]
  end
end`,
    ...names.map((name) => {
      const stored = `(contains -- ${name} $readygo_names; and echo $readygo_stored; or echo -)`;
      return say("initial", name, stored);
    }),
    `function __readygo_watch ${names.map((name) => `--on-variable ${name}`).join(" ")}
  set -l readygo_value ''
  set -q $argv[3]; and set readygo_value "x$$argv[3]"
  printf '${mark}\\x1fchange\\x1f%s\\x1f%s\\x1f%s\\x1f${mark}>\\n' $argv[3] "$readygo_value" (status stack-trace | string collect) >&2
end`,
    "for readygo_file in $__fish_data_dir/config.fish $__fish_sysconf_dir/config.fish $__fish_config_dir/config.fish",
    "  test -r $readygo_file; and source $readygo_file",
    "end",
    // Before its first prompt fish would make completions of all manual pages, in the home.
    ...(isInteractive ? ["functions -e __fish_on_interactive; emit fish_prompt"] : []),
    ...names.map((name) => say("final", name, "-")),
    `functions -q go; and printf '${mark}\\x1ffunction\\x1fgo\\x1fx\\x1f%s\\x1f${mark}>\\n' (functions -D -v go | string collect) >&2`,
    `printf '${mark}\\x1fend\\x1f\\x1f\\x1f\\x1f${mark}>\\n' >&2`,
    "kill -KILL $fish_pid",
  ].join("\n");
}
