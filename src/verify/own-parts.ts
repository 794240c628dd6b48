import type { AbsolutePath } from "../host/absolute-path.ts";
import { commandLinks, places } from "../host/places.ts";
import { removeOurProfile } from "../shell/managed-block.ts";
import type { CheckContext } from "./check.ts";

/** Whether login shells lack what readygo put into /etc/profile.d. */
export function isProfileLost({ files, receipt }: CheckContext): boolean {
  if (receipt?.files?.some(({ path }) => path === places.profile) !== true) return false;
  const text = files.read(places.profile)?.toString("latin1") ?? "";
  return removeOurProfile(text) === text;
}

/** The links that readygo made and that are gone, or lead elsewhere by now. */
export function listLostLinks({ files, receipt }: CheckContext): readonly AbsolutePath[] {
  return commandLinks.flatMap(({ path, target }) => {
    const isOurs = receipt?.links?.some((link) => link.path === path) === true;
    // Of a file that somebody has put there readlink(2) says EINVAL.
    const leadsTo = files.stat(path)?.kind === "link" ? files.readLink(path) : undefined;
    return isOurs && leadsTo !== target ? [path] : [];
  });
}
