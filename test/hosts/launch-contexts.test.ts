import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ContextAnswer } from "../../src/environment/ask-contexts.ts";
import { reportedVariables } from "../../src/environment/setting.ts";
import { createBootedHost, seedCloudInit, type BootedHost } from "../lab/boot/booted-host.ts";
import {
  prepareRealContexts,
  type RealAccount,
  type RealAnswer,
  startRealContexts,
} from "../lab/boot/real-contexts.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";
import { checkout } from "../lab/suite/lab-cache.ts";

const everyAccount: readonly (RealAccount & { readonly contexts: number })[] = [
  { name: "root", shell: "bash", maySudo: true, contexts: 29 },
  { name: "ada", shell: "bash", maySudo: true, contexts: 28 },
  { name: "bob", shell: "zsh", maySudo: false, contexts: 26 },
  { name: "cy", shell: "fish", maySudo: true, contexts: 28 },
  { name: "dee", shell: "tcsh", maySudo: false, contexts: 26 },
];
/** Those with fish and tcsh as their own shells cost as much again. */
const accounts = isFullMode ? everyAccount : everyAccount.slice(0, 3);

/** What every place of settings gives, so that equality says something. */
const system: Readonly<Record<string, string>> = {
  "/etc/environment": [
    'PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin"',
    'GOPROXY="https://etc.example,direct" # of the network',
    "GOFLAGS=-etc=1",
    "",
  ].join("\n"),
  "/etc/security/pam_env.conf": "GOPRIVATE DEFAULT=@{HOME}/conf OVERRIDE=${GOPROXY}\nGOINSECURE DEFAULT=conf\n",
  "/etc/environment.d/50-lab.conf": "GONOSUMDB=$HOME/etc\nPATH=$PATH:/envd/bin\nGOSUMDB=envd\n",
  "/etc/systemd/system.conf.d/lab.conf":
    '[Manager]\nDefaultEnvironment="GOTOOLCHAIN=go1.30.1 or none" GOSUMDB=system\n',
  "/etc/systemd/user.conf.d/lab.conf": "[Manager]\nDefaultEnvironment=GOSUMDB=user GOOS=linux\n",
  "/etc/sudoers.d/lab": '%sudo ALL=(ALL:ALL) NOPASSWD: ALL\nDefaults env_keep += "GOFLAGS GOPATH GOBIN" # kept\n',
  "/etc/ssh/sshd_config.d/lab.conf": "MaxStartups 100\nPermitUserEnvironment yes\nSetEnv GO111MODULE=on GOARCH=amd64\n",
  // As Ubuntu has it; Debian's does without pam_env.
  "/etc/pam.d/sudo": [
    "#%PAM-1.0",
    "session    required   pam_limits.so",
    "session    required   pam_env.so readenv=1 user_readenv=0",
    "session    required   pam_env.so readenv=1 envfile=/etc/default/locale user_readenv=0",
    "@include common-auth",
    "@include common-account",
    "@include common-session-noninteractive",
    "",
  ].join("\n"),
};

