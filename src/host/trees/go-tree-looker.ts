import { absolutePath, type AbsolutePath } from "../absolute-path.ts";
import { fromChildFailure } from "../child/child-failure.ts";
import { ChildService } from "../child/child-service.ts";
import type { GoPlaces } from "./find-go-trees.ts";
import type { GoTreeName, GoTreeSurvey } from "./go-tree-survey.ts";
import { HomeRefusal } from "../home/home-refusal.ts";
import type { LookBudget, SpentBound } from "./look-budget.ts";
import type { LookAnswer, LookRequest, LookResult } from "./look-request.ts";
import type { Account } from "../ports.ts";
import { type LookUse, mostOfTree, type TreeExcess } from "./tree-bounds.ts";

/**
 * Why something was not looked at to its end: a bound of the run is used up (`time`, `entries`, `bytes`), it gave no
 * answer in its own time or what looks at it was killed (`unanswered`), the system or the account's rights do not allow
 * it or somebody changes it meanwhile (`unreadable`), or there is more of it than one run looks at (`too-many`).
 */
export type LeftOutReason = SpentBound | "unanswered" | "unreadable" | "too-many";

export interface LeftOut {
  readonly kind: "left-out";
  readonly reason: LeftOutReason;
  /** To be read after the path: "it gave no answer within 10000 ms". */
  readonly text: string;
}

/** `path` is a tree, or a place where some may be. */
export type LeftOutPlace = LeftOut & { readonly path: AbsolutePath };

/** Looks at the Go trees below a directory through a process that is killed at a bound, within what is left of the run's. */
export interface GoTreeLooker {
  /** What is left out is what may hold trees that were not found. */
  find(patterns: readonly string[]): Promise<{
    readonly trees: readonly AbsolutePath[];
    readonly leftOut: readonly LeftOutPlace[];
  }>;
  readName(path: AbsolutePath): Promise<{ readonly kind: "name"; readonly name: GoTreeName } | LeftOut>;
  survey(
    path: AbsolutePath,
  ): Promise<
    | { readonly kind: "survey"; readonly survey: GoTreeSurvey }
    | { readonly kind: "beyond"; readonly excess: TreeExcess }
    | LeftOut
  >;
  close(): Promise<void>;
}

export interface LookerOptions {
  /** As whom it looks, and below which directory: root looks as root. */
  readonly account: Pick<Account, "name" | "uid" | "gid" | "home">;
  /** "" or DIR of `--root DIR`. */
  readonly root: string;
  /** As of HomeOptions. */
  readonly entry: readonly string[];
  readonly budget: LookBudget;
  /** Its reason is thrown. */
  readonly stop: AbortSignal;
  /** Milliseconds; for tests. Default: 10,000 for a place, 30,000 for a tree: a cold disk of 10 MB/s needs 25,000. */
  readonly timeouts?: { readonly place: number; readonly tree: number };
}

/** More names than in any directory where somebody keeps Gos. */
const mostOfPlace: LookUse = { entries: 10_000, bytes: 0 };
/** Of trees, and of what is left out, of one search: far more than anybody has, few enough to be listed. */
const mostFound = 100;
/** Processes that gave no answer or were killed, and that another has replaced. */
const mostReplacements = 2;

const beyondHelp = "what looks at it gave no answer or was killed again and again";

type Looked<Kind> = Extract<LookResult, { readonly kind: Kind }>;

