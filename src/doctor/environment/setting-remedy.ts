import { redactUrl } from "../../errors/redact-url.ts";
import { advise, edit, type Remedy } from "../../errors/remedy.ts";
import type { Account } from "../../host/ports.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { isWholeWithout, listOwnLines, parsePlace, type RcText, readRcTexts, readSystemFile } from "./rc-texts.ts";

export interface PlacedSetting {
  readonly name: string;
  readonly origin: string;
  /** What the line should say instead; null: it should go. */
  readonly better: string | null;
}

/**
 * One edit of the line that sets a variable, where that does no harm: a line that does nothing else, without which the file
 * is still a script, and of whose variable no other line makes use.
 */
export async function editSetting(
  context: DoctorContext,
  account: Account,
  { name, origin, better }: PlacedSetting,
): Promise<Remedy> {
  const place = parsePlace(origin);
  const otherwise = advise(place === undefined || isEnvironmentFile(place.file) || better !== null ? `take ${name} out of ${origin}${better === null ? "" : `, or set it to ${better}`}` : unsetLast(name, origin, place.file)); // prettier-ignore
  if (place === undefined) return otherwise;
  const { file, line } = place;
  const texts = await readRcTexts(context, account);
  const rc = texts.find(({ path }) => path === file);
  if (rc === undefined) {
    const isOfHome = file.startsWith(`${account.home}/`);
    const text = isOfHome ? await context.readHome(account, file) : readSystemFile(context, file);
    const from = text?.split("\n")[line - 1];
    return from !== undefined && isEnvironmentFile(file) && isEnvironmentLine(from, name) && redactUrl(from) === from
      ? edit(file, line, from, null)
      : otherwise;
  }
  const from = rc.lines[line - 1];
  // A line with a password in it is not repeated.
  if (from === undefined || redactUrl(from) !== from || !isPlainAssignment(from, name, rc.dialect === "fish"))
    return otherwise;
  if (better !== null) {
    return edit(file, line, from, rc.dialect === "fish" ? `set -gx ${name} ${better}` : `export ${name}="${better}"`);
  }
  const isUsed = texts.some((each) => usesVariable(each, name, each === rc ? line : 0));
  return isUsed || !(await isWholeWithout(context, account, rc, line)) ? otherwise : edit(file, line, from, null);
}

/** What uses the variable further down keeps its value. */
function unsetLast(name: string, origin: string, file: string): string {
  const line = file.endsWith(".fish") ? `set -e ${name}` : `unset ${name}`;
  return `${origin} sets it, and other lines may use it: let  ${line}  be the last line of ${file}`;
}

/** pam_env's /etc/environment and systemd's environment.d: a line is one variable and nothing else. */
function isEnvironmentFile(file: string): boolean {
  return file === "/etc/environment" || /\/environment\.d\/[^/]+\.conf$/.test(file);
}

function isEnvironmentLine(line: string, name: string): boolean {
  return new RegExp(String.raw`^\s*(?:export )?${name}=.*[^\\]$`).test(line);
}

/** `export NAME=VALUE`, not indented, without another command or a continuation. */
export function isPlainAssignment(line: string, name: string, isFish = false): boolean {
  const value = String.raw`(?:"[^"\`(\\]*"|'[^']*'|[^\s"'\`();&|<>\\#]*)`;
  const form = isFish
    ? String.raw`^set(?:\s+-{1,2}\w+)+\s+${name}\s+[^\s;&|()\\]+\s*$`
    : String.raw`^(?:export\s+|(?:declare|typeset)\s+-x\s+)?${name}=${value}\s*(?:#.*)?$`;
  return new RegExp(form).test(line);
}

function usesVariable(rc: RcText, name: string, without: number): boolean {
  const use = new RegExp(String.raw`\$\{?${name}\b`);
  return listOwnLines(rc).some(({ number, text }) => number !== without && use.test(text));
}
