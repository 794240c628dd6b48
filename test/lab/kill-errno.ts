import { readFileSync } from "node:fs";
import { readygoArgv, stillClock } from "./kill-operations.ts";
import { type KillPoint, spread } from "./kill-points.ts";
import { aim, compareStates, goFor, inRoom, type Recording, type Replay, strace } from "./kill-replay.ts";

/** What a file system says when it is full, broken, read-only, closed to us, or over the quota. */
export const errnos = ["ENOSPC", "EIO", "EROFS", "EACCES", "EDQUOT"] as const;
export type Errno = (typeof errnos)[number];

/** Per kind of call and class of path `each` points, evenly. */
export function sampleKinds(points: readonly KillPoint[], each: number): readonly KillPoint[] {
  const kinds = Map.groupBy(points, ({ call, group, isInChild }) => `${call} ${group} ${isInChild}`);
  return [...kinds.values()].flatMap((kind) => spread(kind, each));
}

const leftOvers = "it is done, but for left-overs";

/**
 * Runs the operation in a fresh room where one call fails once. Either it is done all the same (0), or the documented
 * exit code says that nothing was done, and nothing was.
 */
export async function replayErrno(recording: Recording, point: KillPoint, errno: Errno): Promise<Replay> {
  const { prepared, disk, before, after } = recording;
  return inRoom(prepared, disk, async (room) => {
    const inject = ["-e", `inject=${point.call}:error=${errno}:when=${point.nth}`];
    const run = await room.run(
      [...strace, "-o", "/run/strace.log", ...aim(point), ...inject, ...readygoArgv(prepared.argv)],
      {
        env: stillClock,
      },
    );
    if (!readFileSync(room.path("/run/strace.log"), "utf8").includes("(INJECTED)"))
      return { outcome: "missed", why: [] };
    const why: string[] = [];
    const text = `${run.stdout}${run.stderr}`;
    if (run.status !== 0 && run.status !== 3 && run.status !== 6)
      why.push(`exit ${run.status ?? run.signal}: ${text.trim()}`);
    if (/error\[bug\]|\n {2,}at .*:\d+:\d+/.test(text)) why.push(`a stack trace: ${text.trim()}`);
    if (!text.includes(leftOvers)) {
      why.push(
        ...compareStates(run.status === 0 ? after : before, room.look()).map(
          (line) => `after exit ${run.status}: ${line}`,
        ),
      );
    }
    why.push(...(await goFor(recording, room, 0)));
    return { outcome: why.length === 0 ? "held" : "broken", why: why.slice(0, 6) };
  });
}
