import type { CheckResult, ContextRow } from "../errors/event.ts";
import type { HttpClient } from "../fetch/http/http-client.ts";
import type { AbsolutePath } from "../host/absolute-path.ts";
import type { Account, Clock, Processes, ReadFiles } from "../host/ports.ts";
import type { Receipt } from "../host/state/receipt.ts";
import type { Architecture } from "../release/architecture.ts";
import type { GoVersion } from "../release/go-version.ts";
import { type CheckContext, oncePer } from "../verify/check.ts";
import type { ExaminedGo } from "./trees/examine-gos.ts";

/** What diagnostics look at. Several ask the same: each question is put to the host once in a run. */
export interface DoctorContext {
  /** The host's; DIR's under --root. */
  readonly files: ReadFiles;
  /** This machine. */
  readonly machine: ReadFiles;
  readonly processes: Processes;
  readonly clock: Clock;
  /** Asks as readygo itself: for what the publisher has, and never for what an account's settings name. */
  readonly http: HttpClient;
  /** "" for this machine, else DIR of --root. */
  readonly root: string;
  /** What readygo was started with. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined where readygo has installed nothing, or only root can know. */
  readonly receipt: Receipt | undefined;
  /** What stands at /usr/local/go; undefined where that is no release. */
  readonly release: { readonly version: GoVersion; readonly architecture: Architecture } | undefined;
  /** Whose settings and files are looked at: the account that was asked for, root, and with --all-users the others. */
  readonly accounts: readonly Account[];
  /** Milliseconds that one question may take. */
  readonly timeoutMs: number;
  /** An account as the checks of `verify` see it: its shells, settings and files, and go run as it. */
  of(account: Account): CheckContext;
  /** What layer 1 of `verify` says of the tree at /usr/local/go. */
  checkTree(): Promise<readonly CheckResult[]>;
  /** Null where the tree's go may be run; else why not. */
  whyNotRun(): Promise<string | null>;
  /** What `go` means however a process of the accounts starts. */
  rows(): Promise<readonly ContextRow[]>;
  /** A file in a home, read by its account; undefined where there is none, or it cannot be read. */
  readHome(account: Account, path: AbsolutePath): Promise<string | undefined>;
  /** Every other Go on the host, and whether it is a public release. */
  otherGos(): Promise<readonly ExaminedGo[]>;
}

/** Asks once for all diagnostics of a run. */
export function oncePerRun<Answer>(
  ask: (context: DoctorContext) => Promise<Answer>,
): (context: DoctorContext) => Promise<Answer> {
  return oncePer(ask);
}

/** The same of each account. */
export function oncePerAccount<Answer>(
  ask: (context: DoctorContext, account: Account) => Promise<Answer>,
): (context: DoctorContext, account: Account) => Promise<Answer> {
  const ofRuns = new WeakMap<DoctorContext, (account: Account) => Promise<Answer>>();
  return (context, account) => {
    const ofRun = ofRuns.get(context) ?? oncePer((each: Account) => ask(context, each));
    ofRuns.set(context, ofRun);
    return ofRun(account);
  };
}
