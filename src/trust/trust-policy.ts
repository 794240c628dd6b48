import type { TrustEvidence } from "../host/state/receipt.ts";

/** How much has to prove an archive: one root, two, or the transparency log. */
export type TrustPolicy = "any" | "two" | "log";

export type TrustRoot = TrustEvidence["root"];

/**
 * Whether these roots are enough: `any` is one that does not depend on the host that served the bytes, `two` is one more
 * besides, `log` is the transparency log. Only the publisher's JSON can depend on that host: the others are held against
 * what readygo or its caller brought along.
 */
export function meetsPolicy(policy: TrustPolicy, roots: readonly TrustRoot[], isFromPublisher: boolean): boolean {
  const hasIndependent = roots.some((root) => root !== "publisher" || !isFromPublisher);
  switch (policy) {
    case "any":
      return hasIndependent;
    case "two":
      return hasIndependent && roots.length >= 2;
    case "log":
      return roots.includes("log");
  }
}

/** The publisher's own hosts: whoever can change what they serve can change the JSON too. */
const publisherHosts: ReadonlySet<string> = new Set([
  "go.dev",
  "golang.org",
  "golang.google.cn",
  "dl.google.com",
  "storage.googleapis.com",
  "golang.storage.googleapis.com",
  "commondatastorage.googleapis.com",
]);

export function isPublisherUrl(url: string): boolean {
  return URL.canParse(url) && publisherHosts.has(new URL(url).hostname.replace(/\.$/, ""));
}

const rootNames: Readonly<Record<TrustRoot, string>> = {
  flag: "--sha256",
  manifest: "the pinned manifest",
  publisher: "the publisher's JSON",
  signature: "the publisher's signature",
  log: "the checksum database",
};

/** In the order in which they are listed, whichever answered first: the same archive gives the same receipt. */
export const trustRoots: readonly TrustRoot[] = ["flag", "manifest", "publisher", "signature", "log"];

export function nameRoot(root: TrustRoot): string {
  return rootNames[root];
}
