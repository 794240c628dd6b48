import { absolutePath } from "../host/absolute-path.ts";
import type { CheckContext } from "./check.ts";

/** Where people and packages set variables for shells. Globs are sh's. */
const homeFiles = [
  ".profile", ".bash_profile", ".bash_login", ".bashrc", ".bash_aliases", ".zshenv", ".zprofile", ".zshrc", ".zlogin",
  ".pam_environment", ".config/fish/config.fish", ".config/fish/conf.d/*.fish", ".config/environment.d/*.conf",
]; // prettier-ignore
const systemFiles = [
  "/etc/environment",
  "/etc/profile",
  "/etc/profile.d/*.sh",
  "/etc/bash.bashrc",
  "/etc/zsh/zshenv",
  "/etc/zsh/zprofile",
  "/etc/zsh/zshrc",
  "/etc/zsh/zlogin",
  "/etc/fish/config.fish",
  "/etc/fish/conf.d/*.fish",
  "/etc/environment.d/*.conf",
];

/**
 * The files, with line numbers (`/home/a/.profile:3`), that assign a variable; comments do not count. Read by grep as the
 * account, which passes over devices and pipes. Empty where none is found, or where the search does not end in time.
 */
export async function findSettingOrigins(context: CheckContext, name: string): Promise<readonly string[]> {
  const words = [...homeFiles.map((file) => `"$HOME"/${file}`), ...systemFiles].join(" ");
  const result = await context.processes.run({
    argv: ["/bin/sh", "-c", `exec grep -sHnIE -D skip -e "$1" -- ${words}`, "sh", assignmentOf(name)],
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C", HOME: context.account.home },
    cwd: absolutePath("/"),
    asUser: context.account,
    timeoutMs: context.timeoutMs,
  });
  const origins = result.stdout.split("\n").flatMap((line) => /^(\/[^:]*:\d+):/.exec(line)?.[1] ?? []);
  return [...new Set(origins)];
}

/** sh's and systemd's `NAME=`, fish's `set -gx NAME`, csh's `setenv NAME`. */
function assignmentOf(name: string): string {
  return `^[^#]*(^|[^A-Za-z0-9_])(${name}=|set (-[-a-zA-Z]+ )*${name} |setenv ${name} )`;
}
