/** What decides the environment that a context's process, or the shell in it, is started with. */
export type Start =
  | "login"
  | "su"
  | "sudo"
  | "sudo-login"
  | "sudo-as"
  | "ssh"
  | "ssh-shell"
  | "crontab"
  | "system-crontab"
  | "service"
  | "user-manager"
  | "login-shell"
  | "cloud-init"
  | "exec";

/**
 * How a shell is started, which decides what files it reads: for a command (`-c`), as a login shell (`-l -c`), in a
 * terminal (`terminal`: interactive, and after its first prompt; `login-terminal`: a login shell beside), or as an editor
 * asks it (`-i -l -c`, without a prompt).
 */
export type ShellMode = "command" | "login" | "terminal" | "login-terminal" | "probe";

export const shellNames = ["bash", "sh", "dash", "zsh", "fish", "tcsh"] as const;
export type ShellName = (typeof shellNames)[number];

/** Whose shell: one by its name, the one in the user database, or what the variable SHELL names. */
export type ShellChoice = ShellName | "own" | "SHELL";

/** A way in which processes start on a host. */
export interface LaunchContext {
  readonly id: string;
  /** As somebody would type or write it; U is the account. */
  readonly typed: string;
  /** One sentence: what decides its environment. */
  readonly decidedBy: string;
  readonly start: Start;
  /** The shell that reads its files on top of that; null where none does. */
  readonly shell: { readonly which: ShellChoice; readonly mode: ShellMode } | null;
  /** The account itself, or root in its place. */
  readonly runsAs: "account" | "root";
  /** Any of these has to be on the host for the context to exist; none: it always does. */
  readonly needs: readonly string[];
  /** Only root's. */
  readonly isRootOnly?: boolean;
}

type Shape = Pick<LaunchContext, "id" | "typed" | "decidedBy" | "start" | "shell"> & Partial<LaunchContext>;

const context = (shape: Shape): LaunchContext => ({ runsAs: "account", needs: [], ...shape });

const shellContext = (which: ShellName, mode: ShellMode, typed: string, reads: string): LaunchContext =>
  context({
    id: `${which}-${mode === "terminal" ? "interactive" : mode.replace("-terminal", "")}`,
    typed,
    decidedBy: `What a login starts with, and then ${reads}.`,
    start: "login",
    shell: { which, mode },
    needs: [`/usr/bin/${which}`, `/bin/${which}`],
  });

const systemd = ["/run/systemd/system"];

