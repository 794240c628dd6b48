import type { DoctorContext } from "../doctor/doctor-context.ts";
import { hideRemote } from "../doctor/hide-remote.ts";
import { createPackageFinder } from "../doctor/trees/find-package.ts";
import { type ExaminedGo, examineGos, type ModuleCache } from "../doctor/trees/examine-gos.ts";
import { createContextAsker } from "../environment/ask-contexts.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { describeFailure, RequestFailure } from "../errors/request-failure.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { spareMemory } from "../host/child/run-bounds.ts";
import { places } from "../host/places.ts";
import type { Account, ReadFiles } from "../host/ports.ts";
import type { Receipt } from "../host/state/receipt.ts";
import { openGoTreeLooker } from "../host/trees/go-tree-looker.ts";
import { openLookBudget } from "../host/trees/look-budget.ts";
import { readTreeVersion } from "../observe/observe-tree.ts";
import { parseElfArchitecture } from "../release/architecture.ts";
import { findPinnedH1, loadManifest } from "../release/catalogue.ts";
import { stopAfter } from "../trust/ask-log.ts";
import { listModuleCaches } from "../verify/account-settings.ts";
import { openShells } from "../verify/ask-shells.ts";
import type { PublicRelease } from "../verify/check.ts";
import { composeRows } from "../verify/context-row.ts";
import { checks } from "../verify/list-checks.ts";
import { isDoubtful, runChecks } from "../verify/run-checks.ts";
import { openPublicRelease } from "./open-public-release.ts";
import { chooseArchitecture } from "./prepare-install.ts";
import { type CheckContexts, openCheckContexts } from "./run-gate.ts";
import type { Session } from "./session.ts";

export interface OpenedDoctor {
  readonly context: DoctorContext;
  /** What was found of the host's other Gos; undefined where nobody has asked. */
  readonly examined: () => Promise<readonly ExaminedGo[]> | undefined;
  readonly close: () => Promise<void>;
}

/** What diagnostics look at on this host; nothing is asked before one of them does. */
export async function openDoctor(
  session: Session,
  { receipt, accounts }: { readonly receipt: Receipt | undefined; readonly accounts: readonly [Account, ...Account[]] },
): Promise<OpenedDoctor> {
  const { machine, processes, clock, http, request, port } = session;
  const mounts = machine.read(absolutePath("/proc/self/mountinfo"))?.toString("utf8") ?? "";
  const files = hideRemote(session.files, mounts);
  const release = await findRelease(session, files, receipt);
  const [account] = accounts;
  const contexts = await openCheckContexts(session, {
    receipt,
    manifest: undefined,
    // What remedies name where nothing is installed.
    desired: release ?? (await nameNewest(session)),
    unrunnable: release?.unrunnable ?? (release === undefined ? noRelease : null),
    accounts,
    isScratchNeeded: false,
  });
  let examined: Promise<readonly ExaminedGo[]> | undefined;
  const otherGos = (): Promise<readonly ExaminedGo[]> =>
    (examined ??= examine(session, receipt, () => findModuleCaches(session, contexts, accounts)));
  const checkTree = once(() =>
    release === undefined
      ? Promise.resolve([])
      : runChecks({
          checks: checks.filter(({ isProof }) => isProof === true),
          stop: session.stop,
          context: contexts.of(account),
          onResult: () => undefined,
        }),
  );
  const context: DoctorContext = {
    files,
    machine,
    processes,
    clock,
    http,
    root: request.root,
    env: port.env,
    receipt,
    release,
    accounts,
    timeoutMs: request.checkTimeoutMs,
    of: (each) => contexts.of(each),
    checkTree,
    otherGos,
    whyNotRun: once(async () => {
      if (release === undefined) return noRelease;
      if (release.unrunnable !== null) return release.unrunnable;
      // Who is not root endangers nobody but themselves.
      if (port.uid !== 0) return null;
      if (receipt === undefined) {
        const tree = (await otherGos()).find(({ path }) => path === places.goroot);
        return tree?.finding.status === "pass" ? null : `${places.goroot} is not proven to be a public release`;
      }
      const doubtful = (await checkTree()).find((result) => isDoubtful(result, true));
      return doubtful === undefined ? null : `nothing is run from a tree of which ${doubtful.id} has not passed`;
    }),
    rows: once(async () => {
      const options = {
        shellMs: Math.min(request.checkTimeoutMs, 10_000),
        shells: await openShells(contexts.of(account)),
      };
      const asker = createContextAsker({ files, processes }, options);
      const answers = (await Promise.all(accounts.map((each) => asker.ask(each)))).flat();
      return composeRows({ files, processes }, answers, release?.version ?? "");
    }),
    readHome: async (owner, path) => {
      try {
        return (await session.home(owner.name).read(path))?.content.toString("utf8");
      } catch {
        return undefined;
      }
    },
  };
  return { context, examined: () => examined, close: () => contexts.close() };
}

