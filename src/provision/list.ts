import { readTreeVersion } from "../observe/observe-tree.ts";
import { readReceipt, type Receipt } from "../host/state/receipt.ts";
import { places } from "../host/places.ts";
import { readUnfinished, type UnfinishedFile } from "../apply/unfinished-files.ts";
import type { Architecture } from "../release/architecture.ts";
import type { InstallRequest } from "./request.ts";
import { loadAdvisories } from "../release/advisories.ts";
import { createReleaseJudge, type ReleaseJudge } from "../release/release-health.ts";
import { loadManifest, mergeCatalogues, type Catalogue } from "../release/catalogue.ts";
import type { GoVersion } from "../release/go-version.ts";
import { listCatalogueOrigins } from "../sources/list-catalogue-origins.ts";
import { askOrigins } from "../sources/resolve-version.ts";
import { chooseArchitecture, resolveSources } from "./prepare-install.ts";
import type { Session } from "./session.ts";

export interface KnownReleases {
  readonly architecture: Architecture;
  readonly installed: GoVersion | undefined;
  /** Whether readygo installed it. */
  readonly isOurs: boolean;
  /** Undefined where there is none, and for all but root, who alone can read it. */
  readonly receipt: Receipt | undefined;
  readonly unfinished: readonly UnfinishedFile[];
  /** Those that there are for the architecture, newest first. */
  readonly available: Catalogue;
  /** What is known against a release, by all that the sources know. */
  readonly judge: ReleaseJudge;
}

/** What the sources offer, and what of it is here. */
export async function list(
  session: Session,
  request: InstallRequest & { readonly isQuick: boolean },
): Promise<KnownReleases> {
  const isRoot = session.port.uid === 0;
  const receipt = isRoot ? readReceipt(session.files) : undefined;
  // Only root can read the receipt; that there is a state tells enough.
  const isOurs = receipt !== undefined || (!isRoot && session.files.stat(places.state) !== undefined);
  const { architecture } = await chooseArchitecture(session, { architecture: request.architecture, receipt });
  const installed = receipt?.version ?? readTreeVersion(session.files);
  const sources = request.isQuick ? [] : await resolveSources(session, request);
  const origins = request.isQuick ? [] : listCatalogueOrigins(session, sources, architecture);
  const catalogue = await readCatalogue(session, origins);
  const available = catalogue.filter((release) => release.archives[architecture] !== undefined);
  const unfinished = isRoot ? readUnfinished(session.files) : [];
  const judge = createReleaseJudge(catalogue, await loadAdvisories());
  return { architecture, installed, isOurs, receipt, unfinished, available, judge };
}

async function readCatalogue(session: Session, origins: ReturnType<typeof listCatalogueOrigins>): Promise<Catalogue> {
  const answers = await askOrigins(origins);
  for (const { failed } of answers) {
    if (failed === undefined) continue;
    session.emit({ kind: "notice", text: `${failed.origin} cannot be asked: ${failed.failure.message}` });
  }
  return mergeCatalogues(await loadManifest(), ...answers.map(({ releases }) => releases));
}
