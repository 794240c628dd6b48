import {
  array,
  constant,
  constantFrom,
  integer,
  nat,
  oneof,
  option,
  record,
  tuple,
  uniqueArray,
  type Arbitrary,
} from "fast-check";
import { putBlock } from "../../../src/shell/rc-block.ts";

/** Any host, as data: what stood there before readygo's first run, and what has happened since. */
export interface HostStart {
  readonly goroot: GorootStart;
  readonly profile: "absent" | "foreign" | "ours" | "no directory" | "a link";
  /** Whose home has the rc files, and who is asked for unless a request says otherwise. */
  readonly account: "root" | "alice";
  readonly shell: "/bin/bash" | "/bin/zsh" | "/usr/bin/fish" | "/bin/sh" | "/usr/sbin/nologin";
  readonly home: "open" | "missing" | "not its own";
  readonly config: "absent" | "directory" | "link inside" | "link outside" | "file";
  readonly rcFiles: readonly RcFileStart[];
  readonly unsafe: "nothing" | "usr/local 0775" | "store is a file" | "state is a link";
  readonly history: readonly HostEvent[];
}

type GorootStart = (typeof goroots)[number];
const goroots = [
  "absent",
  "absent",
  "another Go",
  "a release without receipt",
  "half unpacked",
  "empty directory",
  "file",
  "FIFO",
  "link to a directory",
  "link to a file",
  "dangling link",
] as const;

export interface RcFileStart {
  readonly name: (typeof rcNames)[number];
  readonly form:
    | "file"
    | "link inside"
    | "link outside"
    | "dangling"
    | "circle"
    | "directory"
    | "FIFO"
    | "hard link"
    | "root's";
  /** Latin1, byte for byte. */
  readonly text: string;
  readonly mode: number;
}

const rcNames = [
  ".bashrc",
  ".bash_profile",
  ".bash_login",
  ".profile",
  ".zshenv",
  ".zprofile",
  ".zshrc",
  ".config/fish/config.fish",
  ".config/fish/conf.d/readygo.fish",
] as const;

export interface HostRequest {
  readonly command: "install" | "rollback" | "uninstall";
  readonly version: "1.30.1" | "1.30.2";
  readonly source: "directory" | "file" | "zip";
  readonly user: "root" | "alice" | "nobody-there" | undefined;
  readonly flags: readonly string[];
}

export type HostEvent =
  | { readonly kind: "run"; readonly request: HostRequest }
  /** SIGKILL before the `at`-th call that changes something; `torn` is what was being appended to the journal. */
  | { readonly kind: "killed"; readonly request: HostRequest; readonly at: number; readonly torn: string }
  | { readonly kind: "damaged"; readonly what: TreeDamage }
  | { readonly kind: "edited"; readonly text: string }
  /** What no kill leads to: a disk error, or an administrator. */
  | { readonly kind: "broken"; readonly what: StateDamage; readonly at: number };

export type TreeDamage = (typeof treeDamages)[number];
const treeDamages = [
  "a file missing",
  "a file changed",
  "a file added",
  "umask 077",
  "another owner",
  "another release unpacked over it",
  "gone",
] as const;

export type StateDamage = (typeof stateDamages)[number];
const stateDamages = [
  "receipt gone",
  "receipt cut",
  "receipt of another tree",
  "receipt is no JSON",
  "manifest gone",
  "manifest cut",
  "backups gone",
  "previous gone",
  "journal cut",
  "journal is no JSON",
] as const;

const pieces = constantFrom(
  ..."'\"$`\\#;&|= \t\r\n".split(""),
  "\n", "\n", "\n", "\r\n", "export GOROOT=/opt/go\n", "PATH=$PATH:/opt/go/bin\n", "alias ll='ls -l'\n", "alias ll='ls -l'\r\n",
  "cat <<END\n", "END\n", "case $- in\n *i*) ;;\n *) return;;\nesac\n", "if true; then\n", "fi\n", "f() {\n", "}\n", "return\n",
  '[ -z "$PS1" ] && return\n', "# x\n", "gr\xfc\xdfe\n", "\0", "\xff\xfe", "# >>> conda initialize >>>\n", "# <<< conda initialize <<<\n",
  "export GOPATH=/x\n", "set -gx GOROOT /opt/go\n", ": # readygo-offhand\n", "x".repeat(5000), "last line without a newline",
); // prettier-ignore
const ourPieces = constantFrom(
  putBlock("", { dialect: "bash", hasGobin: false }, "end"),
  putBlock("", { dialect: "fish", hasGobin: false }, "end"),
  "# >>> readygo >>>\n",
  "# <<< readygo <<<\n",
  "export PATH\n",
  ": # readygo-off: export GOROOT=/opt/go\n",
);
const rcText = oneof(
  { weight: 6, arbitrary: array(pieces, { maxLength: 12 }) },
  { weight: 1, arbitrary: array(oneof(pieces, ourPieces), { maxLength: 8 }) },
  { weight: 1, arbitrary: array(constantFrom("a=1\r\n", "export GOROOT=/opt/go\r\n", "# c\r\n", "b=2"), { maxLength: 6 }) },
).map((parts) => parts.join("")); // prettier-ignore

