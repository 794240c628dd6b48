import { compareDotted } from "./support-floor.ts";

declare const brand: unique symbol;

/** The version of a readygo, `0.1.0`: three numbers, which npm, dpkg and readygo order alike. */
export type OwnVersion = string & { readonly [brand]: "OwnVersion" };

export function parseOwnVersion(text: string): OwnVersion | undefined {
  return /^(?:0|[1-9]\d{0,5})(?:\.(?:0|[1-9]\d{0,5})){2}$/.test(text) ? (text as OwnVersion) : undefined;
}

/** Below 0 where `one` is the older one. */
export function compareOwnVersions(one: OwnVersion, other: OwnVersion): number {
  return compareDotted(one, other);
}
