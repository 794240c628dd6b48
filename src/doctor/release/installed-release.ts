import { RequestFailure } from "../../errors/request-failure.ts";
import { loadAdvisories } from "../../release/advisories.ts";
import { type Catalogue, loadManifest, mergeCatalogues } from "../../release/catalogue.ts";
import { parsePublisherJson } from "../../release/publisher-json.ts";
import type { Release } from "../../release/release.ts";
import { createReleaseJudge, type ReleaseHealth } from "../../release/release-health.ts";
import { isWholeJson } from "../../fetch/http/whole-texts.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { oncePerRun } from "../doctor-context.ts";

/** What is known against the release at /usr/local/go. */
export interface InstalledRelease {
  readonly health: ReleaseHealth;
  /** When the vulnerability database, as readygo carries it, was last changed. */
  readonly databaseOf: string;
}

/** Undefined where there is no release. */
export const judgeInstalled = oncePerRun(async (context): Promise<InstalledRelease | undefined> => {
  const { release } = context;
  if (release === undefined) return undefined;
  const [manifest, published, advisories] = await Promise.all([
    loadManifest(),
    askPublisher(context),
    loadAdvisories(),
  ]);
  const offered: Catalogue = mergeCatalogues(manifest, published).filter(
    ({ archives }) => archives[release.architecture] !== undefined,
  );
  const health = createReleaseJudge(offered, advisories)(release.version);
  return { health, databaseOf: advisories.modified };
});

/** The lines that are supported today, and no others: a short list. */
const currentUrl = "https://go.dev/dl/?mode=json";
const bound = { maxBytes: 1024 * 1024, timeoutMs: 2_000, isWhole: isWholeJson };

/** Nothing where it does not answer soon: what readygo carries has to do. An image has no network of its own. */
async function askPublisher({ http, root }: DoctorContext): Promise<readonly Release[]> {
  if (root !== "") return [];
  try {
    return parsePublisherJson(await http.readText(currentUrl, bound), { origin: "publisher", url: currentUrl });
  } catch (error) {
    if (error instanceof RequestFailure) return [];
    throw error;
  }
}
