import { ProvisionError } from "../../errors/provision-error.ts";
import { toDiskFailure } from "../../fetch/unpack/describe-disk-failure.ts";
import type { AbsolutePath } from "../../host/absolute-path.ts";
import { openBundleDirectory, type BundleDirectory } from "../../host/bundle-directory.ts";
import { decideArchitecture, readArchitectureWitnesses } from "../../host/host-facts.ts";
import type { Architecture } from "../../release/architecture.ts";
import { compareGoVersions, type GoVersion } from "../../release/go-version.ts";
import {
  type BundledRelease,
  bundleIndexName,
  formatBundleIndex,
  parseBundleIndex,
} from "../../sources/bundle-index.ts";
import { resolveSources, chooseVersion } from "../prepare-install.ts";
import type { InstallRequest } from "../request.ts";
import type { Session } from "../session.ts";
import { bundleLog } from "./bundle-log.ts";
import { bundleProgram } from "./bundle-program.ts";
import type { BundleTarget } from "./bundle-proof.ts";
import { bundleRelease } from "./bundle-release.ts";

export interface BundleRequest {
  readonly output: AbsolutePath;
  /** Undefined: this host's. */
  readonly architectures: readonly Architecture[] | undefined;
  /** One for each version that was asked for. */
  readonly installs: readonly InstallRequest[];
}

export interface BundleResult {
  readonly output: AbsolutePath;
  /** Names of the files that were written. */
  readonly added: readonly string[];
  readonly releases: readonly BundledRelease[];
  readonly version: GoVersion | undefined;
}

/** Writes releases and their proofs into a directory, for hosts that have no network. */
export async function bundle(session: Session, request: BundleRequest): Promise<BundleResult> {
  try {
    const directory = openBundleDirectory(request.output);
    return await writeBundle(session, await resolveTargets(session, request), directory);
  } catch (error) {
    throw toDiskFailure(error, request.output);
  }
}

async function writeBundle(
  session: Session,
  targets: readonly BundledTarget[],
  directory: BundleDirectory,
): Promise<BundleResult> {
  const text = directory.read(bundleIndexName)?.toString("utf8");
  const before = text === undefined ? undefined : parseBundleIndex(text);
  if (text !== undefined && before === undefined)
    throw new ProvisionError("output-differs", `${directory.path}/${bundleIndexName} is no index of a bundle`);
  const entries = new Map(before?.releases.map((entry) => [entry.file, entry]));
  const added: string[] = [];
  for (const { target, sources } of targets) {
    added.push(...((await bundleLog(session, directory, target, { sources, others: [...entries.values()] })) ?? []));
    const { entry, added: files } = await bundleRelease(session, directory, target, sources);
    // Where its bytes came from is known to the run that fetched them.
    entries.set(entry.file, entry.from === "" ? { ...entry, from: entries.get(entry.file)?.from ?? "" } : entry);
    added.push(...files);
  }
  const program = bundleProgram(session, directory);
  added.push(...program.added);
  const releases = [...entries.values()].toSorted(byVersion);
  const createdBy = before?.createdBy ?? `readygo/${session.port.version}`;
  const index = { format: 1, createdBy, program: program.name ?? before?.program ?? null, releases } as const;
  const list = "golang.org/toolchain/@v/list";
  const modules = releases.flatMap(({ file }) => /([^/]+)\.zip$/.exec(file)?.[1] ?? []);
  if (modules.length > 0 && directory.replace(list, modules.map((name) => `${name}\n`).join(""))) added.push(list);
  if (directory.replace(bundleIndexName, formatBundleIndex(index))) added.push(bundleIndexName);
  directory.removeParts();
  return { output: directory.path, added, releases, version: targets[0]?.target.version };
}

interface BundledTarget {
  readonly target: BundleTarget;
  readonly sources: Awaited<ReturnType<typeof resolveSources>>;
}

/** Every version that was asked for, for every architecture that was. */
async function resolveTargets(session: Session, request: BundleRequest): Promise<readonly BundledTarget[]> {
  const architectures = request.architectures ?? [
    decideArchitecture(await readArchitectureWitnesses(session.machine, session.processes)).architecture,
  ];
  const targets: BundledTarget[] = [];
  for (const architecture of architectures) {
    for (const install of request.installs) {
      const sources = await resolveSources(session, install);
      const host = { architecture, receipt: undefined, sources: async () => sources };
      const { version, release } = await chooseVersion(session, install, host);
      targets.push({ sources, target: { version, release, architecture, policy: install.policy } });
    }
  }
  return targets;
}

function byVersion(a: BundledRelease, b: BundledRelease): number {
  return compareGoVersions(b.version, a.version) || (a.architecture < b.architecture ? -1 : 1);
}
