import { existsSync, readFileSync } from "node:fs";
import { readygoArgv, stillClock } from "./kill-host.ts";
import { compareStates, goFor, judgeCut } from "./kill-judge.ts";
import { type KillPoint, spread } from "./kill-points.ts";
import { aim, inRoom, log, type Recording, type Replay, strace } from "./kill-replay.ts";
import type { CommandResult } from "../hosts/command.ts";
import type { KillRoom, RoomState } from "./kill-room.ts";

/** What a file system says when it is full, broken, read-only, closed to us, or over the quota. */
export const errnos = ["ENOSPC", "EIO", "EROFS", "EACCES", "EDQUOT"] as const;
export type Errno = (typeof errnos)[number];

/** Per kind of call and class of path `each` points, evenly. */
export function sampleKinds(points: readonly KillPoint[], each: number): readonly KillPoint[] {
  const kinds = Map.groupBy(points, ({ call, group, isInChild }) => `${call} ${group} ${isInChild}`);
  return [...kinds.values()].flatMap((kind) => spread(kind, each));
}

const leftOvers = "it is done, but for left-overs";

/** What goes wrong at a point: the call fails, or the child that makes it is killed. EINVAL: there is no exchange. */
export type Fault = Errno | "KILL" | "EINVAL";

/**
 * Runs the operation in a fresh room where one call fails once, or one child dies. Either it is done all the same (0), or
 * the documented exit code says that nothing was done, and nothing was.
 */
export async function replayFault(recording: Recording, point: KillPoint, fault: Fault): Promise<Replay> {
  const { prepared, disk } = recording;
  return inRoom(prepared, disk, async (room) => {
    const what = fault === "KILL" ? "signal=KILL" : `error=${fault}`;
    const inject = ["-e", `inject=${point.call}:${what}:when=${point.nth}`];
    // Under --seccomp-bpf an injected signal does not come.
    const tracer = fault === "KILL" ? ["strace", "-f", "-qq"] : strace;
    const argv = [...tracer, "-o", log, ...aim(point), ...inject, ...readygoArgv(prepared.argv)];
    const run = await room.run(argv, { env: stillClock });
    const hits = readFileSync(room.path(log), "utf8").match(/\(INJECTED\)|killed by SIGKILL/g)?.length ?? 0;
    if (hits === 0) return { outcome: "missed", why: [] };
    const why = [...judgeEnd(recording, room, run, { fault, hits }), ...(await goFor(recording, room, 0))];
    return { outcome: why.length === 0 ? "held" : "broken", why: why.slice(0, 8) };
  });
}

/** A run that met a fault has done its work, or says with its exit code that it did nothing; and that is so. */
export function judgeEnd(
  recording: Recording,
  room: KillRoom,
  run: CommandResult,
  { fault, hits = 1 }: { readonly fault?: Fault; readonly hits?: number } = {},
): readonly string[] {
  const { before, after } = recording;
  const why: string[] = [];
  const text = `${run.stdout}${run.stderr}`;
  // A staged `go version` that is killed has not proven its tree: exit 5, nothing touched.
  const isUnproven = fault === "KILL" && run.status === 5 && text.includes("error[tree-wrong]");
  if (run.status !== 0 && run.status !== 3 && run.status !== 6 && !isUnproven)
    why.push(`exit ${run.status ?? run.signal}: ${text.trim()}`);
  if (/error\[bug\]|\n {2,}at .*:\d+:\d+/.test(text)) why.push("a stack trace");
  // strace counts anew in each process: the child that was to undo it met the same fault. The next command has to.
  const isUndoHit = hits > 1 && text.includes("error[recovery-failed]");
  if (isUndoHit) why.push(...judgeCut(recording, room.look()));
  else if (!text.includes(leftOvers)) {
    const now = room.look();
    const kept = listUnfinished(room);
    why.push(...kept.filter((path) => !text.includes(`warning: ${path} `)).map((path) => `${path} is kept in silence`));
    const isOldOrNew = (path: string): boolean =>
      [before, after].some((state) => JSON.stringify(state.get(path)) === JSON.stringify(now.get(path)));
    why.push(...kept.filter((path) => !isOldOrNew(path)).map((path) => `${path} is neither the old nor the new`));
    const wanted = run.status === 0 ? after : before;
    const differences = compareStates(withoutKept(wanted, kept), withoutKept(now, kept));
    why.push(...differences.map((line) => `after exit ${run.status}: ${line}`));
    if (differences.length > 0) why.push(text.trim());
  }
  return why;
}

/** Files in a home that did not answer: the next run, which is judged by its goal, restores them. */
function listUnfinished(room: KillRoom): readonly string[] {
  const path = room.path("/var/lib/readygo/unfinished.json");
  if (!existsSync(path)) return [];
  return [...readFileSync(path, "utf8").matchAll(/"path":\s*"(\/home\/[^"]+)"/g)].map(([, name]) => name ?? "");
}

/** Neither those files, the new ones beside them, nor the state that is kept for them. */
function withoutKept(state: RoomState, kept: readonly string[]): RoomState {
  if (kept.length === 0) return withoutRun(state);
  const isKept = (path: string): boolean =>
    path === "/var/lib/readygo" ||
    path.startsWith("/var/lib/readygo/") ||
    kept.some((file) => path === file || path === file.replace(/\/([^/]+)$/, "/.$1.readygo-new"));
  return new Map([...withoutRun(state)].filter(([path]) => !isKept(path)));
}

/** What cannot be taken out of /run is stale once its run has ended, and the next command takes it away. */
function withoutRun(state: RoomState): RoomState {
  return new Map([...state].filter(([path]) => !path.startsWith("/run/")));
}
