import { readReceipt, type Receipt } from "../host/state/receipt.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { absolutePath } from "../host/absolute-path.ts";
import { decideArchitecture, findMount, readArchitectureWitnesses, readImageArchitecture } from "../host/host-facts.ts";
import { places } from "../host/places.ts";
import { openReaders } from "../sources/open-readers.ts";
import { isShellNeeded, observeHost, observeShells } from "../observe/observe-host.ts";
import { observeAdditions } from "../observe/observe-tree.ts";
import { type FileSystem, noteExchange } from "../plan/note-exchange.ts";
import type { DesiredState } from "../plan/desired-state.ts";
import type { ObservedState } from "../plan/observed-state.ts";
import type { Plan } from "../plan/plan.ts";
import { planInstall } from "../plan/plan-install.ts";
import { resolveVersion, type ResolvedVersion } from "../sources/resolve-version.ts";
import type { Architecture } from "../release/architecture.ts";
import { readBundleIndex } from "../sources/bundle-index.ts";
import { loadManifest } from "../release/catalogue.ts";
import { type GoLanguage, type GoVersion, isBefore } from "../release/go-version.ts";
import type { Release } from "../release/release.ts";
import { isKnownMirror } from "../sources/known-sources.ts";
import { chooseGoproxy, isChosenProxy, type Source, type SourceRequest } from "../sources/source.ts";
import { readGoproxySettings } from "../sources/read-go-setting.ts";
import { listCatalogueOrigins } from "../sources/list-catalogue-origins.ts";
import { readReleaseRequest } from "./read-version-file.ts";
import type { InstallRequest } from "./request.ts";
import { readFollowedReceipt } from "./follow-homes.ts";
import { noteBuilds } from "./wait-for-builds.ts";
import type { Session } from "./session.ts";

/** What was asked for, resolved once: the rest of a run does not ask the network for it again. */
export interface ResolvedInstall {
  readonly architecture: Architecture;
  readonly version: GoVersion;
  readonly release: Release | undefined;
  /** Resolved when first asked for: a run without network asks no home and no go.env for a proxy. */
  sources(): Promise<readonly Source[]>;
  /** Null where the tree's programs run here, else why not. */
  readonly unrunnable: string | null;
}

/** What `plan` prints and `install` applies. */
export interface PreparedInstall extends ResolvedInstall {
  readonly desired: DesiredState;
  readonly observed: ObservedState;
  readonly plan: Plan;
}

/** Asks the network only where the version cannot be chosen without it. */
export async function resolveInstall(session: Session, request: InstallRequest): Promise<ResolvedInstall> {
  const receipt = readReceipt(session.files);
  const { architecture, unrunnable } = await chooseArchitecture(session, {
    architecture: request.architecture,
    receipt,
  });
  let resolved: Promise<readonly Source[]> | undefined;
  const sources = (): Promise<readonly Source[]> => (resolved ??= resolveSources(session, request));
  const { version, release } = await chooseVersion(session, request, { architecture, receipt, sources });
  refuseUnverifiable(version);
  return { architecture, unrunnable, sources, version, release };
}

/** Before it go could not build for another architecture without a C compiler for that. */
const oldestLine = "1.5" as GoLanguage;

/** @throws ProvisionError `version-too-old` */
function refuseUnverifiable(version: GoVersion | GoLanguage): void {
  if (!isBefore(version, oldestLine)) return;
  throw new ProvisionError(
    "version-too-old",
    `go${version.replace(/^go/, "")} cannot be verified: readygo's checks need go${oldestLine} or newer`,
    {
      remedy: [`readygo install ${oldestLine}  is the oldest line that they know`],
    },
  );
}

/**
 * Looks and thinks; writes nothing.
 *
 * @param earlier what this run has seen before it had the lock: shells whose files are the same are not asked again
 */
export async function prepareInstall(
  session: Session,
  request: InstallRequest,
  resolved: ResolvedInstall,
  earlier?: ObservedState,
): Promise<PreparedInstall> {
  const { version, architecture } = resolved;
  const account = session.account();
  const { isEditingRcFiles, hasLinks, hasGobin, isKeepingTools, policy, sha256 } = request;
  const desired: DesiredState = {
    version,
    architecture,
    account,
    isEditingRcFiles,
    hasLinks,
    hasGobin,
    isKeepingTools,
    policy,
    sha256,
  };
  const observeRequest = {
    receipt: readFollowedReceipt(session),
    account,
    isEditingRcFiles,
    isThorough: request.isRepairing,
    isNative: session.request.root === "",
    timeoutMs: session.request.checkTimeoutMs,
  };
  let observed = await observeHost(session, observeRequest);
  let plan = planInstall(desired, observed);
  const isSomethingToDo = plan.steps.length > 0 || request.isRepairing || isShellNeeded(observed);
  if (observeRequest.isNative && isSomethingToDo) {
    const known = earlier !== undefined && hasSameFiles(earlier, observed) ? earlier.shells : undefined;
    observed = await observeShells(session, observeRequest, observed, known);
    plan = planInstall(desired, observed);
  }
  const isReplacing = plan.steps.some(({ kind }) => kind === "install-tree") && observed.tree.kind === "directory";
  if (isReplacing) {
    observed = { ...observed, tree: observeAdditions(session.files, observed.tree, observed.receipt) };
    plan = planInstall(desired, observed);
  }
  const notes = isReplacing ? [...noteExchange(readFileSystem(session)), ...noteBuilds(session)] : [];
  return { ...resolved, desired, observed, plan: { ...plan, notes: [...plan.notes, ...notes] } };
}

