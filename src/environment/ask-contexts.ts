import { posix } from "node:path";
import { absolutePath } from "../host/absolute-path.ts";
import { readAccounts } from "../host/home/accounts.ts";
import type { Account, Processes, ReadFiles } from "../host/ports.ts";
import { createShellAsker, type ShellAsker, type ShellOutcome } from "./ask-shell.ts";
import { type Beginning, deriveStart, type StartHost } from "./starts/derive-start.ts";
import { decideGo, type Found, type GoMeaning, listPlaces, type Look, lookAt } from "./find-go.ts";
import { readHomeTexts } from "./home-texts.ts";
import { type LaunchContext, launchContexts } from "./launch-context.ts";
import { type Environment, merge, type Setting, reportedVariables } from "./setting.ts";
import { chooseSudoers } from "./starts/sudoers.ts";
import { joinTexts, openSystemTexts, type Texts } from "./texts.ts";

export type ContextAnswer = {
  readonly context: LaunchContext;
  /** Whose row it is. */
  readonly account: Account;
  readonly runsAs: Account;
} & (
  | {
      readonly kind: "seen";
      /** `derived` from what decides it, or had by starting the account's shell. */
      readonly how: "derived" | "started";
      /** PATH, HOME and Go's, where they are set. */
      readonly variables: Readonly<Record<string, Setting>>;
      readonly go: GoMeaning;
    }
  | { readonly kind: "unseen"; readonly why: string }
);

export interface AskOptions {
  /** Default: all. */
  readonly contexts?: readonly LaunchContext[];
  /** Every shell that is installed, not the account's own, bash and sh alone. */
  readonly everyShell?: boolean;
  /** Milliseconds that one shell may take. Default: 10,000. */
  readonly shellMs?: number;
  /** Milliseconds after which no more is started, from the first question on. Default: 30,000. */
  readonly totalMs?: number;
  /** Where shells that were asked already need not be asked again. */
  readonly shells?: ShellAsker;
}

export interface ContextAsker {
  /** The contexts that exist on this host for the account, in the order of the list. Never throws. */
  ask(account: Account): Promise<readonly ContextAnswer[]>;
}

