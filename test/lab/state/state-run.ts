import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CombinationResult } from "./state-combination.ts";
import { makeStateHosts, type StateHostName } from "./state-hosts.ts";
import { runBoundMs, type StateImage } from "./state-image.ts";
import type { Breakage } from "./state-laws.ts";
import { listCombinations, type Combination } from "./state-matrix.ts";
import { stockStateShelf, type StateShelf } from "./state-shelf.ts";
import type { WorkerAnswer, WorkerTask } from "./state-worker.ts";

export interface StateTally {
  /** Those that were played. */
  readonly combinations: number;
  readonly chosen: number;
  readonly broken: readonly (Combination & Breakage)[];
  /** How often each exit code came, by `exit code-of-the-catalogue`. */
  readonly exits: ReadonlyMap<string, number>;
}

export interface StateRunOptions {
  readonly workers: number;
  /** Of all combinations, those that are played. */
  readonly choose: (all: readonly Combination[]) => readonly Combination[];
  /** Default: all. */
  readonly hosts?: readonly StateHostName[];
  readonly onCase?: (done: number, all: number) => void;
  readonly onBroken?: (broken: Combination & Breakage) => void;
  /** Milliseconds after which no further damage is begun. */
  readonly boundMs?: number;
}

/** A host's state damaged in each way × each command, held against the laws; the hosts are made by real runs first. */
export async function runStateDamage(options: StateRunOptions): Promise<StateTally> {
  const { workers, choose, hosts: names, onCase, onBroken, boundMs = Infinity } = options;
  const end = performance.now() + boundMs;
  const room = mkdtempSync(join(chooseDisk(), "readygo-state-"));
  try {
    const shelf = stockStateShelf(room);
    const hosts = await makeStateHosts(room, shelf, names);
    const chosen = choose(listCombinations(hosts));
    const tally = {
      combinations: 0,
      chosen: chosen.length,
      broken: [] as (Combination & Breakage)[],
      exits: new Map<string, number>(),
    };
    const queue = groupByDamage(chosen);
    const work = async (index: number): Promise<void> => {
      const seat = new Seat(join(room, `worker-${index}`), { hosts, shelf, room });
      try {
        for (let group = queue.shift(); group !== undefined && performance.now() < end; group = queue.shift()) {
          for (const combination of group) {
            const result = await seat.play(combination);
            tally.combinations += 1;
            const exit = `${result.exit} ${result.code}`.trim();
            tally.exits.set(exit, (tally.exits.get(exit) ?? 0) + 1);
            const broken = result.broken.map((breakage) => ({ ...combination, ...breakage }));
            tally.broken.push(...broken);
            if (onBroken !== undefined) broken.forEach(onBroken);
            onCase?.(tally.combinations, chosen.length);
          }
        }
      } finally {
        await seat.close();
      }
    };
    await Promise.all(Array.from({ length: workers }, (_, index) => work(index)));
    return tally;
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}

function groupByDamage(combinations: readonly Combination[]): Combination[][] {
  const groups = new Map<string, Combination[]>();
  for (const combination of combinations) {
    const key = `${combination.host}\0${combination.damage}`;
    groups.set(key, [...(groups.get(key) ?? []), combination]);
  }
  // In an order of no meaning, always the same: a run that ends at its bound has played some of everything.
  return [...groups].toSorted(([one], [other]) => (hashOf(one) < hashOf(other) ? -1 : 1)).map(([, group]) => group);
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

const neededBytes = 1024 * 1024 * 1024;

function chooseDisk(): string {
  const isRoomy = existsSync("/dev/shm") && statfsSync("/dev/shm").bavail * statfsSync("/dev/shm").bsize > neededBytes;
  return isRoomy ? "/dev/shm" : "/var/tmp";
}

interface SeatContext {
  readonly hosts: ReadonlyMap<StateHostName, StateImage>;
  readonly shelf: StateShelf;
  readonly room: string;
}

/**
 * A place for one worker at a time. It sees this machine read-only, all but the room, and has no network: whatever a
 * damaged state or a printed remedy leads to stays in the room.
 */
class Seat {
  readonly #directory: string;
  readonly #context: SeatContext;
  #child: ChildProcess | undefined;

  constructor(directory: string, context: SeatContext) {
    this.#directory = directory;
    this.#context = context;
    mkdirSync(join(directory, "tmp"), { recursive: true });
  }

  async play(combination: Combination): Promise<CombinationResult> {
    const child = (this.#child ??= this.#start());
    const { hosts, shelf } = this.#context;
    const directory = hosts.get(combination.host)?.directory ?? "";
    const task: WorkerTask = { ...combination, directory, shelf, room: this.#directory };
    const answer = new Promise<WorkerAnswer | "ended">((resolve) => {
      child.once("message", (message) => resolve(message as WorkerAnswer));
      child.once("exit", () => resolve("ended"));
    });
    child.send(task);
    const done = await Promise.race([answer, waitForHang(child)]);
    child.removeAllListeners("message");
    child.removeAllListeners("exit");
    if (typeof done === "object" && !("failure" in done)) return done;
    await this.close();
    rmSync(join(this.#directory, "case"), { recursive: true, force: true });
    const what = typeof done === "object" ? done.failure : done === "ended" ? "the process ended" : done;
    const law = typeof done === "object" ? "the matrix itself works" : "every command ends";
    return { exit: 1, code: typeof done === "object" ? "?" : what, broken: [{ law, what }] };
  }

  #start(): ChildProcess {
    const closed = 'mount --bind "$1" "$1" && mount -o remount,bind,ro / && shift && exec "$@"';
    const worker = [process.execPath, join(import.meta.dirname, "state-worker.ts")];
    // It ends with this process, whatever it waits for.
    return spawn(
      "setpriv",
      ["--pdeathsig", "KILL", "unshare", "--mount", "--net", "sh", "-ec", closed, "sh", this.#context.room, ...worker],
      {
        stdio: ["ignore", "inherit", "inherit", "ipc"],
        env: { ...process.env, TMPDIR: join(this.#directory, "tmp") },
      },
    );
  }

  async close(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    for (const pid of listFamily(child.pid ?? 0)) process.kill(pid, "SIGKILL");
    await ended;
  }
}

/** Whether it waits in an open(2) that nobody answers shows at once; anything else after the bound. */
async function waitForHang(child: ChildProcess): Promise<string> {
  const end = performance.now() + runBoundMs;
  let waited = 0;
  while (performance.now() < end) {
    await sleep(1_000, undefined, { ref: false });
    const calls = listFamily(child.pid ?? 0).map(readCall);
    waited = calls.some((call) => openCalls.has(call)) ? waited + 1 : 0;
    if (waited >= 5) return "waits for a FIFO, for ever";
  }
  return `has not ended after ${runBoundMs / 1000} s`;
}

/** openat(2) and open(2), by the numbers of amd64; elsewhere the bound decides. */
const openCalls: ReadonlySet<string> = process.arch === "x64" ? new Set(["257", "2"]) : new Set();

function readCall(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/syscall`, "utf8").split(" ")[0] ?? "";
  } catch {
    return "";
  }
}

/** The process and all below it, the last ones first. */
function listFamily(pid: number): readonly number[] {
  if (pid === 0 || !existsSync(`/proc/${pid}`)) return [];
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    const children = tasks.flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean)); // prettier-ignore
    return [...children.flatMap((child) => listFamily(Number(child))), pid];
  } catch {
    return [pid];
  }
}
