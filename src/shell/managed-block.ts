/** Which language a file is in. Login files that both dash and bash may read are `sh`. */
export type ShellDialect = "sh" | "bash" | "zsh" | "fish";

export const beginMark = "# >>> readygo >>>";
export const endMark = "# <<< readygo <<<";

/**
 * What stands before a line that readygo has switched off. The `:` (a command that does nothing, in every one of these
 * shells) keeps an `if` whose only line this is from becoming a syntax error; the rest is a comment.
 */
export const offPrefix = ": # readygo-off: ";

/** Inside a block: the line above had no newline before the block came, and loses it again when the block goes. */
export const joinedMark = "# the line above this block had no newline at its end";

const goBin = "/usr/local/go/bin";

const notice = "# Go's commands first on PATH. Managed by readygo: `readygo uninstall` takes this out again.";

// PATH itself is the scratch variable: no command is looked up between its first and its last assignment, and no name
// of ours is left behind in the user's shell. The loop takes out every other occurrence, so PATH does not grow from one
// nested shell to the next.
const posixLines = [
  'case "${PATH-}" in',
  `${goBin}|${goBin}:*) ;;`,
  `"") PATH="${goBin}" ;;`,
  "*)",
  '  PATH=":$PATH:"',
  "  while :; do",
  '    case "$PATH" in',
  `    *:${goBin}:*) PATH="\${PATH%%:${goBin}:*}:\${PATH#*:${goBin}:}" ;;`,
  "    *) break ;;",
  "    esac",
  "  done",
  `  PATH="${goBin}\${PATH%:}"`,
  "  ;;",
  "esac",
  "export PATH",
];

const fishLines = [
  `if test "$PATH[1]" != ${goBin}`,
  `  set -gx PATH ${goBin} (string match -v -- ${goBin} $PATH)`,
  "end",
];

/** The lines between the marks, without line ends. */
export function blockBody(dialect: ShellDialect): readonly string[] {
  return [notice, ...(dialect === "fish" ? fishLines : posixLines)];
}

/** The managed block with both marks; every line ends in a newline. */
export function blockFor(dialect: ShellDialect): string {
  return [beginMark, ...blockBody(dialect), endMark].map((line) => `${line}\n`).join("");
}

/**
 * The whole of /etc/profile.d/readygo.sh, which every login shell but zsh and fish reads: POSIX sh, silent, right under
 * `set -u` and `set -e` and without a PATH. GOROOT and GOPATH are never set: the go command finds both by itself.
 */
export function profileText(): string {
  return [notice, ...posixLines].map((line) => `${line}\n`).join("");
}
