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