/** Asks about several accounts of one host; what one of them has answered already is not asked again. */
export function createContextAsker(
  ports: { readonly files: ReadFiles; readonly processes: Processes },
  {
    contexts = launchContexts,
    everyShell = false,
    shellMs = 10_000,
    totalMs = 30_000,
    shells = createShellAsker(ports.processes),
  }: AskOptions = {},
): ContextAsker {
  const { files, processes } = ports;
  const system = openSystemTexts(files);
  const accounts = readAccounts(files);
  let startedAt: number | undefined;
  const leftMs = (): number => totalMs - (performance.now() - (startedAt ??= performance.now()));
  const timeoutMs = (): number => Math.min(shellMs, leftMs());
  const exists = (path: string): boolean => files.resolve(absolutePath(path)) !== undefined;
  const sudoers = chooseSudoers(system, /sudo-rs|cargo/.test(files.resolve(absolutePath("/usr/bin/sudo")) ?? ""));

  const isThere = ({ needs, shell, isRootOnly }: LaunchContext, account: Account): boolean => {
    if ((needs.length > 0 && !needs.some(exists)) || (isRootOnly === true && account.uid !== 0)) return false;
    const isUsual = shell === null || ["own", "SHELL", "bash", "sh", "dash"].includes(shell.which);
    return everyShell || isUsual || shell.which === posix.basename(account.shell);
  };

  return {
    async ask(account) {
      const root = account.uid === 0 ? account : (accounts.find(({ uid }) => uid === 0) ?? account);
      const home = readHomeTexts(processes, account);
      const groups = readGroups(system, account);
      const hostFor = (texts: Texts): StartHost => ({
        texts,
        account,
        root,
        groups,
        sudoers,
        passShell: async (environment, mode) => {
          const outcome = await shells.ask({ account, shell: account.shell, mode, environment, timeoutMs });
          if (outcome.kind === "silent") throw new Error(outcome.why);
          return outcome.kind === "answered" ? outcome.environment : environment;
        },
      });
      const wanted = contexts.filter((each) => isThere(each, account));
      const asked = await Promise.all(wanted.map(async (context) => await meet(context, account, hostFor, home)));
      const met = asked.filter((each) => each !== undefined);
      const looks = new Map<Account, Look>();
      for (const looker of new Set(met.map((each) => each.looker))) {
        const places = met.filter((each) => each.looker === looker).flatMap(listPlaces);
        looks.set(looker, await lookAt(processes, looker, [...new Set(places)]));
      }
      return met.map((each): ContextAnswer => {
        const { context, runsAs, environment, told, why } = each;
        if (why !== undefined) return { context, account, runsAs, kind: "unseen", why };
        const how = told === undefined ? "derived" : "started";
        const go = decideGo(each, looks.get(each.looker));
        return { context, account, runsAs, kind: "seen", how, variables: pick(environment), go };
      });
    },
  };

  async function meet(
    context: LaunchContext,
    account: Account,
    hostFor: (texts: Texts) => StartHost,
    home: Promise<Texts>,
  ): Promise<Met | undefined> {
    const host = hostFor(joinTexts(await home, system));
    const runsAs = context.runsAs === "root" ? host.root : account;
    try {
      const beginning = await deriveStart(host, context.start);
      return beginning === undefined
        ? undefined
        : describe(context, account, runsAs, beginning, await askContext(context, runsAs, beginning.environment));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { context, runsAs, looker: runsAs, environment: new Map(), told: { kind: "none" }, why };
    }
  }

  async function askContext({ shell }: LaunchContext, account: Account, start: Environment): Promise<ShellOutcome> {
    if (shell === null) return { kind: "unchanged" };
    const named = { own: account.shell, SHELL: start.get("SHELL")?.value ?? "/bin/sh" };
    const path =
      shell.which === "own" || shell.which === "SHELL" ? named[shell.which] : findShell(shell.which, account);
    return await shells.ask({ account, shell: path, mode: shell.mode, environment: start, timeoutMs });
  }

  /** The account's own path of it, where that is the same program: it may have been asked by that already. */
  function findShell(name: string, account: Account): string {
    const path = [`/usr/bin/${name}`, `/bin/${name}`].find(exists) ?? `/bin/${name}`;
    return files.resolve(account.shell) === files.resolve(absolutePath(path)) ? account.shell : path;
  }
}

/** A context that exists, before anybody has looked where its go leads. */
interface Met extends Found {
  readonly context: LaunchContext;
  readonly runsAs: Account;
  /** Who looks at PATH: nobody but an account itself at what its own files have put there. */
  readonly looker: Account;
  readonly why: string | undefined;
}

function describe(
  context: LaunchContext,
  account: Account,
  runsAs: Account,
  { environment: start, kept = new Map() }: Beginning,
  outcome: ShellOutcome,
): Met {
  const isAnswered = outcome.kind === "answered";
  const environment = merge(kept, isAnswered ? outcome.environment : start);
  const isOfShell = !isAnswered && environment.get("PATH")?.origin.kind === "shell";
  return {
    context,
    runsAs,
    looker: isOfShell ? account : runsAs,
    environment,
    told: isAnswered ? outcome.go : undefined,
    why: outcome.kind === "silent" ? outcome.why : undefined,
  };
}

function pick(environment: Environment): Readonly<Record<string, Setting>> {
  return Object.fromEntries(
    reportedVariables.flatMap((name) => {
      const setting = environment.get(name);
      return setting === undefined ? [] : [[name, setting]];
    }),
  );
}

/** group(5); groups of a directory service are not seen. */
function readGroups(texts: Texts, account: Account): readonly string[] {
  return (texts.read("/etc/group") ?? "").split("\n").flatMap((line) => {
    const [name = "", , gid, members = ""] = line.split(":");
    return Number(gid) === account.gid || members.split(",").includes(account.name) ? [name] : [];
  });
}