const rcFile: Arbitrary<RcFileStart> = record({
  name: constantFrom(...rcNames),
  form: oneof(
    { weight: 8, arbitrary: constant("file" as const) },
    {
      weight: 3,
      arbitrary: constantFrom(
        ...(["link inside", "link outside", "dangling", "circle", "directory", "FIFO", "hard link", "root's"] as const),
      ),
    },
  ),
  text: rcText,
  mode: constantFrom(0o644, 0o600, 0o664, 0o755, 0o444, 0o666, 0o400, 0o640),
});

const flags = uniqueArray(
  oneof(
    constant(["--no-rc"]),
    constant(["--repair"]),
    constant(["--discard-foreign"]),
    nat(2).map((keep) => ["--keep", String(keep)]),
  ),
  { maxLength: 3, selector: ([name]) => name },
).map((chosen) => chosen.flat());

export const installRequest: Arbitrary<HostRequest> = record({
  command: constant("install" as const),
  version: constantFrom("1.30.1", "1.30.2"),
  source: constantFrom("directory", "file", "zip"),
  user: oneof(
    { weight: 12, arbitrary: constant(undefined) },
    { weight: 2, arbitrary: constantFrom("root" as const, "alice" as const) },
    { weight: 1, arbitrary: constant("nobody-there" as const) },
  ),
  flags,
});

const request: Arbitrary<HostRequest> = tuple(
  installRequest,
  constantFrom<HostRequest["command"]>("install", "install", "install", "rollback", "uninstall"),
).map(([install, command]) => ({ ...install, command }));

const torn = constantFrom(
  "",
  "",
  '{"kind":"wri',
  "{",
  '{"kind":"commit","deletions":["/usr/local/.readygo/previous/x"]}',
);

export const hostEvent: Arbitrary<HostEvent> = oneof(
  { weight: 5, arbitrary: request.map((value) => ({ kind: "run" as const, request: value })) },
  { weight: 3, arbitrary: record({ kind: constant("killed" as const), request, at: integer({ min: 1, max: 160 }), torn }) },
  { weight: 2, arbitrary: record({ kind: constant("damaged" as const), what: constantFrom(...treeDamages) }) },
  { weight: 1, arbitrary: record({ kind: constant("edited" as const), text: rcText }) },
  { weight: 2, arbitrary: record({ kind: constant("broken" as const), what: constantFrom(...stateDamages), at: nat(4000) }) },
); // prettier-ignore

/** Mostly what most hosts have, so that what is rare is not always hidden behind something that is refused. */
function mostly<Value>(usual: Value, ...others: readonly Value[]): Arbitrary<Value> {
  return oneof({ weight: 10 * others.length, arbitrary: constant(usual) }, ...others.map((other) => constant(other)));
}

export const hostStart: Arbitrary<HostStart> = record({
  goroot: constantFrom(...goroots),
  profile: mostly<HostStart["profile"]>("absent", "foreign", "foreign", "ours", "no directory", "a link"),
  account: constantFrom("root", "root", "alice"),
  shell: constantFrom("/bin/bash", "/bin/bash", "/bin/zsh", "/usr/bin/fish", "/bin/sh", "/usr/sbin/nologin"),
  home: mostly<HostStart["home"]>("open", "missing", "not its own"),
  config: mostly<HostStart["config"]>("absent", "directory", "link inside", "link outside", "file"),
  rcFiles: uniqueArray(rcFile, { maxLength: 4, selector: ({ name }) => name }),
  unsafe: mostly<HostStart["unsafe"]>("nothing", "usr/local 0775", "store is a file", "state is a link"),
  history: option(array(hostEvent, { minLength: 1, maxLength: 4 }), { nil: [], freq: 3 }),
});
