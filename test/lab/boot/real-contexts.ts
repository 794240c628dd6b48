import type { BootedHost } from "./booted-host.ts";

/** Somebody whose processes are started for real. */
export interface RealAccount {
  readonly name: string;
  readonly shell: "bash" | "zsh" | "fish" | "tcsh";
  readonly maySudo: boolean;
}

/** What a process had that was started for real: its variables, and what its shell, or PATH alone, made of `go`. */
export interface RealAnswer {
  readonly env: Readonly<Record<string, string>>;
  readonly go: string;
}

const places = "/opt/lab";
const mostSeconds = 40;
/** For what nobody waits for while it runs: cron jobs, panes. */
const mostLateSeconds = 20;
const atOnce = 16;
const answersAt = "/run/contexts";

/** The program that every context starts: it keeps what it was started with, and what comes on its stdin. */
const tell = `#!/bin/sh
[ -d ${answersAt} ] || /bin/mkdir -m 1777 ${answersAt}
out=${answersAt}/$2+$1
/bin/cat >"$out.go"
[ -s "$out.go" ] || command -v go >"$out.go"
/usr/bin/env -0 >"$out.part"
/bin/mv "$out.part" "$out.env"
`;

/** Puts on the machine, which is off, what the contexts start. */
export function prepareRealContexts(machine: BootedHost): void {
  machine.write(`${places}/tell`, tell, 0o755);
}

/** A root without settings of its own, with the PATH of a system's service: newer systemds have no /sbin and /bin there. */
const bare = 'env -i "$(systemctl show-environment | grep ^PATH=)" HOME=/root USER=root LOGNAME=root';
const ssh = "ssh -o StrictHostKeyChecking=no -o LogLevel=ERROR -i /opt/lab/key";

/** Once more what cloud-init did at the first boot: of newer ones, one process does all stages as their units start. */
const runcmdAgain = `rm -f /var/lib/cloud/instance/sem/config_scripts_user
  units=cloud-final
  if systemctl cat cloud-init-main >/dev/null 2>&1; then
    units='cloud-init-main cloud-init-local cloud-init-network cloud-config cloud-final'
  fi
  systemctl stop $units
  for unit in $units; do systemctl start $unit; done`;

type Shell = "bash" | "sh" | "dash" | "zsh" | "fish" | "tcsh";

/** As it is typed into a shell; fish's own `command -v` passes over functions. */
function typed(shell: Shell, id: string, name: string): string {
  const fish = "begin; functions -q go; and echo go; or command -v go; end";
  const ask = shell === "fish" ? fish : shell === "tcsh" ? "which go" : "command -v go";
  return `${ask} | ${places}/tell ${id} ${name}`;
}

/**
 * Scripts of root's that start every context of an account for real, by id; those that a shell of its own is started for
 * have the environment of a session that su made. A cron job is one that runs when cron starts (@reboot).
 */