export function openGoTreeLooker(options: LookerOptions): GoTreeLooker {
  const { account, root, entry, budget, stop } = options;
  const { place: placeMs, tree: treeMs } = options.timeouts ?? { place: 10_000, tree: 30_000 };
  const { name, uid, gid, home } = account;
  type Service = ChildService<LookAnswer>;
  const past: Service[] = [];
  let open: Service | undefined;
  let replacements = 0;

  const killOpen = (): void => open?.kill("readygo was stopped");
  stop.addEventListener("abort", killOpen);

  /** One that hangs is given up for the next request, which may be for another file system. */
  const openService = (): Service => {
    if (open !== undefined) replacements += 1;
    open = new ChildService<LookAnswer>({ role: { name, uid, gid, home, root, serves: "look" }, entry });
    past.push(open);
    return open;
  };

  const isBeyondHelp = (): boolean => open?.hasFailed === true && replacements >= mostReplacements;

  const ask = async <Kind extends LookResult["kind"]>(
    kind: Kind,
    request: LookRequest,
    { path, timeoutMs, allowed }: { readonly path: string; readonly timeoutMs: number; readonly allowed: LookUse },
  ): Promise<Looked<Kind> | Looked<"beyond"> | LeftOut> => {
    stop.throwIfAborted();
    const spent = budget.spent();
    if (spent !== undefined) return leaveOutSpent(budget, spent);
    if (isBeyondHelp()) return leaveOut("unanswered", beyondHelp);
    const bound = Math.min(timeoutMs, budget.leftMs());
    const service = open === undefined || open.hasFailed ? openService() : open;
    const answer = await service.ask(request, { timeoutMs: bound, subject: "it", path });
    stop.throwIfAborted();
    if (answer.kind !== "look") {
      // What it has looked at is not known.
      budget.use(allowed);
      if (!service.hasDied && bound < timeoutMs) return leaveOutSpent(budget, "time");
      return toLeftOut(fromChildFailure(answer));
    }
    budget.use(answer.used);
    const { result } = answer;
    if (result.kind === "failed" || result.kind === "refused") return toLeftOut(fromChildFailure(result));
    if (result.kind === "beyond") return result;
    if (result.kind !== kind) throw new Error(`the process for ${path} answered with ${result.kind}`);
    return result as Looked<Kind>;
  };

  const listPlaces = async (pattern: string): Promise<GoPlaces | LeftOut> => {
    const allowed = budget.allow(mostOfPlace);
    const answer = await ask(
      "places",
      { act: "listPlaces", pattern, allowed },
      { path: home, timeoutMs: placeMs, allowed },
    );
    return answer.kind === "places" ? answer.places : requireLeftOut(answer);
  };

  const findTree = async (path: AbsolutePath): Promise<AbsolutePath | LeftOut | undefined> => {
    const allowed = { entries: 1, bytes: 0 };
    const answer = await ask("tree", { act: "findTree", path }, { path, timeoutMs: placeMs, allowed });
    return answer.kind === "tree" ? (answer.tree ?? undefined) : requireLeftOut(answer);
  };

  return {
    async find(patterns) {
      const trees = new Set<AbsolutePath>();
      const leftOut: LeftOutPlace[] = [];
      const leave = (path: AbsolutePath, left: LeftOut): void => void leftOut.push({ ...left, path });
      /** Why what follows is not looked at. */
      const findEnd = (): LeftOut | undefined => {
        const spent = budget.spent();
        if (spent !== undefined) return leaveOutSpent(budget, spent);
        if (isBeyondHelp()) return leaveOut("unanswered", beyondHelp);
        if (trees.size + leftOut.length < mostFound) return undefined;
        return leaveOut("too-many", `${mostFound} Gos and places were found below it: no more are looked at`);
      };
      const search = async (): Promise<LeftOut | undefined> => {
        for (const pattern of patterns) {
          const end = findEnd();
          if (end !== undefined) return end;
          const found = await listPlaces(pattern);
          if ("kind" in found) {
            leave(absolutePath(home, pattern), found);
            continue;
          }
          if (found.cutAt !== null) leave(found.cutAt, leaveOutCut(budget, found.entries));
          for (const path of found.paths) {
            const end = findEnd();
            if (end !== undefined) return end;
            const tree = await findTree(path);
            if (typeof tree === "string") trees.add(tree);
            else if (tree !== undefined) leave(path, tree);
          }
        }
        return undefined;
      };
      const end = await search();
      if (end !== undefined) leave(home, end);
      return { trees: [...trees].toSorted(), leftOut };
    },
    async readName(path) {
      const allowed = { entries: 2, bytes: 0 };
      const answer = await ask("name", { act: "readName", path }, { path, timeoutMs: placeMs, allowed });
      return answer.kind === "beyond" ? requireLeftOut(answer) : answer;
    },
    async survey(path) {
      const allowed = budget.allow(mostOfTree);
      const answer = await ask("survey", { act: "survey", path, allowed }, { path, timeoutMs: treeMs, allowed });
      if (answer.kind !== "beyond") return answer;
      const { of } = answer.excess;
      // Then it is the rest of the run's that was not enough, which says nothing of the tree.
      const isOfRun = (of === "entries" || of === "bytes") && allowed[of] < mostOfTree[of];
      return isOfRun ? leaveOutSpent(budget, of) : answer;
    },
    async close() {
      stop.removeEventListener("abort", killOpen);
      await Promise.all(past.map((service) => service.close()));
    },
  };
}

function requireLeftOut(answer: LeftOut | Looked<"beyond">): LeftOut {
  if (answer.kind === "left-out") return answer;
  throw new Error(`a tree's bound on ${answer.excess.of} was met where none is read`);
}

function leaveOut(reason: LeftOutReason, text: string): LeftOut {
  return { kind: "left-out", reason, text };
}

function leaveOutSpent({ bounds }: LookBudget, reason: SpentBound): LeftOut {
  const number = (value: number): string => value.toLocaleString("en-US");
  const texts: Record<SpentBound, string> = {
    time: `the ${number(bounds.milliseconds / 1000)} s that one run looks for are over`,
    entries: `the ${number(bounds.entries)} files and directories that one run looks at do not reach for it`,
    bytes: `the ${number(bounds.bytes)} bytes that one run reads do not reach for it`,
  };
  return leaveOut(reason, texts[reason]);
}

function leaveOutCut(budget: LookBudget, entries: number): LeftOut {
  if (entries < mostOfPlace.entries) return leaveOutSpent(budget, "entries");
  return leaveOut("too-many", `it has more than ${entries.toLocaleString("en-US")} names: the rest is not looked at`);
}

/** A bug is thrown. */
function toLeftOut(error: Error): LeftOut {
  if (error instanceof HomeRefusal) {
    return leaveOut(error.kind === "unanswered" ? "unanswered" : "unreadable", error.message);
  }
  if (!("code" in error)) throw error;
  return leaveOut("unreadable", error.message);
}
