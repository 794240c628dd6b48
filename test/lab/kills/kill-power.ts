import { constants, copyFileSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { makeImage, mountImage } from "./kill-disk.ts";
import { prepareHost, type PreparedHost, type PrepareOptions, readygoArgv, stillClock } from "./kill-host.ts";
import { goFor, judgeCut } from "./kill-judge.ts";
import type { Operation } from "./kill-operations.ts";
import { spread } from "./kill-points.ts";
import { log, record, type Recording, type Replay, requireSuccess, strace } from "./kill-replay.ts";
import { type KillRoom, openRoom } from "./kill-room.ts";
import { makeTally, type Tally, type TallyOptions } from "./kill-tally.ts";

/**
 * Power losses. The operation runs on an ext4 whose image lies on btrfs (or xfs). strace holds it before a call, and while
 * it stands still the image is cloned in one step (FICLONE, ioctl_ficlonerange(2)). The clone has what ext4 had sent to
 * its disk by then, and nothing of what was only in its page cache or its open journal transaction; /run is lost. It is
 * mounted in a new room, where ext4 replays its journal, and judged as after a kill.
 */
interface PowerOptions extends PrepareOptions, TallyOptions {
  readonly lower: "btrfs" | "xfs";
  /**
   * `quiet`: nothing but readygo's own calls makes ext4 write, so as little as can be has reached the disk. `busy`:
   * somebody else's fsync commits ext4's journal all the time, so names reach it long before the data behind them.
   */
  readonly neighbour: "quiet" | "busy";
  /** How many moments; half of them around the exchange and the commit, the others spread over the whole run. */
  readonly moments: number;
}

/** What a run is held before. Not write(2), which takes nothing to the disk. */
const heldCalls = `
  rename renameat renameat2 link linkat symlink symlinkat unlink unlinkat rmdir mkdir mkdirat fchmod fsync fdatasync
  syncfs ftruncate utimensat
`
  .trim()
  .split(/\s+/);

const holdMs = 30;

export async function losePower(operation: Operation, options: PowerOptions): Promise<Tally> {
  const prepared = await prepareHost(operation, options);
  try {
    const recording = await record(prepared, "ext4");
    await prepared.host.script(makeLower(options.lower));
    const calls = await listHeldCalls(prepared, options);
    const clones = await cloneWhileHeld(prepared, options, chooseMoments(calls, options.moments));
    const trials = clones.map(({ image, held }) => ({
      name: `the power lost before ${held}`,
      play: () => replayLoss(recording, image),
    }));
    const { lower, neighbour } = options;
    return await makeTally(`${operation.name} on ext4 on ${lower}, ${neighbour}`, trials, options);
  } finally {
    await prepared.host.destroy();
  }
}

/** The file system with reflinks that the images lie on. */
function makeLower(lower: PowerOptions["lower"]): string {
  return `${makeImage}
mkdir -p /opt/lower; truncate -s 6G /opt/lower.img; mkfs.${lower} -q /opt/lower.img
mount -o loop /opt/lower.img /opt/lower; cp --sparse=always /opt/room.img /opt/lower/start.img`;
}

/** commit=600: ext4 by itself would commit its journal every 5 s, and take to the disk what nobody had asked it to. */
const live = (name: string): string => `cp --reflink=always /opt/lower/start.img /opt/lower/${name}
${mountImage(`/opt/lower/${name}`, ["commit=600"])}`;

/** The calls of a whole run, in their order. */
async function listHeldCalls(prepared: PreparedHost, options: PowerOptions): Promise<readonly string[]> {
  return runHeld(prepared, options, 0, () => {});
}

interface Clone {
  readonly image: string;
  readonly held: string;
}

async function cloneWhileHeld(
  prepared: PreparedHost,
  options: PowerOptions,
  moments: ReadonlySet<number>,
): Promise<readonly Clone[]> {
  const clones: Clone[] = [];
  const due = [...moments].toSorted((one, other) => one - other);
  await runHeld(prepared, options, holdMs, (calls, clone) => {
    const number = calls.length;
    // On a busy machine a hold may be over before it was seen: then the next one serves.
    if ((due[0] ?? Infinity) > number) return;
    while ((due[0] ?? Infinity) <= number) due.shift();
    const image = `/opt/lower/clone-${number}.img`;
    clone(image);
    clones.push({ image, held: `${calls.at(-1) ?? ""} (call ${number})` });
  });
  return clones;
}

/** Runs the operation, each of its calls held for a while before it is done. */
async function runHeld(
  prepared: PreparedHost,
  { neighbour }: PowerOptions,
  delayMs: number,
  onHeld: (calls: readonly string[], clone: (image: string) => void) => void,
): Promise<readonly string[]> {
  const room = await openRoom(prepared.host, { setUp: live(`live-${delayMs}.img`) });
  try {
    if (neighbour === "busy") room.start(["sh", "-c", "while :; do date >/tmp/disk/other; sync /tmp/disk/other; done"]);
    const trace = `trace=${heldCalls.join(",")}`;
    const inject = delayMs === 0 ? [] : ["-e", `inject=${heldCalls.join(",")}:delay_enter=${delayMs * 1000}`];
    const argv = [...strace, "-y", "-s", "256", "-o", log, "-e", trace, ...inject, ...readygoArgv(prepared.argv)];
    const run = room.start(argv, { env: stillClock });
    const end = run.exited.then(() => true);
    let seen = 0;
    const clone = (image: string): void =>
      copyFileSync(room.path(`/opt/lower/live-${delayMs}.img`), room.path(image), constants.COPYFILE_FICLONE_FORCE);
    while (!(await Promise.race([end, sleep(2, false)]))) {
      const calls = readCalls(room);
      if (calls.length > seen) onHeld(calls, clone);
      seen = calls.length;
    }
    requireSuccess(await run.exited);
    return readCalls(room);
  } finally {
    await room.close();
  }
}

/** strace writes the beginning of a call's line before it holds the call, and says of it later that it is `resumed`. */
function readCalls(room: KillRoom): readonly string[] {
  try {
    const text = readFileSync(room.path(log), "utf8");
    return [...text.matchAll(/^\d+ +(\w+\(.*)/gm)].map(([, call = ""]) =>
      call.replace(/\)? +(?:= .*|<unfinished .*)$/, ""),
    );
  } catch {
    return [];
  }
}

/** Moments before calls that reach the disk; from the exchange on, to the end of the commit, they lie dense. */
function chooseMoments(calls: readonly string[], moments: number): ReadonlySet<number> {
  const numbers = calls.flatMap((call, at) => (/"\/(?:tmp|run)\/|"readygo-/.test(call) ? [] : [at + 1]));
  const exchange = calls.findIndex((call) => call.startsWith("rename") && call.includes('"/usr/local/go"'));
  const dense = numbers.filter((number) => number > exchange - 3);
  const around = spread(dense, Math.floor(moments / 2));
  const others = numbers.filter((number) => !around.includes(number));
  return new Set([...around, ...spread(others, moments - around.length)]);
}

async function replayLoss(recording: Recording, image: string): Promise<Replay> {
  const room = await openRoom(recording.prepared.host, { setUp: mountImage(image) });
  try {
    const why = [...judgeCut(recording, room.look()), ...(await goFor(recording, room, 0))];
    return { outcome: why.length === 0 ? "held" : "broken", why };
  } finally {
    await room.close();
  }
}
