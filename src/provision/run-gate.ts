import { networkVariables } from "../verify/checks/mod-download.ts";
import type { CheckResult } from "../errors/event.ts";
import { findPinnedH1 } from "../release/catalogue.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { absolutePath } from "../host/absolute-path.ts";
import { mostBuildsAtOnce } from "../host/child/run-bounds.ts";
import { openAccountScratch, type AccountScratch } from "../host/child/account-scratch.ts";
import type { ShellAnswers } from "../environment/shell-answer.ts";
import type { Account } from "../host/ports.ts";
import type { ProcessPort } from "../host/process-port.ts";
import { places } from "../host/places.ts";
import type { Receipt } from "../host/state/receipt.ts";
import { readStoredManifest } from "../host/state/stored-manifest.ts";
import { makeScratch } from "../host/scratch.ts";
import { type KnownHashes, scanHashedTree } from "../host/trees/scan-hashed-tree.ts";
import { scanTree } from "../host/trees/scan-tree.ts";
import { type TreeManifest, type TreeScan } from "../release/tree-manifest.ts";
import { askPublicProxies } from "../sources/public-proxies.ts";
import type { Check, CheckContext, PublicRelease } from "../verify/check.ts";
import { checks } from "../verify/list-checks.ts";
import { runChecks } from "../verify/run-checks.ts";
import { aimAtImage } from "../errors/aim-at-image.ts";
import { nameVersion } from "../errors/name-version.ts";
import type { Session } from "./session.ts";

/** Settings of a user's own go command that its downloads depend on; everything else would blur what is tested. */
const passedNames = [
  ...networkVariables,
  "GOPROXY",
  "GOSUMDB",
  "GONOSUMDB",
  "GONOPROXY",
  "GOPRIVATE",
  "GOINSECURE",
] as const;

export interface GateRequest {
  readonly receipt: Receipt | undefined;
  /** Of the tree that was just unpacked; undefined: the stored one. */
  readonly manifest: TreeManifest | undefined;
  /** What this run has hashed of the tree already; undefined: every file is read. */
  readonly hashed?: KnownHashes | undefined;
  /** How `verify` asks for what is public of it. */
  readonly publicRelease?: PublicRelease;
  readonly desired: Pick<Receipt, "version" | "architecture">;
  readonly unrunnable: string | null;
  /** What the account's shells had before anything was changed. */
  readonly shellsBefore?: ShellAnswers | undefined;
  /** False with --no-rc: then the home's shells are not readygo's to answer for. */
  readonly isHomeManaged?: boolean;
  /** Whether each result is reported as it comes; `verify` prints them all at its end, unless quiet. Default true. */
  readonly isTold?: boolean;
  /** Whether builds do without what proves nothing of the tree. Default: false. */
  readonly isHasty?: boolean;
  /** False where only files of shells changed: then layer 3 has nothing new to show. */
  readonly isTreeNew: boolean;
  /** Whose launch contexts are looked at; default: the account's and root's. */
  readonly accounts?: readonly Account[];
}

/** Runs the checks given, and reports each in the order of the list. */
export async function runChosenChecks(
  session: Session,
  request: Omit<GateRequest, "isTreeNew"> & { readonly isScratchNeeded?: boolean },
  chosen: readonly Check[],
): Promise<readonly CheckResult[]> {
  const contexts = await openCheckContexts(session, request);
  const account = request.accounts?.[0] ?? session.account();
  const aim = (result: CheckResult): CheckResult => ({
    ...result,
    remedy:
      result.remedy === null
        ? null
        : nameVersion(aimAtImage(result.remedy, session.request.root), request.desired.version.slice(2)),
  });
  try {
    const results = await runChecks({
      checks: chosen,
      stop: session.stop,
      onLong: (id) => session.emit({ kind: "step", text: `${id} (minutes)` }),
      onTimed: (timing) => session.timings.push(timing),
      context: contexts.of(account),
      onResult: (result) => {
        session.checks.push(aim(result));
        if (request.isTold !== false) session.emit({ kind: "check", result: aim(result) });
      },
    });
    return results.map(aim);
  } finally {
    await contexts.close();
  }
}

export interface CheckContexts {
  /** What a check looks at for an account; always the same object, by which its questions are asked once. */
  of(account: Account): CheckContext;
  close(): Promise<void>;
}

