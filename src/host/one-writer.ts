import type { Stats } from "node:fs";
import { ProvisionError } from "../errors/provision-error.ts";
import type { AbsolutePath } from "./absolute-path.ts";

/**
 * Whether nobody but root and the user of this process can write it. That user's own group may: Debian gives each user
 * one of their own, and a umask of 002 (adduser.conf(5), USERGROUPS; pam_umask(8), usergroups).
 */
export function hasOneWriter({ uid, gid, mode }: Pick<Stats, "uid" | "gid" | "mode">): boolean {
  const isGroupOthers = gid !== process.getegid?.();
  return (uid === 0 || uid === process.geteuid?.()) && (mode & (isGroupOthers ? 0o022 : 0o002)) === 0;
}

/** @throws ProvisionError `place-unsafe` */
export function requireOneWriter(path: AbsolutePath, stat: Stats): void {
  if (stat.isDirectory() && hasOneWriter(stat)) return;
  const what = stat.isDirectory()
    ? `${path} can be written by others (owner ${stat.uid}, group ${stat.gid}, mode ${(stat.mode & 0o7777).toString(8)})`
    : `${path} is not a directory`;
  throw new ProvisionError("place-unsafe", `${what}, who could exchange what is written there`, {
    remedy: [`name another --output, or run readygo as the owner of ${path}`],
  });
}
