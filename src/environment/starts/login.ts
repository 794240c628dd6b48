import type { Account } from "../../host/ports.ts";
import { readPamEnvironment } from "./pam-env.ts";
import { type Environment, fromFile, fromProgram, merge, type Setting } from "../setting.ts";
import type { Texts } from "../texts.ts";

const loginDefs = "/etc/login.defs";
/** su(1) of util-linux, where /etc/login.defs names none. */
const builtInPath = fromProgram("su's built-in default", "/usr/local/bin:/bin:/usr/bin");
const builtInRootPath = fromProgram(
  "su's built-in default",
  "/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin",
);

/** What a program that starts an account's shell gives it of the account's own. */
export function namesOf(account: Account): Environment {
  const setting = (value: string): Setting => ({ value, origin: { kind: "account" } });
  return new Map([
    ["HOME", setting(account.home)],
    ["SHELL", setting(account.shell)],
    ["USER", setting(account.name)],
    ["LOGNAME", setting(account.name)],
  ]);
}

/** `su - U`: everything of the caller's is dropped, PATH comes from login.defs, and PAM's variables on top. */
export function deriveLogin(texts: Texts, account: Account): Environment {
  return merge(
    namesOf(account),
    new Map([["PATH", readLoginPath(texts, account)]]),
    readPamEnvironment(texts, "su-l", account),
  );
}

/** `su U -c`: what the caller has, with the account's own names, and PAM's variables on top. */
export function deriveSu(texts: Texts, account: Account, caller: Environment): Environment {
  const names = new Map(namesOf(account));
  if (account.uid === 0) {
    names.delete("USER");
    names.delete("LOGNAME");
  }
  const isPathSet = readLoginDef(texts, "ALWAYS_SET_PATH")?.value.toLowerCase() === "yes";
  return merge(
    caller,
    names,
    new Map(isPathSet ? [["PATH", readLoginPath(texts, account)]] : []),
    readPamEnvironment(texts, "su", account),
  );
}

/** login.defs(5): `ENV_SUPATH PATH=…` for root, `ENV_PATH PATH=…` for everybody else. */
function readLoginPath(texts: Texts, account: Account): Setting {
  const found =
    account.uid === 0
      ? (readLoginDef(texts, "ENV_ROOTPATH") ?? readLoginDef(texts, "ENV_SUPATH"))
      : readLoginDef(texts, "ENV_PATH");
  if (found === undefined) return account.uid === 0 ? builtInRootPath : builtInPath;
  return { ...found, value: found.value.replace(/^PATH=/, "") };
}

/** The last line of a name counts. */
function readLoginDef(texts: Texts, name: string): Setting | undefined {
  let found: Setting | undefined;
  for (const [at, line] of (texts.read(loginDefs) ?? "").split("\n").entries()) {
    const [, key, value] = /^\s*([A-Z_]+)[\s=]+"?([^"\s]*)/.exec(line) ?? [];
    if (key === name && value !== undefined) found = fromFile(loginDefs, at + 1, value);
  }
  return found;
}
