import type { LabHost } from "../hosts/throw-away-host.ts";
import type { RcShell } from "./rc-case.ts";

/** How the real shell is started: three without and two with a pseudo terminal, asked at its first prompt. */
export const rcContexts = ["login", "command", "terminal", "login-terminal"] as const;
export type RcContext = (typeof rcContexts)[number];

/** What a started shell was seen to have. */
export interface RcSight {
  /** Whether it came to what it was asked. */
  readonly hasAnswered: boolean;
  readonly status: string;
  readonly env: Readonly<Record<string, string>>;
  /** The path of the program `go`, or what the shell says of the word instead. */
  readonly go: string;
  /** Lines of stdout and stderr, of a terminal without its control sequences. */
  readonly lines: readonly string[];
}

export type RcSights = Readonly<Record<RcContext, RcSight>>;

export interface LookRequest {
  readonly user: string;
  readonly home: string;
  readonly shell: RcShell;
  /**
   * Files of the home, to which a line is added for the time of the look, as well as a block could be: it puts
   * /opt/probe/bin first on PATH.
   */
  readonly probed?: readonly string[];
}

export const probeBin = "/opt/probe/bin";

const paths: Readonly<Record<RcShell, string>> = {
  bash: "/bin/bash",
  zsh: "/usr/bin/zsh",
  fish: "/usr/bin/fish",
  dash: "/bin/dash",
};

/** Starts the account's shell in every context, each with the environment that a login begins with. */
export async function lookAt(host: LabHost, request: LookRequest): Promise<RcSights> {
  const { user, home, shell, probed = [] } = request;
  const out = `/tmp/look-${user}`;
  const path = paths[shell];
  const start = [
    "env -i HOME='HOME_' USER='USER_' LOGNAME='USER_' SHELL=SHELL_ LANG=C.UTF-8",
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  ]
    .join(" ")
    .replaceAll("HOME_", home)
    .replaceAll("USER_", user)
    .replaceAll("SHELL_", path);
  const ask = (context: RcContext): string => `/usr/bin/env -0 >${out}/${context}.env; type go >${out}/${context}.go 2>&1 || :`; // prettier-ignore
  const plain = (context: RcContext, flags: string): string =>
    `${start} timeout 30 ${path} ${flags} -c '${ask(context)}' </dev/null >${out}/${context}.out 2>&1; echo $? >${out}/${context}.status`;
  // `script` starts what it starts by $SHELL, whose files would then be read twice.
  const inTerminal = (context: RcContext, flags: string): string =>
    `printf '%s\\n' '${ask(context)}; exit 0' | ${start} TERM=xterm SHELL=/bin/sh timeout --foreground 30 script -qec 'SHELL=${path} ${path} ${flags}' /dev/null >${out}/${context}.out 2>&1; echo $? >${out}/${context}.status`;
  const add = probed.map((name) => addProbe(`${home}/${name}`, shell));
  const script = [
    `rm -rf -- ${out}; mkdir -m 700 ${out}; cd ${home}`,
    ...add.map(({ make }) => make),
    `{ ${plain("login", "-l")}; ${plain("command", "")}; } &`,
    `{ ${inTerminal("terminal", "-i")}; ${inTerminal("login-terminal", "-l -i")}; } &`,
    "wait",
    ...add.map(({ undo }) => undo),
    // One output, for one read.
    ...rcContexts.map((context) => `for part in status go out env; do printf '\\n=%s=%s\\n' ${context} $part; cat ${out}/${context}.$part 2>/dev/null || :; done`), // prettier-ignore
    "printf '\\n=end=end\\n'",
  ].join("\n");
  const result = await host.must(["dash", "-s"], { user, input: script, timeoutMs: 180_000 });
  return readSights(result.stdout, user);
}

/** Appends what a block does to PATH, and takes exactly that away again. */
function addProbe(file: string, shell: RcShell): { readonly make: string; readonly undo: string } {
  const directory = file.slice(0, file.lastIndexOf("/"));
  const first = `PATH=${probeBin}:$PATH; export PATH`;
  // A login file of bash may read .bashrc on the way, and .zshrc comes after .zprofile: those are not the last ones then.
  const isEarlier = file.endsWith("/.bashrc") ? "shopt -q login_shell" : file.endsWith("/.zprofile") ? "[[ -o interactive ]]" : "false"; // prettier-ignore
  const line = shell === "fish" ? `set -gx PATH ${probeBin} $PATH #` : `${isEarlier} || { ${first}; } #`;
  return {
    make: `if [ -e ${file} ]; then size=$(stat -L -c %s ${file}); echo $size >${file}.lab-size; else mkdir -p ${directory}; fi; printf '\\n%s\\n' '${line}' >>${file}`,
    undo: `if [ -e ${file}.lab-size ]; then truncate -s "$(cat ${file}.lab-size)" ${file}; rm ${file}.lab-size; else rm ${file}; fi`,
  };
}

function readSights(text: string, user: string): RcSights {
  const part = (context: RcContext, name: string): string => {
    const mark = `\n=${context}=${name}\n`;
    const from = text.indexOf(mark) + mark.length;
    return text.slice(from, text.slice(from).search(/\n=[a-z-]+=[a-z]+\n/) + from);
  };
  const sight = (context: RcContext): RcSight => {
    const environment = part(context, "env");
    const env = environment.split("\0").flatMap((entry): (readonly [string, string])[] => {
      const at = entry.indexOf("=");
      return at > 0 ? [[entry.slice(0, at), entry.slice(at + 1)]] : [];
    });
    const said = part(context, "go").trim();
    return {
      hasAnswered: env.length > 0,
      status: part(context, "status").trim(),
      env: Object.fromEntries(env),
      go: /^go is (?:a tracked alias for )?(\/\S+)$/.exec(said)?.[1] ?? /^go is hashed \((\S+)\)$/.exec(said)?.[1] ?? said, // prettier-ignore
      lines: linesOf(part(context, "out"), user),
    };
  };
  return Object.fromEntries(rcContexts.map((context) => [context, sight(context)])) as Record<RcContext, RcSight>;
}

/** ECMA-48's control sequences and strings, and the two-letter ones. */
const [escape, bell] = [String.fromCharCode(27), String.fromCharCode(7)];
const controlSequence = new RegExp(
  `${escape}(?:\\[[0-9;?<>=]*[ -/]*[@-~]|\\][^${bell}${escape}]*(?:${bell}|${escape}\\\\)|[()][A-Z0-9]|[=>78MKc])`,
  "g",
);

/** The prompt line on which the question was typed, and its echo, are no output of the files'. */
function linesOf(output: string, user: string): readonly string[] {
  const bare = output.replaceAll(controlSequence, "").replaceAll(/.[\b]/g, "");
  const lines = bare.split(/[\r\n]+/).map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== "" && !line.includes(`look-${user}`) && !/exit 0|[$#%>❯]$/.test(line)))]; // prettier-ignore
}