const inHome: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  root: {
    ".profile": 'if [ "$BASH" ]; then . ~/.bashrc; fi\nexport GOPATH=$HOME/gopath\n',
    ".bashrc": "export GOFLAGS=-root=1\n",
    ".zshrc": "",
  },
  ada: {
    ".pam_environment": "GOINSECURE DEFAULT=@{HOME}/pam\nGOBIN=/pam\n",
    ".config/environment.d/10-own.conf": 'GOPATH="${HOME}/own path"\nPATH=$HOME/own:$PATH\n',
    ".ssh/environment": "CGO_ENABLED=0\nGOPROXY=ssh\n",
    ".profile":
      'if [ -n "$BASH_VERSION" ]; then . ~/.bashrc; fi\nPATH=$HOME/profile:$PATH\nexport GOPATH=$HOME/gopath\n',
    ".bashrc": [
      "export GOFLAGS=-before=guard",
      "case $- in *i*) ;; *) return;; esac",
      "export GOBIN=$HOME/bin",
      'PATH="$PATH:$HOME/late"',
      "lab_hook() { case $PATH in *hook*) ;; *) PATH=$HOME/hook:$PATH ;; esac; }",
      'PROMPT_COMMAND="lab_hook; $PROMPT_COMMAND"',
      "",
    ].join("\n"),
    ".zshrc": "",
    ".config/fish/config.fish": [
      "set -gx GOARCH arm64",
      "function lab_hook --on-event fish_prompt; set -gx GOOS plan9; end",
      "status is-interactive; and function go; echo mine; end",
      "",
    ].join("\n"),
    ".tcshrc": "setenv GOOS tcsh\nset path = (/usr/local/go/bin $path)\n",
  },
  bob: {
    ".zshenv": "export GOFLAGS=-zshenv=1\n",
    ".zprofile": "path=(~/zprofile $path)\n",
    ".zshrc":
      "alias go='/usr/bin/env go'\nexport GOBIN=~/zbin\nlab_hook() { export GOOS=hook }\nprecmd_functions+=(lab_hook)\n",
    ".bashrc": "export GOBIN=/from/bashrc\n",
  },
  cy: {
    ".config/fish/config.fish": [
      "fish_add_path --global --move $HOME/fishbin",
      "set -gx GOPATH $HOME/gopath",
      "status is-login; and set -gx GOBIN $HOME/login",
      "function lab_hook --on-event fish_prompt; set -gx GOOS hook; end",
      "",
    ].join("\n"),
    ".zshrc": "",
  },
  dee: {
    ".tcshrc": "setenv GOFLAGS -tcshrc=1\nif ($?prompt) setenv GOBIN ~/prompt\nalias precmd setenv GOOS hook\n",
    ".login": "set path = (~/login $path)\n",
    ".zshrc": "",
  },
};

// Debian 12; in the full mode also a newer one with sudo-rs, uutils, fish 4 and systemd 262.
const roots = isFullMode ? (["contexts", "forky"] as const) : (["contexts"] as const);

// Every launch context of three accounts on a machine that has booted, started for real and derived: cron jobs, ssh over
// loopback, su, sudo, services, user managers, tmux, cloud-init. Only a container's exec is imitated (env -i).
describe.each(roots)("what is reported of a launch context is what its processes have: %s", (root) => {
  let machine: BootedHost;
  let derived: readonly ContextAnswer[];
  let real: ReadonlyMap<string, RealAnswer>;
  let homesBefore = "";
  let homesAfter = "";
  let durations: readonly number[] = [];

  beforeAll(async () => {
    machine = await createBootedHost(root);
    await arrange(machine);
    await machine.boot();
    homesBefore = await listHomes(machine);
    const told = await ask(machine, ...accounts.map(({ name }) => name));
    homesAfter = await listHomes(machine);
    derived = told.answers;
    durations = [told.durationMs];
    real = await startRealContexts(machine, accounts);
  });
  afterAll(() => machine?.destroy());

  it("exists for the accounts that have it", () => {
    const count = (name: string): number => derived.filter(({ account }) => account.name === name).length;
    expect(accounts.map(({ name }) => count(name))).toEqual(accounts.map(({ contexts }) => contexts));
  });

  it.each(accounts.map(({ name }) => name))("is the same for %s", (name) => {
    const rows = derived.filter(({ account }) => account.name === name);
    const told = Object.fromEntries(rows.map((row) => [row.context.id, describeAnswer(row)]));
    const found = Object.fromEntries(
      rows.map(({ context: { id } }) => [id, describeReal(id, real.get(`${name} ${id}`))]),
    );
    expect(told).toEqual(found);
  });

  it("writes nothing in a home", () => {
    expect(homesAfter).toBe(homesBefore);
    expect(durations[0]).toBeGreaterThan(0);
  });
});

