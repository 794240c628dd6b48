import { RequestFailure } from "../errors/request-failure.ts";
import { checkArchiveDigest, type ExpectedArchive } from "../fetch/unpack/digest-archive.ts";
import { findPinnedH1, loadManifest } from "../release/catalogue.ts";
import type { Release } from "../release/release.ts";
import type { Sha256 } from "../release/sha256.ts";
import { requireTree } from "./ask-log.ts";
import type { Claim } from "./judge.ts";
import type { TrustContext } from "./trust-context.ts";

/** `--sha256`, of the archive's bytes. */
export function claimOfFlag(sha256: Sha256): Claim {
  return claimOfHash(`--sha256 ${sha256}`, { sha256, isNamed: true });
}

/**
 * The manifest that readygo carries: of the tar.gz's bytes, and for newer releases of the unpacked files too. That hash came
 * from the log, and can only refuse.
 */
export async function findPinnedClaim(context: TrustContext): Promise<Claim | undefined> {
  const expected = statementOf(context, await loadManifest(), "manifest");
  const pinnedH1 = await findPinnedH1(context);
  const claim = expected && claimOfHash(`the pinned manifest states sha256 ${expected.sha256}`, expected);
  if (pinnedH1 === undefined) return claim;
  return {
    evidence: undefined,
    ...claim,
    async hold(received) {
      await claim?.hold(received);
      requireTree(received.h1(), { h1: pinnedH1, by: "the pinned manifest" });
    },
  };
}

/** The publisher's JSON, of the archive's bytes. @throws RequestFailure */
export async function askPublisher(context: TrustContext): Promise<Claim> {
  const expected = statementOf(context, await context.publisher.list(), "publisher");
  if (expected !== undefined) return claimOfHash(`the publisher's JSON states sha256 ${expected.sha256}`, expected);
  throw new RequestFailure("absent", "https://go.dev/dl/?mode=json", "it states no hash of this archive");
}

function claimOfHash(evidence: string, expected: ExpectedArchive): Claim {
  return { evidence, expected, hold: ({ bytes, from }) => checkArchiveDigest(bytes, expected, from) };
}

function statementOf(
  { version, architecture }: TrustContext,
  releases: readonly Release[],
  by: "manifest" | "publisher",
): ExpectedArchive | undefined {
  const statements = releases
    .filter((release) => release.version === version)
    .flatMap((release) => release.archives[architecture]?.statements ?? []);
  const stated = statements.find((statement) => statement.by === by && statement.sha256 !== undefined);
  if (stated?.sha256 === undefined) return undefined;
  return { sha256: stated.sha256, ...(stated.size === undefined ? {} : { size: stated.size }) };
}
