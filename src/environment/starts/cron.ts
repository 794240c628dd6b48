import type { Account } from "../../host/ports.ts";
import { namesOf } from "./login.ts";
import { readPamEnvironment } from "./pam-env.ts";
import { type Environment, fromFile, fromProgram, merge, type Setting } from "../setting.ts";
import { deriveService } from "./systemd.ts";
import type { Texts } from "../texts.ts";

export const systemCrontab = "/etc/crontab";

/** Where cron keeps what `crontab -e` writes; read by root, and by the account itself not at all. */
export function crontabOf(account: Account): string {
  return `/var/spool/cron/crontabs/${account.name}`;
}

/**
 * What cron starts a job at the end of `crontab` with: PAM's variables, and over them the crontab's own. PATH is always one
 * of those: where the crontab sets none, cron takes its built-in one, or the one it has itself where it runs with `-P`, as
 * on newer Ubuntus.
 */
export function deriveCron(texts: Texts, account: Account, crontab: string): Environment {
  const { HOME, LOGNAME } = Object.fromEntries(namesOf(account));
  return merge(
    readPamEnvironment(texts, "cron", account),
    new Map([
      ["SHELL", fromProgram("cron", "/bin/sh")],
      ["PATH", inheritsPath(texts) ?? fromProgram("cron's built-in default", "/usr/bin:/bin")],
    ]),
    new Map(HOME === undefined ? [] : [["HOME", HOME]]),
    readCrontab(texts, crontab),
    new Map(LOGNAME === undefined ? [] : [["LOGNAME", LOGNAME]]),
  );
}

/** What cron was itself started with, where its unit has `-P`. */
function inheritsPath(texts: Texts): Setting | undefined {
  const units = ["/etc/systemd/system/cron.service", "/usr/lib/systemd/system/cron.service"];
  const unit = units.map((path) => texts.read(path)).find((text) => text !== undefined) ?? "";
  const options = /^ExecStart=\S+(.*)$/m.exec(unit)?.[1] ?? "";
  const extra = /^\s*EXTRA_OPTS=(.*)$/m.exec(texts.read("/etc/default/cron") ?? "")?.[1] ?? "";
  if (!/\s-[a-zA-Z]*P/.test(`${options} ${extra.replaceAll(/["']/g, "")}`)) return undefined;
  return deriveService(texts, undefined).get("PATH");
}

/** crontab(5): `NAME = VALUE` with quotes around either, from its line on; here for what stands at the end. */
function readCrontab(texts: Texts, path: string): Environment {
  const variables = new Map<string, Setting>();
  for (const [at, text] of (texts.read(path) ?? "").split("\n").entries()) {
    const [, quote, quoted, bare, value] = /^\s*(?:(["'])(.*?)\1|([^\s"'=#]+))\s*=\s*(.*?)\s*$/.exec(text) ?? [];
    const name = quote === undefined ? bare : quoted;
    if (name === undefined || value === undefined) continue;
    variables.set(name, fromFile(path, at + 1, /^(["'])(.*)\1$/.exec(value)?.[2] ?? value));
  }
  return variables;
}
