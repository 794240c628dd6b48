import { posix } from "node:path";
import type { Account } from "../../host/ports.ts";
import { readPamEnvUses } from "./pam-stack.ts";
import { type Environment, fromFile, type Setting } from "../setting.ts";
import { joinLines, type Line, type Texts } from "../texts.ts";

/**
 * What pam_env gives a session of `service`, as the module itself reads its files. PAM's items other than the user's
 * own (PAM_RHOST, PAM_TTY) are empty here: they are another in each session.
 */
export function readPamEnvironment(texts: Texts, service: string, account: Account): Environment {
  const variables = new Map<string, Setting>();
  for (const { conffile, envfile, userEnvfile } of readPamEnvUses(texts, service)) {
    applyConfFile(variables, conffile, texts, account);
    if (envfile !== undefined) applyEnvFile(variables, envfile, texts);
    if (userEnvfile !== undefined) applyConfFile(variables, posix.join(account.home, userEnvfile), texts, account);
  }
  return variables;
}

/**
 * /etc/environment: `NAME=VALUE` and nothing more. A `#` ends a line even between quotes, quotes at both ends are dropped,
 * spaces at the end stay, nothing is expanded, and `NAME` alone takes a variable away.
 */
export function applyEnvFile(variables: Map<string, Setting>, path: string, texts: Texts): void {
  for (const { text, number } of readLines(texts, path)) {
    const line = text.replace(/^\s*/, "").replace(/^export /, "");
    const [, name, value] = /^([A-Za-z0-9_]+)(?:=(.*))?$/.exec(line) ?? [];
    if (name === undefined) continue;
    if (value === undefined) variables.delete(name);
    else variables.set(name, fromFile(path, number, unquote(value)));
  }
}

/** As pam_env does it: whichever quotes, the first and one at the very end. */
function unquote(value: string): string {
  return /^["']/.test(value) ? value.slice(1).replace(/["']$/, "") : value;
}

/** pam_env.conf(5) and ~/.pam_environment: `NAME [DEFAULT=…] [OVERRIDE=…]`; a first word with `=` is set as it stands. */
export function applyConfFile(variables: Map<string, Setting>, path: string, texts: Texts, account: Account): void {
  for (const { text, number } of readLines(texts, path)) {
    const parsed = parseConfLine(text);
    if (parsed === undefined) continue;
    const { name } = parsed;
    const expand = (value: string | undefined): string | undefined =>
      value === undefined ? undefined : expandConf(value, variables, account);
    const equals = name.indexOf("=");
    const override = expand(parsed.override);
    const value = override === undefined || override === "" ? expand(parsed.default) : override;
    if (value !== undefined && equals < 0) variables.set(name, fromFile(path, number, value));
    else if (equals > 0) variables.set(name.slice(0, equals), fromFile(path, number, name.slice(equals + 1)));
    else variables.delete(name);
  }
}

interface ConfLine {
  readonly name: string;
  readonly default: string | undefined;
  readonly override: string | undefined;
}

/** Undefined for a line with anything else on it, which pam_env passes over as well. */
function parseConfLine(line: string): ConfLine | undefined {
  const [, name, rest = ""] = /^\s*(\S+)(.*)$/.exec(line) ?? [];
  if (name === undefined) return undefined;
  const option = /\s+(DEFAULT|OVERRIDE)=(?:"([^"]*)"(?=\s|$)|([^"\s]\S*)?(?=\s|$))/y;
  const found: { DEFAULT?: string; OVERRIDE?: string } = {};
  let at = 0;
  for (;;) {
    option.lastIndex = at;
    const match = option.exec(rest);
    if (match === null) break;
    at = option.lastIndex;
    const [, kind, quoted, bare] = match;
    const value = quoted ?? bare;
    // `DEFAULT=` gives nothing, `DEFAULT=""` the empty string.
    if (value !== undefined) found[kind === "DEFAULT" ? "DEFAULT" : "OVERRIDE"] = value;
  }
  if (rest.slice(at).trim() !== "") return undefined;
  return { name, default: found.DEFAULT, override: found.OVERRIDE };
}

function expandConf(text: string, variables: ReadonlyMap<string, Setting>, account: Account): string {
  const items: Readonly<Record<string, string>> = { HOME: account.home, SHELL: account.shell, PAM_USER: account.name };
  return text.replaceAll(
    /\\([$@])|([$@])\{([^}]*)\}/g,
    (_, escaped: string | undefined, kind: string, name: string) => {
      if (escaped !== undefined) return escaped;
      return (kind === "$" ? variables.get(name)?.value : items[name]) ?? "";
    },
  );
}

/** Without comments and blank lines. */
function readLines(texts: Texts, path: string): readonly Line[] {
  return joinLines(texts.read(path) ?? "").flatMap(({ text, number }) => {
    const kept = text.replace(/#.*$/, "");
    return kept.trim() === "" ? [] : [{ text: kept, number }];
  });
}