export const launchContexts: readonly LaunchContext[] = [
  shellContext("bash", "login", "bash -lc CMD", "/etc/profile, /etc/profile.d and ~/.profile (or what hides it)"),
  shellContext("bash", "terminal", "bash -i", "/etc/bash.bashrc and ~/.bashrc"),
  shellContext("bash", "command", "bash -c CMD", "nothing, unless BASH_ENV names a file"),
  shellContext("sh", "login", "sh -lc CMD", "/etc/profile, /etc/profile.d and ~/.profile"),
  shellContext("sh", "command", "sh -c CMD", "nothing"),
  shellContext("dash", "command", "dash -c CMD", "nothing"),
  shellContext("zsh", "login", "zsh -lc CMD", "/etc/zsh/zshenv, ~/.zshenv, zprofile and zlogin"),
  shellContext("zsh", "terminal", "zsh -i", "/etc/zsh/zshenv, ~/.zshenv and ~/.zshrc"),
  shellContext("zsh", "command", "zsh -c CMD", "/etc/zsh/zshenv and ~/.zshenv"),
  shellContext("fish", "login", "fish -lc CMD", "conf.d and config.fish"),
  shellContext("fish", "terminal", "fish -i", "conf.d and config.fish"),
  shellContext("fish", "command", "fish -c CMD", "conf.d and config.fish"),
  shellContext("tcsh", "login-terminal", "tcsh -l", "/etc/csh.cshrc, /etc/csh.login, ~/.tcshrc and ~/.login"),
  context({
    id: "su",
    typed: "su U -c CMD",
    decidedBy: "The caller's environment (here: a root without any settings), PAM's variables over it, and the shell.",
    start: "su",
    shell: { which: "own", mode: "command" },
    needs: ["/usr/bin/su", "/bin/su"],
  }),
  context({
    id: "su-login",
    typed: "su - U",
    decidedBy: "PATH of /etc/login.defs, PAM's variables, and what the account's login shell reads.",
    start: "login",
    shell: { which: "own", mode: "login-terminal" },
    needs: ["/usr/bin/su", "/bin/su"],
  }),
  context({
    id: "sudo",
    typed: "sudo CMD",
    decidedBy: "secure_path and env_keep of sudoers; of the caller's shell only what env_keep keeps.",
    start: "sudo",
    shell: null,
    runsAs: "root",
    needs: ["/usr/bin/sudo"],
  }),
  context({
    id: "sudo-login",
    typed: "sudo -i",
    decidedBy: "sudoers as for sudo CMD, and then what root's login shell reads.",
    start: "sudo-login",
    shell: { which: "own", mode: "login-terminal" },
    runsAs: "root",
    needs: ["/usr/bin/sudo"],
  }),
  context({
    id: "sudo-as",
    typed: "sudo -u U CMD",
    decidedBy: "secure_path and env_keep of sudoers; the caller is here a root without any settings.",
    start: "sudo-as",
    shell: null,
    needs: ["/usr/bin/sudo"],
  }),
  context({
    id: "ssh",
    typed: "ssh HOST CMD",
    decidedBy: "sshd's PATH, PAM's variables, SetEnv, and the account's shell, of which bash reads ~/.bashrc here.",
    start: "ssh",
    shell: { which: "own", mode: "command" },
    needs: ["/usr/sbin/sshd"],
  }),
  context({
    id: "ssh-login",
    typed: "ssh HOST",
    decidedBy: "The same start, and what the account's login shell reads.",
    start: "ssh",
    shell: { which: "own", mode: "login-terminal" },
    needs: ["/usr/sbin/sshd"],
  }),
  context({
    id: "cron",
    typed: "crontab -e",
    decidedBy: "cron's own PATH and the variables of the account's crontab, over PAM's.",
    start: "crontab",
    shell: { which: "SHELL", mode: "command" },
    needs: ["/usr/sbin/cron"],
  }),
  context({
    id: "system-cron",
    typed: "a line of U in /etc/crontab",
    decidedBy: "The variables of /etc/crontab, over PAM's.",
    start: "system-crontab",
    shell: { which: "SHELL", mode: "command" },
    needs: ["/usr/sbin/cron"],
  }),
  context({
    id: "service",
    typed: "a systemd service with User=U",
    decidedBy: "systemd's PATH and DefaultEnvironment of system.conf; root's without User= has no HOME.",
    start: "service",
    shell: null,
    needs: systemd,
  }),
  context({
    id: "user-service",
    typed: "a systemd --user service",
    decidedBy: "What the user manager has.",
    start: "user-manager",
    shell: null,
    needs: systemd,
  }),
  context({
    id: "user-manager",
    typed: "systemctl --user show-environment",
    decidedBy: "What a service starts with, user.conf, and environment.d of /usr/lib, /etc and ~/.config.",
    start: "user-manager",
    shell: null,
    needs: systemd,
  }),
  context({
    id: "tmux",
    typed: "a pane of tmux",
    decidedBy: "What the shell had that started the tmux server, and then what a login shell reads.",
    start: "login-shell",
    shell: { which: "own", mode: "login-terminal" },
    needs: ["/usr/bin/tmux"],
  }),
  context({
    id: "cloud-init",
    typed: "runcmd of cloud-init",
    decidedBy: "What a service of root's starts with: systemd's PATH, no HOME.",
    start: "cloud-init",
    shell: null,
    needs: ["/usr/bin/cloud-init"],
    isRootOnly: true,
  }),
  context({
    id: "editor",
    typed: "$SHELL -ilc env, over ssh",
    decidedBy: "What ssh HOST CMD has, and what the account's shell reads when it is a login and an interactive one.",
    start: "ssh-shell",
    shell: { which: "own", mode: "probe" },
    needs: ["/usr/sbin/sshd"],
  }),
  context({
    id: "exec",
    typed: "exec in a container",
    decidedBy: "The default PATH of container engines, and nothing more.",
    start: "exec",
    shell: null,
  }),
];