function listStarts({ name, shell, maySudo }: RealAccount): Readonly<Record<string, string>> {
  const say = (id: string): string => typed(shell, id, name);
  // It is typed before the shell is there; a shell that ends is not waited for.
  const typing = (id: string, lines: readonly string[]): string =>
    `{ printf '%s\\n' ${lines.map(quote).join(" ")}
     for look in {1..100}; do [ -e ${answersAt}/${name}+${id}.env ] && break; sleep 0.3; done
     printf 'exit\\nexit\\n'; }`;
  // fish 4 asks a terminal what it can do, and waits for an answer: not one that is dumb.
  const terminal = (id: string, start: string, ...lines: readonly string[]): string =>
    `${typing(id, lines)} | ${bare} TERM=dumb script -qec ${quote(start)} /dev/null >/dev/null`;
  const session = (id: string, script: string): string =>
    `printf '%s\\n' '#!/bin/bash' ${quote(script)} >${places}/${name}+${id}
     chmod 755 ${places}/${name}+${id}
     ${bare} su - ${name} -s ${places}/${name}+${id} </dev/null`;
  const inShell = (id: string, command: string): string => {
    const [which = ""] = command.split(" ");
    return session(id, `exec ${command} -c ${quote(typed(which as Shell, id, name))}`);
  };
  const inTerminal = (which: Shell, id = `${which}-interactive`, command = `${which} -i`): string => {
    const lines = typing(id, [typed(which, id, name)]);
    return session(id, `${lines} | TERM=dumb SHELL=/bin/sh script -qec '${command}' /dev/null >/dev/null`);
  };
  const tellPlain = (id: string): string => `${places}/tell ${id} ${name} </dev/null`;
  const uid = name === "root" ? "" : `--uid=${name}`;
  return {
    "bash-login": inShell("bash-login", "bash -l"),
    "bash-interactive": inTerminal("bash"),
    "bash-command": inShell("bash-command", "bash"),
    "sh-login": inShell("sh-login", "sh -l"),
    "sh-command": inShell("sh-command", "sh"),
    "dash-command": inShell("dash-command", "dash"),
    "zsh-login": inShell("zsh-login", "zsh -l"),
    "zsh-interactive": inTerminal("zsh"),
    "zsh-command": inShell("zsh-command", "zsh"),
    "fish-login": inShell("fish-login", "fish -l"),
    "fish-interactive": inTerminal("fish"),
    "fish-command": inShell("fish-command", "fish"),
    "tcsh-login": inTerminal("tcsh", "tcsh-login", "tcsh -l"),
    su: `${bare} su ${name} -c ${quote(say("su"))} </dev/null`,
    "su-login": terminal("su-login", `su - ${name}`, say("su-login")),
    ...(maySudo && {
      sudo: terminal("sudo", `su - ${name}`, `sudo ${tellPlain("sudo")}`),
      "sudo-login": terminal("sudo-login", `su - ${name}`, "sudo -i", typed("bash", "sudo-login", name)),
    }),
    "sudo-as": `${bare} sudo -u ${name} ${tellPlain("sudo-as")}`,
    ssh: `${ssh} -n ${name}@127.0.0.1 ${quote(say("ssh"))}`,
    "ssh-login": `${typing("ssh-login", [say("ssh-login")])} | TERM=dumb ${ssh} -tt ${name}@127.0.0.1 >/dev/null`,
    editor: `${ssh} -n ${name}@127.0.0.1 ${quote(
      shell === "tcsh"
        ? `echo ${quote(say("editor"))} | bash -c 'exec -a -tcsh tcsh -i'`
        : `exec ${shell} -i -l -c ${quote(say("editor"))}`,
    )}`,
    service: `systemd-run -q --wait ${uid} ${places}/tell service ${name}`,
    "user-service": `systemd-run -q --user -M ${name}@.host --wait ${places}/tell user-service ${name}`,
    "user-manager": `systemctl --user -M ${name}@.host show-environment | ${places}/tell user-manager-lines ${name}`,
    tmux: terminal("tmux", `su - ${name}`, `tmux new-session -d -s lab \\; send-keys ${quote(say("tmux"))} Enter`),
    ...(name === "root" && { "cloud-init": runcmdAgain }),
    exec: `env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin ${tellPlain("exec")}`,
  };
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Starts all contexts of the accounts at once; gives what was told, by `ACCOUNT ID`. */
export async function startRealContexts(
  machine: BootedHost,
  accounts: readonly RealAccount[],
): Promise<ReadonlyMap<string, RealAnswer>> {
  const crontabs = accounts.map(
    ({ name }) =>
      `{ crontab -u ${name} -l 2>/dev/null || true; echo ${quote(`@reboot ${typed("sh", "cron", name)}`)}; } >/run/tab; crontab -u ${name} /run/tab; echo ${quote(`@reboot ${name} ${typed("sh", "system-cron", name)}`)} >>/etc/crontab`,
  );
  // What an earlier round has left: answers, and tmux servers with the environment of then.
  const forget = `rm -rf ${answersAt} ${places}/start-*
    mkdir -m 1777 ${answersAt}
    for socket in /tmp/tmux-*/default; do [ ! -S "$socket" ] || tmux -S "$socket" kill-server || true; done`;
  await machine.must([
    "bash",
    "-euc",
    `${forget}\n${crontabs.join("\n")}\nrm -f /run/crond.reboot\nsystemctl restart cron`,
  ]);
  const wanted = new Set<string>();
  const starts = accounts.flatMap((account) => {
    const all = Object.entries(listStarts(account));
    for (const id of [...all.map(([id]) => id), "cron", "system-cron"]) wanted.add(`${account.name} ${id}`);
    return all;
  });
  for (const [at, [, start]] of starts.entries()) machine.write(`${places}/start-${at}`, start);
  // A context that hangs is missing from the answers.
  const one = `timeout -k 1 ${mostSeconds} bash "$1" >/dev/null 2>&1 || true`;
  const all = `printf '%s\\0' ${places}/start-* | xargs -0 -n 1 -P ${atOnce} bash -c ${quote(one)} bash`;
  await machine.must(["bash", "-c", startAndWait(all, wanted)], { timeoutMs: 400_000 });
  return await collect(machine);
}

/** Ends when all have answered, though some of them may still run; or some time after the last one has ended. */
function startAndWait(all: string, wanted: ReadonlySet<string>): string {
  const files = [...wanted].map((key) => key.replace(" ", "+").replace(/\+user-manager$/, "$&-lines"));
  return `setsid bash -c ${quote(all)} </dev/null >/dev/null 2>&1 &
    late=0
    while [ $late -lt ${mostLateSeconds} ]; do
      isWhole=yes
      for file in ${files.join(" ")}; do [ -e ${answersAt}/$file.env ] || { isWhole=; break; }; done
      [ -z "$isWhole" ] || break
      sleep 0.5
      kill -0 $! 2>/dev/null || { late=$((late + 1)); sleep 0.5; }
    done`;
}

async function collect(machine: BootedHost): Promise<ReadonlyMap<string, RealAnswer>> {
  const answers = new Map<string, RealAnswer>();
  const list = `cd ${answersAt} && for f in *.env; do printf '%s\\0%s\\0' "$f" "$(cat "\${f%.env}.go")"; base64 -w0 "$f"; printf '\\0'; done`;
  const parts = (await machine.must(["sh", "-c", list])).stdout.split("\0");
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const [name = "", id = ""] = (parts[at] ?? "").replace(/\.env$/, "").split("+");
    const go = (parts[at + 1] ?? "").trim();
    const text = Buffer.from(parts[at + 2] ?? "", "base64").toString("utf8");
    if (id === "user-manager-lines") answers.set(`${name} user-manager`, { env: readLines(go), go: "" });
    else answers.set(`${name} ${id}`, { env: readEntries(text.split("\0")), go });
  }
  return answers;
}

function readEntries(entries: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    entries
      .filter((entry) => entry.includes("="))
      .map((entry) => [entry.split("=", 1)[0], entry.replace(/^[^=]*=/, "")]),
  );
}

/** As systemctl prints it. */
function readLines(text: string): Readonly<Record<string, string>> {
  return readEntries(text.split("\n").map((line) => line.replace(/^([^=]*)=\$'(.*)'$/, "$1=$2")));
}
