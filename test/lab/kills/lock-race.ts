import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { removeStaleLock } from "../../../src/host/lock/lock.ts";
import { readBootId } from "../../../src/host/child/process-identity.ts";
import { createRealFiles } from "../../../src/host/real-files.ts";
import { makeTally, type Tally, type TallyOptions } from "./kill-tally.ts";
import type { Turn, TurnEnd } from "./lock-contender.ts";

const contenders = 8;
/** Far more than any turn takes: one that is over it hangs. */
const turnBoundMs = 120_000;

/**
 * Eight processes take the same lock, time and again: each looks whether it is alone while it holds it, some are killed in
 * the middle of whatever they do, and in some rounds ended runs have left something before.
 */
export async function raceForLock({ rounds, ...options }: TallyOptions & { readonly rounds: number }): Promise<Tally> {
  const root = mkdtempSync(join(tmpdir(), "readygo-lock-race-"));
  const killed = new Set<string>();
  const crew: (Contender | undefined)[] = Array.from({ length: contenders });
  try {
    const play = async () => {
      await Promise.all(
        [...crew.keys()].map(async (place) => {
          crew[place] ??= await startContender(root);
        }),
      );
      const plant = choose(plants);
      plant.put(root);
      const ends = await Promise.all(
        crew.map(async (contender, place) => {
          if (contender === undefined) return undefined;
          const end = await playTurn(contender, killed);
          if (end === undefined) crew[place] = undefined;
          return end;
        }),
      );
      const why = [...judgeRound(ends, killed), ...judgeRest(root)].map((line) => `after ${plant.name}: ${line}`);
      return { outcome: why.length === 0 ? ("held" as const) : ("broken" as const), why };
    };
    const trials = Array.from({ length: rounds }, (_, round) => ({ name: `round ${round + 1}`, play }));
    return await makeTally("the lock", trials, { ...options, lanes: 1 });
  } finally {
    for (const contender of crew) await contender?.end();
    rmSync(root, { recursive: true });
  }
}

/** Undefined for one that was killed. */
async function playTurn(contender: Contender, killed: Set<string>): Promise<TurnEnd | undefined> {
  const isWaiting = Math.random() < 0.2;
  const turn: Turn = {
    delay: Math.random() < 0.5 ? 0 : Math.random() * 20,
    hold: Math.random() * 6,
    patience: isWaiting ? turnBoundMs : 0,
    isTidyingOnly: Math.random() < 0.2,
  };
  const answer = contender.ask(turn);
  if (Math.random() < 0.15) {
    await wait(Math.random() * 60);
    // Before the kill: whoever takes the lock after it may still find its traces.
    killed.add(String(contender.pid));
    await contender.end();
    return undefined;
  }
  const bound = new AbortController();
  const end = await Promise.race([answer, wait(turnBoundMs, undefined, { signal: bound.signal })]);
  bound.abort();
  if (end !== undefined) return end;
  await contender.end();
  return { ending: "no answer", met: [] };
}

function judgeRound(ends: readonly (TurnEnd | undefined)[], killed: ReadonlySet<string>): readonly string[] {
  const why = ends.flatMap((end) => {
    if (end === undefined) return [];
    const others = end.met.filter((pid) => !killed.has(pid)).map((pid) => `two held it at once (the other: ${pid})`);
    return ["held", "locked", "tidied"].includes(end.ending) ? others : [...others, `a turn ends with ${end.ending}`];
  });
  const isAnyLocked = ends.some((end) => end?.ending === "locked");
  const isAnyHeld = ends.some((end) => end === undefined || end.ending === "held");
  return isAnyLocked && !isAnyHeld ? [...why, "all found it locked, and nobody held it"] : why;
}

/** What is left once all have ended is what the next run takes away. */
function judgeRest(root: string): readonly string[] {
  // Its next turn would be the next run; asked here at some of the rounds, so that others meet what was left.
  if (Math.random() < 0.5) return [];
  removeStaleLock(createRealFiles(root));
  const directory = join(root, "run/readygo");
  return existsSync(directory) ? [`left for good: ${readdirSync(directory).join(", ") || "the directory"}`] : [];
}

interface Plant {
  readonly name: string;
  readonly put: (root: string) => void;
}

const dead = (isKernelLocked: boolean): string =>
  // No process has this number: pid_max is at most 2^22 (proc(5)).
  JSON.stringify({ pid: 4194305, startTicks: "1", bootId: readBootId(), command: "readygo", ...(isKernelLocked ? { isKernelLocked } : {}) }); // prettier-ignore

function plantFile(name: string, file: string, content: () => string): Plant {
  return {
    name,
    put(root) {
      mkdirSync(join(root, "run/readygo"), { recursive: true, mode: 0o700 });
      const path = join(root, "run/readygo", file);
      if (!existsSync(path)) writeFileSync(path, content(), { mode: 0o600 });
    },
  };
}

const plants: readonly Plant[] = [
  { name: "nothing", put: () => undefined },
  plantFile("a stale lock of an older version", "lock", () => dead(false)),
  plantFile("a stale lock", "lock", () => dead(true)),
  plantFile("a lock of another boot", "lock", () => dead(false).replace(readBootId(), "another")),
  plantFile("an empty lock", "lock", () => ""),
  plantFile("garbage", "lock", () => "garbage"),
  plantFile("an abandoned name", ".lock-4194305", () => dead(true)),
  plantFile("an abandoned name without content", ".lock-4194305", () => ""),
];

function choose<Item>(items: readonly Item[]): Item {
  const item = items[Math.floor(Math.random() * items.length)];
  if (item === undefined) throw new Error("there is nothing to choose from");
  return item;
}

interface Contender {
  readonly pid: number;
  /** Undefined where it ended instead. */
  ask(turn: Turn): Promise<TurnEnd | undefined>;
  end(): Promise<void>;
}

async function startContender(root: string): Promise<Contender> {
  const program = join(import.meta.dirname, "lock-contender.ts");
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(process.execPath, [program, root], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  // A kill may come between two of its lines.
  child.stdin.on("error", () => undefined);
  await lines.next();
  if (child.pid === undefined) throw new Error("a contender could not be started");
  return {
    pid: child.pid,
    async ask(turn) {
      child.stdin.write(`${JSON.stringify(turn)}\n`);
      const { value, done } = await lines.next();
      return done === true || value === undefined ? undefined : (JSON.parse(value) as TurnEnd);
    },
    async end() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
