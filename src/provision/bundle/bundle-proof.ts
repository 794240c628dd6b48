import type { AcquireContext, AcquiredRelease } from "../../apply/acquire/acquire-context.ts";
import type { TrustPolicy } from "../../trust/trust-policy.ts";
import { acquireFromFile } from "../../apply/acquire/acquire-from-file.ts";
import { checkStagedTree } from "../../apply/check-staged-tree.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import type { BundleDirectory } from "../../host/bundle-directory.ts";
import { absolutePath, type AbsolutePath } from "../../host/absolute-path.ts";
import { createSystemFiles } from "../../host/system-files.ts";
import type { Architecture } from "../../release/architecture.ts";
import type { Release } from "../../release/release.ts";
import { fileUrl } from "../../sources/file-url.ts";
import type { GoVersion } from "../../release/go-version.ts";
import type { PublisherHost } from "../../sources/publisher.ts";
import type { Session } from "../session.ts";

/** What is to be in the bundle. */
export interface BundleTarget {
  readonly version: GoVersion;
  readonly architecture: Architecture;
  /** What the pinned manifest and the publisher know of it. */
  readonly release: Release | undefined;
  readonly policy: TrustPolicy;
}

/**
 * Proves an archive just as a host without a network will, by the code that installs there: readygo's own manifest, and
 * what lies in the bundle. Unpacked for that inside the bundle, and removed again.
 *
 * @throws ProvisionError `checksum-unknown` where such a host could not trust it, `checksum-mismatch`, `archive-hostile`, `tree-wrong`
 */
export async function proveAsOffline(
  session: Session,
  directory: BundleDirectory,
  target: BundleTarget,
  { archive, signaturesIn = directory.path }: { readonly archive: AbsolutePath; readonly signaturesIn?: AbsolutePath },
): Promise<AcquiredRelease> {
  const context: AcquireContext = {
    ...target,
    release: target.release === undefined ? undefined : pinnedOnly(target.release),
    sha256: undefined,
    http: offlineHttp,
    publisher: offlinePublisher,
    limits: session.limits,
    files: session.machine,
    machine: session.machine,
    system: createSystemFiles(session.machine),
    emit: session.emit,
    stop: session.stop,
    logProxies: [],
    isSudo: false,
    signaturesIn,
    ...(directory.has("sumdb/sum.golang.org/lookup") ? { bundledLog: fileUrl(directory.path) } : {}),
  };
  const tree = directory.makeTree();
  try {
    const acquired = await acquireFromFile(context, { kind: "file", path: absolutePath(archive) }, tree);
    // A signature is over bytes, not over a name: an older release under this one's name would have passed.
    await checkStagedTree(session.machine, session.processes, { ...target, tree, isRunnable: false });
    return acquired;
  } finally {
    directory.makeTree();
  }
}

/** What the publisher's JSON said today, a host without a network will not know. */
function pinnedOnly(release: Release): Release {
  const archives = Object.entries(release.archives).map(([architecture, archive]) => [
    architecture,
    { ...archive, statements: archive.statements.filter(({ by }) => by === "manifest") },
  ]);
  return { ...release, archives: Object.fromEntries(archives) as Release["archives"] };
}

const refuse = (url: string): Promise<never> =>
  Promise.reject(new RequestFailure("unreachable", url, "the network is not asked"));

const offlineHttp: AcquireContext["http"] = {
  readText: refuse,
  readBytes: refuse,
  openBody: refuse,
  findWay: () => undefined,
  close: () => Promise.resolve(),
};

const offlineHost: PublisherHost = {
  failure: undefined,
  list: () => refuse(""),
  openArchive: refuse,
};
const offlinePublisher: AcquireContext["publisher"] = { ...offlineHost, inChina: offlineHost };
