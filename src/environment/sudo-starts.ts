import type { Account } from "../host/ports.ts";
import { namesOf } from "./login-starts.ts";
import { readPamEnvironment } from "./pam-env.ts";
import { type Environment, fromFile, fromProgram, merge, toldVariables } from "./setting.ts";
import type { SudoersSettings } from "./sudoers.ts";
import type { Texts } from "./texts.ts";

const builtInPath = fromProgram("sudo's built-in default", "/usr/bin:/bin:/usr/sbin:/sbin");

export interface SudoCall {
  readonly caller: Account;
  readonly target: Account;
  /** What the caller's shell has. */
  readonly environment: Environment;
  /** `sudo -i`. */
  readonly isLogin: boolean;
}

/** Beside what is told, what a login shell may need of the caller's; nothing else of one account's goes to another's. */
const passed: readonly string[] = [...toldVariables, "LANG", "TERM", "TZ"];

/**
 * What sudo starts a command with: what env_keep keeps of the caller's environment, the target's own names, secure_path, and
 * PAM's variables where the caller's are not kept. Of the caller's environment only what readygo tells of, LANG, TERM and TZ
 * is looked at, so that a variable of one account that a shell obeys (BASH_ENV) never comes to a shell of root's.
 */
export function deriveSudo(texts: Texts, sudoers: SudoersSettings, call: SudoCall): Environment {
  const { caller, target, environment, isLogin } = call;
  const kept = [...environment].filter(([name]) => passed.includes(name) && isKept(sudoers, name));
  const { securePath } = sudoers;
  const path =
    securePath === undefined ? environment.get("PATH") : fromFile(securePath.path, securePath.line, securePath.value);
  // sudo keeps PATH by itself, so that PAM's never takes its place.
  const isFromPam = (name: string): boolean => name !== "PATH" && !(isKept(sudoers, name) && environment.has(name));
  return merge(
    new Map(kept),
    namesOf(target),
    new Map([["PATH", path ?? builtInPath]]),
    new Map([...readPamEnvironment(texts, isLogin ? "sudo-i" : "sudo", target)].filter(([name]) => isFromPam(name))),
    new Map([["SUDO_USER", { value: caller.name, origin: { kind: "account" } }]]),
  );
}

function isKept({ kept, isReset }: SudoersSettings, name: string): boolean {
  return (
    !isReset || kept.some(({ value }) => (value.endsWith("*") ? name.startsWith(value.slice(0, -1)) : value === name))
  );
}
