import { posix } from "node:path";
import { joinLines, type Texts } from "../texts.ts";

/** One use of pam_env in a service's stack: the files that it reads, in this order. */
export interface PamEnvUse {
  readonly conffile: string;
  readonly envfile: string | undefined;
  /** Relative to the home; undefined where the home's file is not read (the default since Linux-PAM 1.1.5). */
  readonly userEnvfile: string | undefined;
}

/** pam.d(5): the administrator's, then what packages bring. */
const directories = ["/etc/pam.d", "/usr/lib/pam.d"];
const mostNested = 16;

/**
 * How a service uses pam_env, by pam.d(5). Both setcred (auth) and open_session (session) of it set variables, and every
 * program here calls both, auth first. Jumps over modules (`[success=1]`) are not followed: no Ubuntu jumps over this one.
 */
export function readPamEnvUses(texts: Texts, service: string): readonly PamEnvUse[] {
  const stack = readStack(texts, service, 0) ?? readStack(texts, "other", 0) ?? [];
  const uses = (type: string): readonly PamEnvUse[] =>
    stack
      .filter((entry) => entry.type === type && posix.basename(entry.module).replace(/\.so$/, "") === "pam_env")
      .map(({ args }) => readUse(args));
  return [...uses("auth"), ...uses("session")];
}

interface StackEntry {
  readonly type: string;
  readonly module: string;
  readonly args: readonly string[];
}

function readStack(texts: Texts, service: string, depth: number): readonly StackEntry[] | undefined {
  const paths = service.startsWith("/") ? [service] : directories.map((directory) => `${directory}/${service}`);
  const text = paths.map((path) => texts.read(path)).find((each) => each !== undefined);
  if (text === undefined || depth > mostNested) return undefined;
  const nested = (name: string): readonly StackEntry[] => readStack(texts, name, depth + 1) ?? [];
  return joinLines(text).flatMap(({ text: line }) => {
    const words = splitWords(line.replace(/#.*$/, ""));
    const [first = "", control = "", module = "", ...args] = words;
    if (first === "@include") return nested(control);
    const type = first.replace(/^-/, "").toLowerCase();
    if (control === "include" || control === "substack") return nested(module).filter((entry) => entry.type === type);
    return module === "" ? [] : [{ type, module, args }];
  });
}

/** Words; `[...]` is one of them. */
function splitWords(line: string): readonly string[] {
  return line.match(/\[[^\]]*\]|\S+/g) ?? [];
}

function readUse(args: readonly string[]): PamEnvUse {
  const value = (name: string): string | undefined =>
    args
      .filter((arg) => arg.startsWith(`${name}=`))
      .at(-1)
      ?.slice(name.length + 1);
  const isOn = (name: string, otherwise: boolean): boolean => {
    const text = value(name);
    return text === undefined ? otherwise : Number.parseInt(text, 10) > 0;
  };
  return {
    conffile: value("conffile") || "/etc/security/pam_env.conf",
    envfile: isOn("readenv", true) ? value("envfile") || "/etc/environment" : undefined,
    userEnvfile: isOn("user_readenv", false) ? value("user_envfile") || ".pam_environment" : undefined,
  };
}
