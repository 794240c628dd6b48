import { absolutePath } from "../host/absolute-path.ts";
import type { Account, ReadFiles } from "../host/ports.ts";

/** shadow's own defaults, where /etc/login.defs names none. */
const rootPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const userPath = "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games";

/**
 * What a shell of this account is started with by login(1), sshd and `su -`: the account's own names, PATH from
 * /etc/login.defs, then /etc/environment as pam_env reads it. Nothing of readygo's own environment is in it.
 */
export function loginEnvironment(files: ReadFiles, account: Account): Readonly<Record<string, string>> {
  const loginDefs = files.read(absolutePath("/etc/login.defs"))?.toString("utf8") ?? "";
  const environment = files.read(absolutePath("/etc/environment"))?.toString("utf8") ?? "";
  return {
    HOME: account.home,
    USER: account.name,
    LOGNAME: account.name,
    SHELL: account.shell,
    TERM: "dumb",
    PATH: readLoginPath(loginDefs, account.uid === 0) ?? (account.uid === 0 ? rootPath : userPath),
    // Ubuntu's /etc/zsh/zshrc would write ~/.zcompdump; a check writes nothing in a home.
    skip_global_compinit: "1",
    ...parsePamEnvironment(environment),
  };
}

/** login.defs(5): `ENV_SUPATH PATH=…` for root, `ENV_PATH PATH=…` for everybody else. */
function readLoginPath(loginDefs: string, isRoot: boolean): string | undefined {
  const match = (isRoot ? /^\s*ENV_SUPATH\s+(?:PATH=)?(\S+)/m : /^\s*ENV_PATH\s+(?:PATH=)?(\S+)/m).exec(loginDefs);
  return match?.[1];
}

/** pam_env(8): lines KEY=VALUE, an optional `export `, quotes around a value dropped, no expansion. */
export function parsePamEnvironment(text: string): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const [, name, value] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const quoted = /^(["'])(.*?)\1/.exec(value);
    variables[name] = quoted?.[2] ?? value.replace(/#.*$/, "").trimEnd();
  }
  return variables;
}
