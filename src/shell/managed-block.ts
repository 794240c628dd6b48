/** The language of a file. Login files that both dash and bash may read are `sh`. */
export type ShellDialect = "sh" | "bash" | "zsh" | "fish";

export const beginMark = "# >>> readygo >>>";
export const endMark = "# <<< readygo <<<";

/** Inside a block: the line above had no newline before the block came, and loses it again when the block goes. */
export const joinedMark = "# the line above this block had no newline at its end";

/** What an earlier readygo wrote before a line that it switched off. Such lines come back at the next install. */
export const offPrefix = ": # readygo-off: ";

const goBin = "/usr/local/go/bin";

// Nothing in it that a shell would read, were it to stand in a quoted text after all.
const notice = "# Puts the commands of Go first on PATH. Managed by readygo, and taken out again by: readygo uninstall";
const formerNotice = "# Go's commands first on PATH. Managed by readygo: `readygo uninstall` takes this out again.";

// PATH itself is the scratch variable: no command is looked up between its first and its last assignment, and no name
// of ours is left behind in the user's shell. The loop takes out every other occurrence, so PATH does not grow from one
// nested shell to the next.
const pathLines = [
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

// A GOROOT of another tree breaks this one: "compile: version does not match go tool version". A variable that is
// read-only stays: to unset it ends dash (`command` keeps it from that) and zsh.
const unsetWhere = (unset: string): readonly string[] => [
  'case "${GOROOT-}" in',
  '""|/usr/local/go|/usr/local/go/) ;;',
  `*) ${unset} ;;`,
  "esac",
];
const posixLines = [...pathLines, ...unsetWhere("command unset GOROOT 2>/dev/null || :")];

// A file that is not the last which this shell reads leaves all to that one: what it has further down may use GOROOT.
// A login file of bash reads .bashrc, and .zprofile comes before .zshrc.
const bashLines = [
  'case "${BASH_SOURCE[1]-}" in',
  "*/.profile|*/.bash_profile|*/.bash_login) ;;",
  "*)",
  ...posixLines,
  "esac",
];
const composeZshLines = (lines: readonly string[]): readonly string[] => [
  "if [[ ! -o interactive || ${(%):-%x} != *.zprofile ]]; then",
  ...lines,
  ...unsetWhere("[[ ${(t)GOROOT} == *readonly* ]] || unset GOROOT"),
  "fi",
];
// With `typeset -U PATH`, of two empty entries (the scratch colons make one) only the first would stay; an assignment to
// `path` would drop what a user has twice. `[@]` means all of them under KSH_ARRAYS, too.
const zshPathLines = [
  'case "${PATH-}" in',
  `${goBin}|${goBin}:*) ;;`,
  `"") PATH="${goBin}" ;;`,
  `*) PATH="${goBin}:\${(j.:.)\${(@)path[@]:#${goBin}}}" ;;`,
  "esac",
  "export PATH",
];
const zshLines = composeZshLines(zshPathLines);

const fishPathLines = [
  `if test "$PATH[1]" != ${goBin}`,
  `  set -gx PATH ${goBin} (string match -v -- ${goBin} $PATH)`,
  "end",
];
// A universal variable is every session's, also of those to come: it stays, and an empty one hides it from programs.
const fishLines = [
  ...fishPathLines,
  'if set -q GOROOT; and not contains -- "$GOROOT" "" /usr/local/go /usr/local/go/',
  "  set -eg GOROOT",
  '  set -q GOROOT; and set -gx GOROOT ""',
  "end",
];

const linesOf: Readonly<Record<ShellDialect, readonly string[]>> = {
  sh: posixLines,
  bash: bashLines,
  zsh: zshLines,
  fish: fishLines,
};

// Where `go install` puts programs; last, so that it hides nothing.
const posixGobin = [
  'case "${HOME-}:$PATH:" in',
  ':*|*":$HOME/go/bin:"*) ;;',
  '*) PATH="$PATH:$HOME/go/bin" ;;',
  "esac",
];
const fishGobin = ['set -q HOME; and not contains -- "$HOME/go/bin" $PATH; and set -gx PATH $PATH "$HOME/go/bin"'];

/** What a block is written for. */
export interface BlockKind {
  readonly dialect: ShellDialect;
  /** `--gobin`: ~/go/bin at the end of PATH. */
  readonly hasGobin: boolean;
}

/** The lines between the marks, without line ends. */
export function blockBody({ dialect, hasGobin }: BlockKind): readonly string[] {
  const gobin = dialect === "fish" ? fishGobin : posixGobin;
  return [notice, ...linesOf[dialect], ...(hasGobin ? gobin : [])];
}

/** What stands between the marks of any readygo so far; the longer ones, which hold the shorter ones' lines, come first. */
export const knownBodies: readonly (readonly string[])[] = [
  ...[true, false].flatMap((hasGobin) =>
    (["zsh", "bash", "sh", "fish"] as const).map((dialect) => blockBody({ dialect, hasGobin })),
  ),
  ...[true, false].map((hasGobin) => [notice, ...composeZshLines(pathLines), ...(hasGobin ? posixGobin : [])]),
  ...[pathLines, fishPathLines].map((lines) => [formerNotice, ...lines]),
];

/**
 * The whole of /etc/profile.d/readygo.sh, which every login shell but fish reads, and zsh where /etc/zsh/zprofile says so:
 * POSIX sh, silent, right under `set -u` and `set -e` and without a PATH. GOROOT and GOPATH are never set: the go command
 * finds both by itself. Whoever comes with a GOROOT of another tree keeps the go that it belongs to: the account's own files
 * may use it further down, and the block at their end takes it away.
 */
export const profileText = joinLines([
  notice,
  'case "${GOROOT-}" in',
  '""|/usr/local/go|/usr/local/go/)',
  ...pathLines,
  ";;",
  "esac",
]);

/** What earlier readygos wrote there. */
const formerProfileTexts: readonly string[] = [joinLines([formerNotice, ...pathLines])];

/** A file of /etc/profile.d is ours from its first line on, without marks: what is left of it without our part. */
export function removeOurProfile(text: string): string {
  const ours = [profileText, ...formerProfileTexts].find((known) => text.startsWith(known));
  return ours === undefined ? text : text.slice(ours.length);
}

function joinLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
