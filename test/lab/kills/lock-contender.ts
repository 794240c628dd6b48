// A process that takes the lock of the root it is given, once for each line of its stdin, as
// test/lab/kills/lock-race.ts wants it, and answers each with a line of JSON.
import fs, { readlinkSync, rmSync, symlinkSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { ProvisionError } from "../../../src/errors/provision-error.ts";
import { acquireLock, removeStaleLock } from "../../../src/host/lock/lock.ts";
import type { Clock } from "../../../src/host/ports.ts";
import { realClock } from "../../../src/host/real-clock.ts";
import { createRealFiles } from "../../../src/host/real-files.ts";

/** What the contender is to do. Times in milliseconds. */
export interface Turn {
  readonly delay: number;
  readonly hold: number;
  readonly patience: number;
  /** Whether it only tidies up, as a command that changes nothing does. */
  readonly isTidyingOnly: boolean;
}

export interface TurnEnd {
  /** `held`, `tidied`, or the code or text of the failure. */
  readonly ending: string;
  /** Pids (as text) of others that were in the room while this process held the lock; "" where one was there and left. */
  readonly met: readonly string[];
}

const [, , root = ""] = process.argv;
const files = createRealFiles(root);
const alone = join(root, "alone");
/** Asks much more often than a run would: that finds more, in less time. */
const hastyClock: Clock = { ...realClock, sleep: (milliseconds) => realClock.sleep(Math.min(milliseconds, 4)) };

/**
 * What happens between two system calls of a process takes microseconds, and a kill or another process seldom comes just
 * then: so some of the calls that change something are made late, or return late.
 */
function dawdle(name: "renameSync" | "linkSync" | "unlinkSync" | "rmdirSync" | "mkdirSync"): void {
  const call = fs[name] as (...words: readonly unknown[]) => unknown;
  const pause = (): void => void (Math.random() < 0.3 && Atomics.wait(sleeper, 0, 0, Math.random() * 8));
  const late = (...words: readonly unknown[]): unknown => {
    pause();
    const result = call(...words);
    pause();
    return result;
  };
  Object.assign(fs, { [name]: late });
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));
for (const name of ["renameSync", "linkSync", "unlinkSync", "rmdirSync", "mkdirSync"] as const) dawdle(name);
syncBuiltinESMExports();

async function takeTurn({ delay, hold, patience, isTidyingOnly }: Turn): Promise<TurnEnd> {
  const met: string[] = [];
  try {
    await wait(delay);
    removeStaleLock(files);
    if (isTidyingOnly) return { ending: "tidied", met };
    const lock = await acquireLock(files, hastyClock, "lock-contender", patience);
    met.push(...enter());
    await wait(hold);
    met.push(...leave());
    lock.release();
    return { ending: "held", met };
  } catch (error) {
    const text = error instanceof ProvisionError ? `${error.code}: ${describe(error.cause)}` : describe(error);
    return { ending: text.startsWith("locked") ? "locked" : text, met };
  }
}

/** Who is in the room stands in the target of a link, which comes into being whole. */
function enter(): readonly string[] {
  const other = whoIsThere();
  if (other !== undefined) rmSync(alone, { force: true });
  try {
    symlinkSync(String(process.pid), alone);
  } catch {
    return [other ?? "", whoIsThere() ?? ""];
  }
  return other === undefined ? [] : [other];
}

function leave(): readonly string[] {
  const other = whoIsThere();
  if (other !== String(process.pid)) return [other ?? ""];
  rmSync(alone, { force: true });
  return [];
}

function whoIsThere(): string | undefined {
  try {
    return readlinkSync(alone);
  } catch {
    return undefined;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await takeTurn(JSON.parse(line) as Turn))}\n`);
}
