import { spawnSync } from "node:child_process";
import { parseAbsolutePath, absolutePath } from "../absolute-path.ts";
import type { Account, ReadFiles } from "../ports.ts";

/** The accounts of /etc/passwd (passwd(5)); lines that are no account are passed over. */
function parsePasswd(text: string): readonly Account[] {
  return text.split("\n").flatMap((line) => {
    const [name, , uid, gid, , homeText, shellText] = line.split(":");
    const home = parseAbsolutePath(homeText ?? "");
    const shell = parseAbsolutePath(shellText || "/bin/sh");
    if (!name || home === undefined || shell === undefined || !/^\d+$/.test(uid ?? "") || !/^\d+$/.test(gid ?? ""))
      return [];
    return [{ name, uid: Number(uid), gid: Number(gid), home, shell }];
  });
}

export function readAccounts(files: ReadFiles): readonly Account[] {
  return parsePasswd(files.read(absolutePath("/etc/passwd"))?.toString("utf8") ?? "");
}

/** A directory service that does not answer is not waited for longer. */
const mostLookupMs = 5_000;

/**
 * One account, by name or uid: of /etc/passwd, else of whatever else this machine's getent(1) asks (LDAP, systemd-homed).
 * Under `--root` DIR's own file alone counts: `isNative` is false then, and no program is started.
 */
export function findAccount(files: ReadFiles, key: string | number, isNative: boolean): Account | undefined {
  const known = readAccounts(files).find(({ name, uid }) => (typeof key === "number" ? uid === key : name === key));
  if (known !== undefined || !isNative || (typeof key === "string" && !/^[^-\s/:][^\s/:]*$/.test(key))) return known;
  const { status, stdout } = spawnSync("getent", ["passwd", `${key}`], {
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    encoding: "utf8",
    timeout: mostLookupMs,
    killSignal: "SIGKILL",
  });
  return status === 0 ? parsePasswd(stdout)[0] : undefined;
}
