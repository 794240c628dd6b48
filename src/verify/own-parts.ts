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
    return isOurs && files.readLink(path) !== target ? [path] : [];
  });
}