const noRelease = `there is no Go release at ${places.goroot}`;

function once<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let answer: Promise<Answer> | undefined;
  return () => (answer ??= ask());
}

type FoundRelease = NonNullable<DoctorContext["release"]> & { readonly unrunnable: string | null };

async function findRelease(
  session: Session,
  files: ReadFiles,
  receipt: Receipt | undefined,
): Promise<FoundRelease | undefined> {
  const { request } = session;
  const elf = files.readStart(places.goBinary, 64);
  const version = readTreeVersion(files) ?? receipt?.version;
  const own = receipt?.architecture ?? (elf === undefined ? undefined : parseElfArchitecture(elf));
  if (version === undefined || own === undefined || elf === undefined) return undefined;
  const { architecture, unrunnable } = await chooseArchitecture(session, {
    architecture: request.root === "" ? undefined : own,
    receipt,
  }).catch((error: unknown) => {
    // A userland of another kind is a finding; here it only means that nothing is run.
    if (!(error instanceof ProvisionError) || error.code !== "arch-unsupported") throw error;
    return { architecture: own, unrunnable: error.message };
  });
  const found = parseElfArchitecture(elf);
  const isOther = found !== undefined && found !== architecture && unrunnable === null;
  const why = isOther ? `its go is for linux/${found}, this host is ${architecture}` : unrunnable;
  return { version: receipt?.version ?? version, architecture: own, unrunnable: why };
}

async function nameNewest(session: Session): Promise<NonNullable<DoctorContext["release"]>> {
  const [newest] = await loadManifest();
  if (newest === undefined) throw new Error("the manifest of releases is empty");
  const { architecture } = await chooseArchitecture(session, { architecture: "amd64", receipt: undefined }).catch(
    () => ({
      architecture: "amd64" as const,
    }),
  );
  return { version: newest.version, architecture };
}

/** Within one run's bounds: its time is the network's too. */
async function examine(
  session: Session,
  receipt: Receipt | undefined,
  moduleCaches: () => Promise<readonly ModuleCache[]>,
): Promise<readonly ExaminedGo[]> {
  spareMemory();
  const budget = openLookBudget(session.clock);
  const patience = stopAfter(budget.leftMs(), session.stop);
  const unseen: AbsolutePath[] = [];
  const files = hideSettings(session.files, unseen);
  const machine = session.request.root === "" ? files : session.machine;
  const { http, publisher, clock, port, request, account, home, emit } = session;
  const asking = { http, publisher, clock, port, request, account, home, emit, files, machine, stop: patience.signal };
  try {
    return await examineGos({
      account: session.account(),
      moduleCaches,
      isOurs: receipt !== undefined,
      openLooker: (account) =>
        openGoTreeLooker({
          account,
          root: session.request.root,
          entry: session.port.entry,
          budget,
          stop: session.stop,
        }),
      findPackage: createPackageFinder(session.files),
      onTree: () => undefined,
      onLeftOut: ({ path }) => void unseen.push(path),
      findPinnedH1,
      openPublicRelease: (release) => endWith(patience.signal, openPublicRelease(asking, release)),
    });
  } finally {
    patience.clear();
  }
}

/** Where the accounts' own go keeps modules, as their shells and `go env -w` have it; under --root by default only. */
async function findModuleCaches(
  session: Session,
  contexts: CheckContexts,
  accounts: readonly Account[],
): Promise<readonly ModuleCache[]> {
  const ofAccounts = accounts.map(async (account): Promise<readonly ModuleCache[]> => {
    const paths = session.request.root === "" ? await listModuleCaches(contexts.of(account)) : [];
    return [...new Set([...paths, absolutePath(account.home, "go/pkg/mod")])].map((path) => ({ account, path }));
  });
  return (await Promise.all(ofAccounts)).flat();
}

/**
 * The settings that say whom to ask are read by this process, those of the host's Gos among them: not where looking at a Go
 * came to no end. That may be the whole host ("/").
 */
function hideSettings(files: ReadFiles, unseen: readonly AbsolutePath[]): ReadFiles {
  const isUnseen = (path: AbsolutePath): boolean =>
    path.endsWith("/go.env") && unseen.some((place) => place === "/" || path.startsWith(`${place}/`));
  return { ...files, read: (path, maxBytes) => (isUnseen(path) ? undefined : files.read(path, maxBytes)) };
}

/** The settings that say whom to ask are read from a home, which has a bound of its own. */
function endWith(signal: AbortSignal, release: PublicRelease): PublicRelease {
  const over = new Promise<never>((_resolve, reject) => {
    const end = (): void => reject(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
  over.catch(() => undefined);
  return {
    async askLog() {
      try {
        return await Promise.race([release.askLog(), over]);
      } catch (error) {
        if (!(error instanceof RequestFailure)) throw error;
        return { why: `it cannot be asked: ${describeFailure(error)}`, cause: error };
      }
    },
    listModule: (scratch) => Promise.race([release.listModule(scratch), over]),
  };
}
