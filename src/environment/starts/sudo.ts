import type { Account } from "../../host/ports.ts";
import { namesOf } from "./login.ts";
import { readPamEnvironment } from "./pam-env.ts";
import { type Environment, fromFile, fromProgram, merge, reportedVariables } from "../setting.ts";
import type { SudoersSettings } from "./sudoers.ts";
import type { Texts } from "../texts.ts";

const builtInPath = fromProgram("sudo's built-in default", "/usr/bin:/bin:/usr/sbin:/sbin");

export interface SudoCall {
  readonly caller: Account;
  readonly target: Account;
  /** What the caller's shell has. */
  readonly environment: Environment;
  /** `sudo -i`. */
  readonly isLogin: boolean;
}

/** Of the caller's environment nothing else is looked at. */
const passed: readonly string[] = [...reportedVariables, "LANG", "TERM", "TZ"];

/**
 * What sudo starts a command with: what env_keep keeps of the caller's environment, the target's own names, secure_path, and
 * PAM's variables where the caller's are not kept.
 */
export function deriveSudo(texts: Texts, sudoers: SudoersSettings, call: SudoCall): Environment {
  const { caller, target, environment, isLogin } = call;
  const { securePath } = sudoers;
  const path =
    securePath === undefined ? environment.get("PATH") : fromFile(securePath.path, securePath.line, securePath.value);
  // sudo keeps PATH by itself, so that PAM's never takes its place.
  const isFromPam = (name: string): boolean => name !== "PATH" && !(isKept(sudoers, name) && environment.has(name));
  return merge(
    keepOf(sudoers, environment),
    namesOf(target),
    new Map([["PATH", path ?? builtInPath]]),
    new Map([...readPamEnvironment(texts, isLogin ? "sudo-i" : "sudo", target)].filter(([name]) => isFromPam(name))),
    new Map([["SUDO_USER", { value: caller.name, origin: { kind: "account" } }]]),
  );
}

/** What sudoers keep of a caller's environment, as far as readygo tells of it. */
export function keepOf(sudoers: SudoersSettings, environment: Environment): Environment {
  return new Map([...environment].filter(([name]) => passed.includes(name) && isKept(sudoers, name)));
}

function isKept({ kept, isReset }: SudoersSettings, name: string): boolean {
  return (
    !isReset || kept.some(({ value }) => (value.endsWith("*") ? name.startsWith(value.slice(0, -1)) : value === name))
  );
}