async function arrange(machine: BootedHost): Promise<void> {
  const inRoot = ["chroot", "/lab/machine"];
  for (const { name, shell } of accounts) {
    if (name !== "root") await machine.around.must([...inRoot, "useradd", "-m", "-s", `/bin/${shell}`, name]);
    const home = name === "root" ? "/root" : `/home/${name}`;
    for (const [path, text] of Object.entries(inHome[name] ?? {})) machine.write(`${home}/${path}`, text);
  }
  await machine.around.must([...inRoot, "usermod", "-aG", "sudo", "ada"]);
  machine.write("/etc/sudoers.d/people", "User_Alias PEOPLE = eve, cy\nPEOPLE ALL=(ALL) NOPASSWD: ALL\n");
  await machine.around.must([...inRoot, "passwd", "-d", "root"]);
  for (const [path, text] of Object.entries(system)) machine.write(path, text);
  for (const path of ["/usr/local/go/bin/go", "/usr/bin/go"]) machine.write(path, "#!/bin/sh\nexit 0\n", 0o755);
  prepareRealContexts(machine);
  cpSync(join(checkout, "src"), machine.around.path("/lab/machine/opt/lab/src"), { recursive: true });
  cpSync(
    join(checkout, "test/lab/boot/ask-contexts-main.ts"),
    machine.around.path("/lab/machine/opt/lab/test/lab/boot/main.ts"),
  );
  await machine.around.script(`
    cd /lab/machine
    ln -s ../go/bin/go usr/local/bin/go
    chroot . ssh-keygen -q -t ed25519 -N '' -f /opt/lab/key
    for home in root home/*; do
      mkdir -p $home/.ssh var/lib/systemd/linger
      cp opt/lab/key.pub $home/.ssh/authorized_keys
      touch var/lib/systemd/linger/$(basename $home)
    done
    printf 'GOOS=crontab\\nPATH = "/usr/local/bin:/usr/bin:/bin"\\n' >var/spool/cron/crontabs/ada
    chroot . sh -c 'cd /home; for name in *; do chown -R $name: $name; done; chown ada:crontab /var/spool/cron/crontabs/ada; chmod 600 /var/spool/cron/crontabs/ada'
  `);
  seedCloudInit(machine, "lab", "#cloud-config\ndisable_root: false\nruncmd:\n- [/opt/lab/tell, cloud-init, root]\n");
}

async function ask(
  machine: BootedHost,
  ...words: readonly string[]
): Promise<{ readonly answers: readonly ContextAnswer[]; readonly durationMs: number }> {
  const { stdout } = await machine.must(["/opt/readygo/node", "/opt/lab/test/lab/boot/main.ts", ...words]);
  return JSON.parse(stdout) as { readonly answers: readonly ContextAnswer[]; readonly durationMs: number };
}

async function listHomes(machine: BootedHost): Promise<string> {
  return (await machine.must(["find", "/root", "/home", "-printf", "%p %s %T@\\n"])).stdout;
}

function describeAnswer(answer: ContextAnswer): unknown {
  if (answer.kind === "unseen") return answer.why;
  const { go, variables } = answer;
  const values = Object.fromEntries(Object.entries(variables).map(([name, { value }]) => [name, value]));
  return { go: go.kind === "program" ? go.path : go.kind, ...values };
}

function describeReal(id: string, answer: RealAnswer | undefined): unknown {
  if (answer === undefined) return "it was not started";
  const values = reportedVariables.flatMap((name) =>
    answer.env[name] === undefined ? [] : [[name, answer.env[name]]],
  );
  // systemctl has no command that runs in the manager itself.
  const go = id === "user-manager" ? "/usr/local/bin/go" : answer.go;
  const meaning = go === "" ? "none" : go === "go" ? "function" : go.startsWith("alias ") ? "alias" : go;
  return { go: meaning, ...Object.fromEntries(values) };
}
