import type { CheckResult, ContextRow, Layer } from "../errors/event.ts";
import type { ShellAnswers } from "../environment/shell-answer.ts";
import type { AbsolutePath } from "../host/absolute-path.ts";
import type { Account, Clock, Processes, ReadFiles } from "../host/ports.ts";
import type { Receipt } from "../host/state/receipt.ts";
import type { Architecture } from "../release/architecture.ts";
import type { GoLanguage, GoVersion } from "../release/go-version.ts";
import type { AnsweringProxy } from "../sources/public-proxies.ts";
import type { ModuleEntry } from "../sources/list-module.ts";
import type { LogAnswer } from "../trust/sumdb/log-answer.ts";
import type { TreeManifest, TreeScan } from "../release/tree-manifest.ts";

/** What a check may look at. Checks write nothing but under `scratch`. */
export interface CheckContext {
  readonly files: ReadFiles;
  readonly processes: Processes;
  readonly clock: Clock;
  /** What should be there. */
  readonly version: GoVersion;
  readonly architecture: Architecture;
  /** Undefined where readygo did not install what stands at /usr/local/go. */
  readonly receipt:
    | (Pick<Receipt, "archive" | "trust" | "record"> & Partial<Pick<Receipt, "files" | "links">>)
    | undefined;
  /** What the account's shells had before this run changed anything; undefined where it changed nothing that they read. */
  readonly shellsBefore?: ShellAnswers | undefined;
  readonly manifest: TreeManifest | undefined;
  /** What the pinned manifest states of the release's files; undefined where it states nothing. */
  readonly pinnedH1?: string | undefined;
  /** What lies at /usr/local/go, with contents: read once for all checks of a run. */
  readonly scanTree: () => TreeScan;
  /** Whether this run has hashed the tree before: then only files that have been touched since are read again. */
  readonly isHashedBefore?: boolean;
  /** How to ask for what is public of this release; undefined where no network is to be waited for: in the gate of `install`. */
  readonly publicRelease?: PublicRelease | undefined;
  /** Which well-known public module proxies give a module (`path@version`) now; asked where the account's own did not. */
  readonly askPublicProxies?: ((module: string) => Promise<readonly AnsweringProxy[]>) | undefined;
  /** Whose login and interactive shells are looked at. */
  readonly account: Account;
  /** Whose launch contexts are looked at; default: the account's. */
  readonly accounts?: readonly Account[];
  /** Is given each row of them. */
  readonly onContexts?: (rows: readonly ContextRow[]) => void;
  /** Null where nothing may be run: `--root`, or a tree for another architecture. The text says which. */
  readonly unrunnable: string | null;
  /**
   * Proxy settings and the like of readygo's own environment, where that is the account's: it runs as the account, or by
   * sudo from it. No HOME. A child's environment can be read by its owner, so that nobody else's may be in it.
   */
  readonly passedEnvironment: Readonly<Record<string, string>>;
  /** An empty directory made for this run, writable by root only; go's HOME, caches and modules go under it. */
  readonly scratch: AbsolutePath;
  /** A directory that the account owns, made when it is first asked for: HOME, caches and modules of what runs as it. */
  readonly accountScratch: () => AbsolutePath;
  /** Layer 3's small module, as module@version. */
  readonly module: string;
  /** Milliseconds that one question may take; a check has {@link Check.bound} of them. */
  readonly timeoutMs: number;
  /** How many checks may compile at the same time. Default: one. */
  readonly mostBuilds?: number;
  /** False for an ordinary user, who cannot read what readygo knows of the tree. Default: true. */
  readonly isRoot?: boolean;
  /** True in the gate: compilers do without what takes time and proves nothing of the tree (docs/verification.md). */
  readonly isHasty?: boolean;
  /** False with `--no-rc`: then a shell that only a file in a home directory could reach is a warning. Default: true. */
  readonly isHomeManaged?: boolean;
}

export interface PublicRelease {
  /** Bounded to 10 s. @throws ProvisionError `log-forked`, and of logFailure */
  askLog(): Promise<LogAnswer>;
  /** What the module's zip has in its directory, fetched into `scratch`. @throws RequestFailure */
  listModule(scratch: AbsolutePath): Promise<readonly ModuleEntry[]>;
}

/**
 * What a check costs on two quiet cores:
 * - `look`: reads files and starts nothing that it could do without; all of them are `--quick`
 * - `start`: programs that end within a second
 * - `fetch`: waits for a server
 * - `build`: compiles for seconds
 * - `deep`: minutes; with `--deep` only
 * - `trace`: compiles under strace; with `--trace` only
 */
export const costs = ["look", "start", "fetch", "build", "deep", "trace"] as const;
export type Cost = (typeof costs)[number];

/** A check as data: what it proves, and how. */
export interface Check {
  readonly id: string;
  readonly layer: Layer;
  /** One sentence for docs/verification.md and the table. */
  readonly proves: string;
  readonly cost: Cost;
  /** After so many times the run's `timeout` (60 s by default) it is cut: as many questions as it asks in a row. */
  readonly bound: number;
  /** It says whose tree it is: nothing is run from a tree of which it has not passed. */
  readonly isProof?: true;
  /** IDs of those that it comes after, because of what they say; one that needs running comes after all proofs. */
  readonly after?: readonly string[];
  /** True for what `verify` alone runs, and no gate: rolling back would cure nothing that it finds. */
  readonly isVerifyOnly?: true;
  /** It looks at what root alone can read, and is skipped for an ordinary user. */
  readonly needsRoot?: true;
  readonly needsRunning: boolean;
  /** The first line of releases that has what it looks at; older ones skip it. Default: all that readygo installs. */
  readonly since?: GoLanguage;
  /** Where it says no, the check has nothing to say and is left out. Default: it has. */
  appliesTo?(context: CheckContext): boolean;
  run(context: CheckContext): Promise<Finding>;
}

/** What one check says; id and layer are the check's own. */
export type Finding = Pick<CheckResult, "status" | "evidence" | "remedy" | "differences" | "seen">;

export function pass(evidence: string): Finding {
  return { status: "pass", evidence, remedy: null };
}

export function fail(evidence: string, remedy: string, differences?: readonly string[]): Finding {
  return { status: "fail", evidence, remedy, ...(differences === undefined ? {} : { differences }) };
}

export function warn(evidence: string, remedy: string): Finding {
  return { status: "warn", evidence, remedy };
}

export function skip(evidence: string, remedy: string | null = null): Finding {
  return { status: "skip", evidence, remedy };
}

/** Told of what an ordinary user cannot look at. */
export const onlyRoot = "only root can look at it";

/** Asks the host once for all checks of a run: several look at the same shell, or at the same `go version`. */
export function oncePerContext<Answer>(
  ask: (context: CheckContext) => Promise<Answer>,
): (context: CheckContext) => Promise<Answer> {
  return oncePer(ask);
}

/** The same of any object: one answer for each. */
export function oncePer<Asked extends object, Answer>(
  ask: (asked: Asked) => Promise<Answer>,
): (asked: Asked) => Promise<Answer> {
  const answers = new WeakMap<Asked, Promise<Answer>>();
  return (asked) => {
    const known = answers.get(asked);
    if (known !== undefined) return known;
    const answer = ask(asked);
    answers.set(asked, answer);
    return answer;
  };
}
