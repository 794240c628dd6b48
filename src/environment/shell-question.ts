import { posix } from "node:path";
import type { AbsolutePath } from "../host/absolute-path.ts";

export type ShellMode = "login" | "interactive";

/** Rc files print what they like, before and after: only what stands between the last two marks is the answer. */
const commandMark = "readygo-answer-command-51c9";
const environmentMark = "readygo-answer-environment-51c9";
const endMark = "readygo-answer-end-51c9";

const goIn = {
  // || true: for rc files that leave `set -e` on.
  posix: "command -v go || true",
  // fish's `command -v` passes over functions, and its aliases are functions.
  fish: "if functions -q go; echo go; else; command -v go; end; true",
} as const;

/**
 * What runs before the first prompt, in the shell itself: version managers set PATH there. Its output is dropped, and what
 * it does to the shell (its errors, `set -u`) must not keep the question from being asked.
 */
const promptHooks = {
  bash: 'for readygo_hook in "${PROMPT_COMMAND[@]-}"; do eval "$readygo_hook" || true; done >/dev/null 2>&1; unset readygo_hook',
  zsh: "for readygo_hook in precmd ${precmd_functions-}; do if (( ${+functions[$readygo_hook]} )); then $readygo_hook || true; fi; done >/dev/null 2>&1; unset readygo_hook",
  // Its own handler would start a program that writes completions into the home.
  fish: "functions -e __fish_on_interactive; emit fish_prompt >/dev/null 2>&1",
} as const;

function composeQuestion(shell: "posix" | "fish", hook: string | undefined): string {
  return [
    ...(hook === undefined ? [] : [hook]),
    `printf '\\n%s\\n' ${commandMark}`,
    goIn[shell],
    `printf '\\n%s\\n' ${environmentMark}`,
    // Where env cannot be run (a rc file may forbid it: `ulimit -n 3`), nothing has been said of the environment.
    `/usr/bin/env -0 && printf '\\n%s\\n' ${endMark}`,
  ].join("; ");
}

/**
 * fish makes its own directories in a home that has none; a check writes nothing there, so they are pointed where no
 * directory can be made. A home that has them loses nothing.
 */
const fishGuard = [
  '[ -d "${XDG_CONFIG_HOME:-$HOME/.config}/fish" ] || export XDG_CONFIG_HOME=/dev/null',
  '[ -d "${XDG_DATA_HOME:-$HOME/.local/share}/fish" ] || export XDG_DATA_HOME=/dev/null',
  'exec "$@"',
].join("; ");

/** How to ask a shell what it makes of PATH, or why it cannot be asked. */
export function questionShell(
  shell: AbsolutePath,
  mode: ShellMode,
): { readonly argv: readonly [string, ...string[]] } | { readonly unasked: string } {
  const name = posix.basename(shell);
  const ask = (question: string): readonly [string, ...string[]] => [
    shell,
    mode === "login" ? "-l" : "-i",
    "-c",
    question,
  ];
  switch (name) {
    case "bash":
    case "rbash":
      return { argv: ask(composeQuestion("posix", mode === "login" ? undefined : promptHooks.bash)) };
    case "zsh":
      return { argv: ask(composeQuestion("posix", mode === "login" ? undefined : promptHooks.zsh)) };
    case "fish": {
      const question = composeQuestion("fish", mode === "login" ? undefined : promptHooks.fish);
      return { argv: ["/bin/sh", "-c", fishGuard, "sh", ...ask(question)] };
    }
    case "sh":
    case "dash":
      return mode === "login"
        ? { argv: ask(composeQuestion("posix", undefined)) }
        : { unasked: `${name} reads no file of its own when it is interactive` };
    case "nologin":
    case "false":
      return { unasked: `nobody logs in with ${shell}` };
    default:
      return { unasked: `${shell} is no shell that readygo can ask; it can ask bash, zsh, fish, dash and sh` };
  }
}

/** What a shell said. `command` is `command -v go`: `go` for a function, empty where the shell knows no go. */
export interface ShellWords {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * `undefined` where the marks are not all there, or no environment is: the shell ended, became another program, or could
 * not start one, before it could answer.
 */
export function readShellWords(stdout: string): ShellWords | undefined {
  const command = stdout.lastIndexOf(`\n${commandMark}\n`);
  const environment = stdout.indexOf(`\n${environmentMark}\n`, command);
  const end = stdout.indexOf(`\n${endMark}\n`, environment);
  if (command < 0 || environment < 0 || end < 0) return undefined;
  const env: Record<string, string> = {};
  for (const entry of stdout.slice(environment + environmentMark.length + 2, end).split("\0")) {
    const equals = entry.indexOf("=");
    if (equals > 0) env[entry.slice(0, equals)] = entry.slice(equals + 1);
  }
  if (Object.keys(env).length === 0) return undefined;
  return { command: stdout.slice(command + commandMark.length + 2, environment).trim(), env };
}
