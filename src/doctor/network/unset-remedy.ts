import { advise, edit, type Remedy, runAs } from "../../errors/remedy.ts";
import { absolutePath, parseAbsolutePath } from "../../host/absolute-path.ts";
import { homeFiles } from "../../host/places.ts";
import type { Account } from "../../host/ports.ts";
import type { DoctorContext } from "../doctor-context.ts";
import type { AccountSetting } from "../settings.ts";

/**
 * How a setting is taken away: by `go env -u`, by deleting the one line that does nothing else, or in words where several
 * places set it or its line does more.
 */
export async function composeUnset(
  context: DoctorContext,
  account: Account,
  { name, fix, origins }: Pick<AccountSetting, "fix" | "origins"> & { readonly name: string },
): Promise<Remedy> {
  if (context.root !== "") return composeImageEdit(context, account, name);
  if (fix !== null) return runAs(account.name, "go", "env", "-u", name);
  const [origin, ...more] = new Set(origins);
  const where = origins.length === 0 ? "where it is set" : `in ${[...new Set(origins)].join(" and ")}`;
  const words = advise(`take ${name} out ${where}`);
  const [, file, line] = /^(\/.*):(\d+)$/.exec(origin ?? "") ?? [];
  const path = file === undefined ? undefined : parseAbsolutePath(file);
  if (path === undefined || more.length > 0) return words;
  const isInHome = path.startsWith(`${account.home}/`);
  const text = isInHome
    ? await context.readHome(account, path)
    : path.startsWith("/etc/")
      ? context.files.read(path)?.toString("utf8")
      : undefined;
  const number = Number(line);
  const lines = (text ?? "").split("\n");
  const from = lines[number - 1];
  return from !== undefined && isAlone(lines.slice(0, number - 1), from, name) ? edit(path, number, from, null) : words;
}

/** In an image no go is run: the line itself is named, where this machine sees it. */
async function composeImageEdit(context: DoctorContext, account: Account, name: string): Promise<Remedy> {
  const path = absolutePath(account.home, homeFiles.goEnv);
  const lines = ((await context.readHome(account, path)) ?? "").split("\n");
  const at = lines.findLastIndex((line) => line.startsWith(`${name}=`));
  const file = context.files.locate(path);
  return edit(file, at + 1, lines[at] ?? "", null);
}

/** Whether a line sets this variable to a plain text and does nothing else, and may go without leaving an empty block. */
export function isAlone(before: readonly string[], line: string, name: string): boolean {
  const plain = String.raw`(?:'[^']*'|"[^"\x60$\\]*"|[^\s;&|\x60$()<>'"\\]*)`;
  const shell = new RegExp(
    String.raw`^(?:(?:export\s+)?${name}=${plain}|set\s+-(?:gx|xg|Ux|xU|x)\s+${name}\s+${plain})\s*(?:#.*)?$`,
  );
  const previous = before.findLast((text) => text.trim() !== "") ?? "";
  return shell.test(line) && !/(?:\\|\b(?:then|do|else|begin)|[{(]|&&|\|\|?)\s*$/.test(previous);
}
