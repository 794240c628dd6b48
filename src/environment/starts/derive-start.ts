import { posix } from "node:path";
import type { Account } from "../../host/ports.ts";
import { crontabOf, deriveCron, systemCrontab } from "./cron.ts";
import type { ShellMode, Start } from "../launch-context.ts";
import { deriveLogin, deriveSu } from "./login.ts";
import { deriveSsh } from "./sshd.ts";
import { type Environment, fromProgram } from "../setting.ts";
import { deriveSudo, keepOf } from "./sudo.ts";
import { readSudoers } from "./sudoers.ts";
import { deriveService, deriveUserManager } from "./systemd.ts";
import type { Texts } from "../texts.ts";

/** A host as one account meets it. */
export interface StartHost {
  /** Of the system, and of the account's home over it. */
  readonly texts: Texts;
  readonly account: Account;
  readonly root: Account;
  /** The account's groups by name. */
  readonly groups: readonly string[];
  /** Which sudoers sudo reads here. */
  readonly sudoers: string;
  /** What the account's own shell makes of a start. Throws `why` where it did not answer. */
  readonly passShell: (start: Environment, mode: ShellMode) => Promise<Environment>;
}

/** Who started a container's process gives it this and nothing more. */
const containerPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export interface Beginning {
  /** What the context's process, or the shell in it, is started with. */
  readonly environment: Environment;
  /** What it has beside that of another account's, which is reported, and never given to a shell. */
  readonly kept?: Environment;
}

/**
 * How a context begins; undefined where it does not exist for this account. Throws an Error with the reason where what
 * decides it cannot be read.
 */
export async function deriveStart(host: StartHost, start: Start): Promise<Beginning | undefined> {
  if (start === "sudo" || start === "sudo-login") return await startSudo(host, start === "sudo-login");
  return { environment: await derive(host, start) };
}

async function derive(host: StartHost, start: Exclude<Start, "sudo" | "sudo-login">): Promise<Environment> {
  const { texts, account, root } = host;
  switch (start) {
    case "login":
      return deriveLogin(texts, account);
    case "su":
      return deriveSu(texts, account, bareRoot(host));
    case "sudo-as": {
      const sudoers = requireSudoers(host, root, account);
      return deriveSudo(texts, sudoers, { caller: root, target: account, environment: bareRoot(host), isLogin: false });
    }
    case "ssh":
      return deriveSsh(texts, account);
    case "crontab":
      return deriveCron(texts, account, crontabOf(account));
    case "system-crontab":
      return deriveCron(texts, account, systemCrontab);
    case "service":
      return deriveService(texts, account.uid === 0 ? undefined : account);
    case "user-manager":
      return deriveUserManager(texts, account);
    case "ssh-shell":
      return await host.passShell(deriveSsh(texts, account), "command");
    case "login-shell":
      return await typedIn(host);
    case "cloud-init":
      return deriveService(texts, undefined);
    case "exec":
      return new Map([["PATH", fromProgram("the container engine's default", containerPath)]]);
  }
}

/** A root without any settings of its own: a script that a service of the system runs, with a home. */
function bareRoot({ texts, root }: StartHost): Environment {
  return new Map(
    [...deriveService(texts, root)].filter(([name]) => ["PATH", "HOME", "USER", "LOGNAME"].includes(name)),
  );
}

/** What a command has that the account types where it has logged in. */
async function typedIn(host: StartHost): Promise<Environment> {
  return await host.passShell(deriveLogin(host.texts, host.account), "login-terminal");
}

/**
 * Root's shell is never started with what another account's files have set: they could make it run that account's programs,
 * and whether sudoers let it start a shell at all is not known.
 */
async function startSudo(host: StartHost, isLogin: boolean): Promise<Beginning | undefined> {
  const { texts, account, root } = host;
  const sudoers = requireSudoers(host, account, root);
  if (!sudoers.isCallerNamed) return undefined;
  // Most of what sudo gives does not come from the caller's shell: it is reported where that is silent, too.
  const typed = await typedIn(host).catch(() => deriveLogin(texts, account));
  const call = { caller: account, target: root, isLogin };
  if (!isLogin || account.uid === root.uid) {
    return { environment: deriveSudo(texts, sudoers, { ...call, environment: typed }) };
  }
  const kept = new Map(keepOf(sudoers, typed));
  kept.delete("PATH");
  return { environment: deriveSudo(texts, sudoers, { ...call, environment: new Map() }), kept };
}

function requireSudoers(
  host: StartHost,
  caller: Account,
  target: Account,
): NonNullable<ReturnType<typeof readSudoers>> {
  const groups = caller === host.account ? host.groups : [];
  const sudoers = readSudoers(host.texts, host.sudoers, { account: caller, groups }, target);
  if (sudoers === undefined) throw new Error(`${posix.normalize(host.sudoers)} cannot be read`);
  return sudoers;
}
