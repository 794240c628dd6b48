import { places } from "../host/places.ts";
import type { CheckContext } from "./check.ts";
import { removeOurProfile } from "../shell/managed-block.ts";

/** What readygo put on this host for PATH and what is not there any more; that is readygo's to answer for. */
export function listLostParts({ files, receipt }: CheckContext): readonly string[] {
  if (receipt === undefined) return [];
  const profile = files.read(places.profile)?.toString("latin1") ?? "";
  const isProfileLost =
    receipt.files?.some(({ path }) => path === places.profile) === true && removeOurProfile(profile) === profile;
  const links = (receipt.links ?? []).filter(({ path }) => files.resolve(path) === undefined);
  return [...(isProfileLost ? [places.profile] : []), ...links.map(({ path }) => path)];
}
