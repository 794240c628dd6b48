import { prepareHost, readygoArgv, stillClock } from "./kill-host.ts";
import { goFor } from "./kill-judge.ts";
import { judgeEnd } from "./kill-errno.ts";
import type { Operation } from "./kill-operations.ts";
import { describePoint, type KillPoint, spread } from "./kill-points.ts";
import { aim, inRoom, isHeld, log, record, type Recording, type Replay, strace } from "./kill-replay.ts";
import { makeTally, type Tally, type TallyOptions } from "./kill-tally.ts";
import { setTimeout as sleep } from "node:timers/promises";

interface FullDiskOptions extends TallyOptions {
  /** How many of the operation's points, evenly. */
  readonly atMost: number;
}

/** Fills the ext4 below readygo's places to the last block in the middle of a run, before one of its calls. */
export async function fillDisk(operation: Operation, options: FullDiskOptions): Promise<Tally> {
  const prepared = await prepareHost(operation);
  try {
    const recording = await record(prepared, "ext4");
    const trials = spread(recording.points, options.atMost).map((point) => ({
      name: `the disk filled before ${describePoint(point)}`,
      play: () => replayFull(recording, point),
    }));
    return await makeTally(`${operation.name} on ext4`, trials, options);
  } finally {
    await prepared.host.destroy();
  }
}

const holdMs = 1_000;

/** Whole extents by fallocate(2), which costs no time, then every block that is left. */
const fill = `cd /tmp/disk; for size in 64M 1M; do
  while fallocate -l $size filler.$((number += 1)) 2>/dev/null; do :; done
done; cat /dev/zero >filler 2>/dev/null; sync filler`;

async function replayFull(recording: Recording, point: KillPoint): Promise<Replay> {
  const { prepared, disk } = recording;
  return inRoom(prepared, disk, async (room) => {
    const inject = ["-e", `inject=${point.call}:delay_enter=${holdMs * 1000}:when=${point.nth}`];
    const argv = [...strace, "-o", log, ...aim(point), ...inject, ...readygoArgv(prepared.argv)];
    const run = room.start(argv, { env: stillClock });
    const end = run.exited.then(() => true);
    let isHit = false;
    while (!isHit && !(await Promise.race([end, sleep(4, false)]))) isHit = isHeld(room, point);
    if (!isHit) return { outcome: "missed", why: [] };
    await room.run(["sh", "-c", fill]);
    const result = await run.exited;
    await room.run(["sh", "-c", "rm -f /tmp/disk/filler*"]);
    // The filler is root's, and has taken what ext4 keeps for root alone: a user's file finds no room when staging is
    // gone, either. The next command has to.
    const notPutBack = result.stderr.match(/^ {2}\S+ \S+ +ENOSPC/gm) ?? [];
    const isUsers = notPutBack.length > 0 && notPutBack.every((line) => line.includes(" /home/"));
    const faults = { hits: isUsers ? 2 : 1 };
    const why = [...judgeEnd(recording, room, result, faults), ...(await goFor(recording, room, 0))];
    return { outcome: why.length === 0 ? "held" : "broken", why };
  });
}

/** Mounts one place read-only before the operation, which is to change nothing or to do its work. */
export async function mountReadOnly(
  operation: Operation,
  options: TallyOptions & { places: readonly string[] },
): Promise<Tally> {
  const prepared = await prepareHost(operation);
  try {
    const recording = await record(prepared, "ext4");
    const trials = options.places.map((place) => ({
      name: `${place} read-only`,
      play: () => replayReadOnly(recording, place),
    }));
    return await makeTally(`${operation.name} on ext4`, trials, options);
  } finally {
    await prepared.host.destroy();
  }
}

async function replayReadOnly(recording: Recording, place: string): Promise<Replay> {
  const { prepared, disk } = recording;
  return inRoom(prepared, disk, async (room) => {
    // The file system itself, or a mount of it at one place.
    const [close, open] =
      place === "/tmp/disk"
        ? ["mount -o remount,ro /tmp/disk", "mount -o remount,rw /tmp/disk"]
        : [`mount --bind ${place} ${place}; mount -o remount,ro,bind ${place}`, `umount ${place}`];
    await room.run(["sh", "-ec", close]);
    const result = await room.run(readygoArgv(prepared.argv));
    await room.run(["sh", "-ec", open]);
    // An install leaves a home alone that nobody can write, and says so: there it is not as after any other install.
    const isLeftAlone = place === "/home" && result.status === 0 && /(is|are) left alone/.test(result.stderr);
    const isLeft = (line: string): boolean => isLeftAlone && /\/home\/|\/backups\b/.test(line);
    const why = [...judgeEnd(recording, room, result), ...(await goFor(recording, room, 0))];
    const text = `${result.stdout}${result.stderr}`.trim();
    const broken = why.filter((line) => !isLeft(line) && !(isLeftAlone && line === text));
    return { outcome: broken.length === 0 ? "held" : "broken", why: broken };
  });
}
