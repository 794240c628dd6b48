import { posix } from "node:path";
import type { Account } from "../../host/ports.ts";
import { namesOf } from "./login.ts";
import { readPamEnvironment } from "./pam-env.ts";
import { type Environment, fromFile, fromProgram, merge, type Setting } from "../setting.ts";
import { expandPattern, type Texts } from "../texts.ts";

const configFile = "/etc/ssh/sshd_config";
/** ./configure --with-default-path and --with-superuser-path of the two distributions' packages. */
const debianPath = "/usr/local/bin:/usr/bin:/bin:/usr/games";
const rootPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const ubuntuPath = `${rootPath}:/usr/games:/usr/local/games`;
const mostNested = 16;

interface SshdSettings {
  readonly usesPam: boolean;
  readonly readsUserFile: boolean;
  readonly setEnv: Environment;
}

/**
 * What sshd starts a shell with. In this order, each over those before: the account's names and sshd's PATH,
 * ~/.ssh/environment where it is permitted, PAM's variables, SetEnv. What clients send (AcceptEnv) is not known here.
 */
export function deriveSsh(texts: Texts, account: Account): Environment {
  const { usesPam, readsUserFile, setEnv } = readSshdSettings(texts);
  const isUbuntu = /^ID=["']?ubuntu/m.test(texts.read("/etc/os-release") ?? "");
  const path = account.uid === 0 ? rootPath : isUbuntu ? ubuntuPath : debianPath;
  return merge(
    namesOf(account),
    new Map([["PATH", fromProgram("sshd's built-in default", path)]]),
    readsUserFile ? readUserFile(texts, account) : new Map(),
    usesPam ? readPamEnvironment(texts, "sshd", account) : new Map(),
    setEnv,
    // bash reads ~/.bashrc where it finds this, even for a command.
    new Map([["SSH_CLIENT", fromProgram("sshd", "127.0.0.1 50000 22")]]),
    new Map([["SSH_CONNECTION", fromProgram("sshd", "127.0.0.1 50000 127.0.0.1 22")]]),
  );
}

/** sshd_config(5): the first value of a keyword counts. What stands in a Match block is for some connections only. */
function readSshdSettings(texts: Texts): SshdSettings {
  const first = new Map<string, { readonly value: string; readonly path: string; readonly line: number }>();
  for (const setting of readConfig(texts, configFile, 0)) {
    if (setting.name === "match") break;
    if (!first.has(setting.name)) first.set(setting.name, setting);
  }
  const permit = first.get("permituserenvironment")?.value ?? "no";
  const setEnv = first.get("setenv");
  const assignments = setEnv?.value.match(/(?:"[^"]*"|[^\s"])+/g) ?? [];
  return {
    usesPam: first.get("usepam")?.value.toLowerCase() === "yes",
    readsUserFile: permit.toLowerCase() !== "no",
    setEnv: new Map(
      assignments.flatMap((word): readonly (readonly [string, Setting])[] => {
        const [, name, value = ""] = /^([^=]+)=(.*)$/.exec(word.replaceAll('"', "")) ?? [];
        return name === undefined || setEnv === undefined ? [] : [[name, fromFile(setEnv.path, setEnv.line, value)]];
      }),
    ),
  };
}

interface SshdSetting {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly line: number;
}

function readConfig(texts: Texts, path: string, depth: number): readonly SshdSetting[] {
  if (depth > mostNested) return [];
  return (texts.read(path) ?? "").split("\n").flatMap((text, at): readonly SshdSetting[] => {
    const [, name = "", value = ""] = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(text) ?? [];
    if (name === "") return [];
    if (name.toLowerCase() !== "include") return [{ name: name.toLowerCase(), value, path, line: at + 1 }];
    return value
      .split(/\s+/)
      .map((pattern) => (pattern.startsWith("/") ? pattern : posix.join(posix.dirname(configFile), pattern)))
      .flatMap((pattern) => expandPattern(texts, pattern))
      .flatMap((included) => readConfig(texts, included, depth + 1));
  });
}

/** `NAME=VALUE`, as it stands. */
function readUserFile(texts: Texts, account: Account): Environment {
  const path = posix.join(account.home, ".ssh/environment");
  const lines = (texts.read(path) ?? "").split("\n");
  return new Map(
    lines.flatMap((text, at): readonly (readonly [string, Setting])[] => {
      const [, name, value = ""] = /^\s*([^=#\s][^=]*)=(.*)$/.exec(text) ?? [];
      return name === undefined ? [] : [[name, fromFile(path, at + 1, value)]];
    }),
  );
}
