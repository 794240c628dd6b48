import { type Errno, errnos, replayFault, sampleKinds } from "./kill-errno.ts";
import { prepareHost, type PrepareOptions } from "./kill-host.ts";
import type { Operation } from "./kill-operations.ts";
import { describePoint, type KillPoint, samplePoints, spread } from "./kill-points.ts";
import { record, type Recording, replayKill } from "./kill-replay.ts";
import { makeTally, type Tally, type TallyOptions, type Trial } from "./kill-tally.ts";
import type { RoomDisk } from "./kill-disk.ts";

export interface CampaignOptions extends PrepareOptions, TallyOptions {
  readonly disk: RoomDisk;
  /** All points outside bulk and this many inside it; or, with `atMost`, that many of these, evenly. */
  readonly bulk: number;
  readonly atMost?: number;
  /** Leaves out points that are not meant. */
  readonly only?: (point: KillPoint) => boolean;
}

/** Kills one operation at point after point, each in a room of its own. */
export async function killOperation(operation: Operation, options: CampaignOptions): Promise<Tally> {
  return campaign(operation, options, (recording) => {
    const all = samplePoints(recording.points.filter(options.only ?? (() => true)), options.bulk);
    const points = options.atMost === undefined ? all : spread(all, options.atMost);
    return points.map((point, at) => ({
      name: `killed before ${describePoint(point)}`,
      play: () => replayKill(recording, point, at),
    }));
  });
}

export interface ErrnoOptions extends Omit<CampaignOptions, "bulk"> {
  /** Points per kind of call and class of path. */
  readonly each: number;
  /** Each point with every errno, or each with the next one in turn. */
  readonly isEveryErrno: boolean;
}

/** Lets one operation's calls fail, one in each run. */
export async function failOperation(operation: Operation, options: ErrnoOptions): Promise<Tally> {
  return campaign(operation, options, (recording) => {
    const points = sampleKinds(recording.points, options.each);
    const all = points.flatMap((point: KillPoint, at) =>
      (options.isEveryErrno ? errnos : [errnos[at % errnos.length] ?? "EIO"]).map((errno: Errno) => ({
        name: `${errno} at ${describePoint(point)}`,
        play: () => replayFault(recording, point, errno),
      })),
    );
    return options.atMost === undefined ? all : spread(all, options.atMost);
  });
}

/** Lets each child that changes files die alone, at each of its kinds of calls. */
export async function killChildren(operation: Operation, options: Omit<CampaignOptions, "bulk">): Promise<Tally> {
  return campaign(operation, options, (recording) => {
    const points = sampleKinds(
      recording.points.filter(({ isInChild }) => isInChild),
      2,
    );
    const chosen = options.atMost === undefined ? points : spread(points, options.atMost);
    return chosen.map((point) => ({
      name: `the child killed at ${describePoint(point)}`,
      play: () => replayFault(recording, point, "KILL"),
    }));
  });
}

async function campaign(
  operation: Operation,
  options: Omit<CampaignOptions, "bulk">,
  choose: (recording: Recording) => readonly Trial[],
): Promise<Tally> {
  const prepared = await prepareHost(operation, options);
  try {
    const recording = await record(prepared, options.disk);
    return await makeTally(`${operation.name} on ${options.disk}`, choose(recording), options);
  } finally {
    await prepared.host.destroy();
  }
}