/** One tree, one scratch directory, and what checks look at for any account. */
export async function openCheckContexts(
  session: Session,
  request: Omit<GateRequest, "isTreeNew" | "isTold"> & {
    /** False where checks that build nothing are to be made even on a full disk. Default: true. */
    readonly isScratchNeeded?: boolean;
  },
): Promise<CheckContexts> {
  const scratch = request.isScratchNeeded === false ? makeScratchIfPossible() : makeScratch();
  const opened = new Map<string, { readonly context: CheckContext; readonly scratch: AccountScratch }>();
  let scan: TreeScan | undefined;
  const pinnedH1 = await findPinnedH1(request.desired);
  const manifest = request.manifest ?? readStoredManifest(session.files, request.receipt);
  const readTree = (): TreeScan => {
    const root = session.files.locate(places.goroot);
    return request.hashed === undefined ? scanTree(root, { hash: true }) : scanHashedTree(root, request.hashed);
  };
  const compose = (account: Account, accountScratch: AccountScratch): CheckContext => ({
    files: session.files,
    processes: session.processes,
    clock: session.clock,
    version: request.desired.version,
    architecture: request.desired.architecture,
    receipt: request.receipt,
    pinnedH1,
    scanTree: () => (scan ??= readTree()),
    isHashedBefore: request.hashed !== undefined,
    publicRelease: request.publicRelease,
    askPublicProxies: (module) => askPublicProxies(session.http, module, session.stop),
    manifest,
    account,
    accounts: request.accounts ?? chooseAccounts(session, account),
    onContexts: (rows) => session.contexts.push(...rows),
    ...(request.isHomeManaged === undefined ? {} : { isHomeManaged: request.isHomeManaged }),
    unrunnable: request.unrunnable,
    shellsBefore: request.shellsBefore,
    passedEnvironment: passEnvironment(account, session.port),
    scratch: absolutePath(scratch.path),
    accountScratch: () => accountScratch.path(),
    module: session.request.module,
    timeoutMs: session.request.checkTimeoutMs,
    isRoot: session.port.uid === 0,
    mostBuilds: mostBuildsAtOnce(),
    isHasty: request.isHasty ?? false,
  });
  return {
    of(account) {
      let known = opened.get(account.name);
      if (known === undefined) {
        const accountScratch = openAccountScratch(account, scratch.path);
        known = { context: compose(account, accountScratch), scratch: accountScratch };
        opened.set(account.name, known);
      }
      return known.context;
    },
    async close() {
      scratch.remove();
      await Promise.all([...opened.values()].map((each) => each.scratch.remove()));
    },
  };
}

function makeScratchIfPossible(): ReturnType<typeof makeScratch> {
  try {
    return makeScratch();
  } catch {
    // What needs it fails where it writes, and says so.
    return { path: "/nonexistent/readygo", remove: () => undefined };
  }
}

/** The account and root. */
export function chooseAccounts({ accounts }: Session, account: Account): readonly Account[] {
  const root = accounts.find(({ uid }) => uid === 0);
  return root === undefined || account.uid === 0 ? [account] : [account, root];
}

function passEnvironment(account: Account, port: ProcessPort): Readonly<Record<string, string>> {
  const isAccounts = account.uid === port.uid || [port.env["SUDO_USER"], port.env["DOAS_USER"]].includes(account.name);
  if (!isAccounts) return {};
  return Object.fromEntries(
    passedNames.flatMap((name) => {
      const value = port.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/**
 * The gate of `install`: layer 1 always, the others unless --no-verify.
 *
 * @throws ProvisionError `gate-failed`, which makes the transaction put everything back, unless --keep-failed
 */
export async function runGate(
  session: Session,
  options: { readonly isVerifying: boolean; readonly isKeepingFailed: boolean },
  request: GateRequest,
): Promise<void> {
  session.emit({ kind: "step", text: "verifying" });
  const deepest = !options.isVerifying ? 1 : request.isTreeNew ? 3 : 2;
  const chosen = checks.filter(({ layer, isVerifyOnly }) => layer <= deepest && isVerifyOnly !== true);
  const results = await runChosenChecks(session, { ...request, isHasty: true }, chosen);
  const failed = results.filter(({ status }) => status === "fail");
  if (failed.length > 0 && !options.isKeepingFailed)
    throw describeFailedGate(failed, "the former Go and files are back");
}

export function describeFailedGate(failed: readonly CheckResult[], consequence: string): ProvisionError {
  return new ProvisionError(
    "gate-failed",
    `${failed.length === 1 ? "a check" : `${failed.length} checks`} failed; ${consequence}`,
    {
      details: Object.fromEntries(failed.map(({ id, evidence }) => [id, evidence])),
      remedy: [
        ...failed.flatMap(({ remedy }) => (remedy === null ? [] : [remedy])),
        "readygo install VERSION --keep-failed  keeps the new tree to look at",
      ],
    },
  );
}