function hasSameFiles(one: ObservedState, other: ObservedState): boolean {
  const reduce = ({ profile, links, rcFiles }: ObservedState): string =>
    JSON.stringify([profile.sha256, links.found, rcFiles.map(({ path, sha256 }) => [path, sha256])]);
  return reduce(one) === reduce(other);
}

/** What /usr/local lies on; undefined where the mount table does not tell. */
export function readFileSystem({ files, machine }: Session): FileSystem | undefined {
  const read = (path: string): string => machine.read(absolutePath(path))?.toString("utf8") ?? "";
  const mount = findMount(read("/proc/self/mountinfo"), files.locate(places.usrLocal));
  if (mount === undefined) return undefined;
  return { ...mount, isRedirectDefault: read("/sys/module/overlay/parameters/redirect_dir").trim() === "Y" };
}

export async function chooseArchitecture(
  session: Session,
  request: { readonly architecture: Architecture | undefined; readonly receipt: Receipt | undefined },
): Promise<{ architecture: Architecture; unrunnable: string | null }> {
  const wanted = request.architecture;
  if (session.request.root !== "") {
    const architecture = wanted ?? request.receipt?.architecture ?? readImageArchitecture(session.files);
    if (architecture === undefined) {
      throw new ProvisionError(
        "arch-unsupported",
        `the image under ${session.request.root} does not tell its architecture`,
        { remedy: ["name it: --arch amd64 or --arch arm64"] },
      );
    }
    return { architecture, unrunnable: "nothing in an image under --root is run" };
  }
  const { architecture, note } = decideArchitecture(
    await readArchitectureWitnesses(session.machine, session.processes),
  );
  if (note !== undefined) session.emit({ kind: "notice", text: note });
  if (wanted !== undefined && wanted !== architecture) {
    throw new ProvisionError("arch-unsupported", `--arch ${wanted} was asked for, and this host is ${architecture}`);
  }
  return { architecture, unrunnable: null };
}

export async function resolveSources(session: Session, request: InstallRequest): Promise<readonly Source[]> {
  const resolved = await resolveEach(session, request.sources);
  return request.areSourcesUsual ? putChosenProxyFirst(resolved) : resolved;
}

/** One source for each. */
export async function resolveEach(session: Session, sources: readonly SourceRequest[]): Promise<readonly Source[]> {
  const settings = await readGoproxySettings(session);
  return sources.map((source): Source => {
    if (source.kind !== "goproxy") return source;
    return source.list === undefined ? chooseGoproxy(settings) : { kind: "goproxy", list: source.list, origin: "flag" };
  });
}

/** Where somebody has said which proxy this host is to use, the publisher's host in China is for when that fails too. */
function putChosenProxyFirst(sources: readonly Source[]): readonly Source[] {
  const isLast = (source: Source): boolean => source.kind === "publisher" && source.name === "publisher-china";
  const hasChosen = sources.some((source) => source.kind === "goproxy" && isChosenProxy(source));
  if (!hasChosen) return sources;
  return [...sources.filter((source) => !isLast(source)), ...sources.filter(isLast)];
}

/** Asks origins only where the manifest does not answer; who could not be asked is named in a notice. */
export async function chooseVersion(
  session: Session,
  request: InstallRequest,
  host: {
    readonly architecture: Architecture;
    readonly receipt: Receipt | undefined;
    readonly sources: () => Promise<readonly Source[]>;
  },
): Promise<ResolvedVersion> {
  const { architecture, receipt, sources } = host;
  const asked = await readReleaseRequest(session, request);
  // Whoever names it so needs nobody's answer.
  if (asked.kind !== "latest") refuseUnverifiable(asked.kind === "line" ? asked.line : asked.version);
  const resolved = await resolveVersion({
    request: asked,
    architecture,
    installed: receipt?.architecture === architecture ? receipt.version : undefined,
    manifest: loadManifest,
    isManifestOffered: async () => !(await hasOnlyWhatIsListed(session, request)),
    origins: async () => listCatalogueOrigins(session, await sources(), architecture),
  });
  for (const { origin, failure } of resolved.failures) {
    session.emit({
      kind: "notice",
      text: `${origin} cannot be asked (${failure.message}); going on with what the others know`,
    });
  }
  return resolved;
}

/** Directories, files and bundles have what they list, and no release besides. */
async function hasOnlyWhatIsListed(session: Session, request: InstallRequest): Promise<boolean> {
  const answers = request.sources.map(async (source) => {
    if (source.kind !== "base-url") return source.kind === "directory" || source.kind === "file";
    const { readText } = openReaders(session);
    return !isKnownMirror(source.url) && (await readBundleIndex(source.url, readText)) !== undefined;
  });
  return (await Promise.all(answers)).every(Boolean);
}
