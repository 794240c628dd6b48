import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { CommandResult } from "../hosts/command.ts";
import { type PreparedHost, readygoArgv, stillClock } from "./kill-host.ts";
import { goFor, judgeCut } from "./kill-judge.ts";
import type { Goal } from "./kill-operations.ts";
import { changingCalls, type KillPoint, readPoints } from "./kill-points.ts";
import type { RoomDisk } from "./kill-disk.ts";
import { type KillRoom, openRoom, type RoomState } from "./kill-room.ts";

/** What a whole run did, to hold broken ones against. */
export interface Recording {
  readonly prepared: PreparedHost;
  readonly disk: RoomDisk;
  readonly points: readonly KillPoint[];
  readonly before: RoomState;
  readonly after: RoomState;
  /** What the host is like after each of the operation's goals. */
  readonly reached: readonly RoomState[];
}

/** `missed`: the run came to its end without making that call. */
export interface Replay {
  readonly outcome: "held" | "broken" | "missed";
  readonly why: readonly string[];
}

export const log = "/run/strace.log";
export const strace = ["strace", "-f", "-qq", "--seccomp-bpf", "-e", "signal=none"] as const;

export async function inRoom<T>(
  prepared: PreparedHost,
  disk: RoomDisk,
  work: (room: KillRoom) => Promise<T>,
): Promise<T> {
  const room = await openRoom(prepared.host, disk);
  try {
    return await work(room);
  } finally {
    await room.close();
  }
}

export async function record(prepared: PreparedHost, disk: RoomDisk): Promise<Recording> {
  const [firstGoal, ...otherGoals] = prepared.goals;
  if (firstGoal === undefined) throw new Error("an operation needs a goal");
  const reach = async (room: KillRoom, goal: Goal): Promise<RoomState> => {
    requireSuccess(await room.run(readygoArgv(goal.argv)));
    return room.look();
  };
  const recorded = await inRoom(prepared, disk, async (room) => {
    const before = room.look();
    const trace = `trace=${[...changingCalls, "execve"].join(",")}`;
    const argv = [...strace, "-y", "-s", "512", "-o", log, "-e", trace, ...readygoArgv(prepared.argv)];
    requireSuccess(await room.run(argv, { env: stillClock }));
    const after = room.look();
    const points = readPoints(readFileSync(room.path(log), "utf8"));
    return { before, after, points, first: await reach(room, firstGoal) };
  });
  const { first, ...recording } = recorded;
  const reached = [first];
  for (const goal of otherGoals) {
    reached.push(
      await inRoom(prepared, disk, async (room) => {
        requireSuccess(await room.run(readygoArgv(prepared.argv)));
        return await reach(room, goal);
      }),
    );
  }
  return { prepared, disk, ...recording, reached };
}

export function requireSuccess({ status, stderr, stdout }: CommandResult): void {
  if (status !== 0) throw new Error(`exit ${status}\n${stdout}${stderr}`);
}

/** Runs the operation in a fresh room until `point`, where all its processes die; then looks, and goes for the goal. */
export async function replayKill(recording: Recording, point: KillPoint, goalAt = 0): Promise<Replay> {
  const { prepared, disk } = recording;
  return inRoom(prepared, disk, async (room) => {
    if (!(await killAt(room, point, prepared.argv))) return { outcome: "missed", why: [] };
    const atKill = room.look();
    const why = [...judgeCut(recording, atKill), ...(await goFor(recording, room, goalAt))];
    return { outcome: why.length === 0 ? "held" : "broken", why };
  });
}

/**
 * strace holds the call before it is done; then readygo, its children and strace die at one instant. (A signal injected
 * by strace ends one process only, and under --seccomp-bpf it does not come at all: strace 6.1, Linux 6.18.)
 */
async function killAt(room: KillRoom, point: KillPoint, argv: readonly string[]): Promise<boolean> {
  const run = room.start(
    [
      ...strace,
      "-o",
      log,
      ...aim(point),
      "-e",
      `inject=${point.call}:delay_enter=30000000:when=${point.nth}`,
      ...readygoArgv(argv),
    ],
    { env: stillClock },
  );
  const end = run.exited.then(() => true);
  let isHit = false;
  while (!isHit && !(await Promise.race([end, sleep(4, false)]))) isHit = isHeld(room, point);
  await room.killAll();
  await run.exited;
  return isHit;
}

/** strace writes the beginning of a call's line before it holds the call, and the rest after. */
export function isHeld(room: KillRoom, { call, nth }: KillPoint): boolean {
  try {
    const lines = readFileSync(room.path(log), "utf8").split("\n");
    const last = lines.at(-1) ?? "";
    const parts = /^(\d+)\s+(\w+)\(/.exec(last);
    if (parts?.[2] !== call) return false;
    return lines.filter((line) => line.startsWith(`${parts[1]} `) && line.includes(` ${call}(`)).length >= nth;
  } catch {
    return false;
  }
}

export function aim({ call, key }: KillPoint): readonly string[] {
  return ["-e", `trace=${call}`, "-P", key];
}
