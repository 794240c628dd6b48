import type { RoomDisk } from "./kill-disk.ts";
import { prepareHost, readygoArgv } from "./kill-host.ts";
import { compareStates } from "./kill-judge.ts";
import { findOperation, type OperationName } from "./kill-operations.ts";
import { inRoom, requireSuccess } from "./kill-replay.ts";
import { makeTally, type Tally, type TallyOptions } from "./kill-tally.ts";

interface RaceOptions extends TallyOptions {
  readonly disk: RoomDisk;
  /** For each of them as many runs are started at once. */
  readonly counts: readonly number[];
  /** Whether each run waits for the lock. */
  readonly isWaiting?: boolean;
}

/** Starts the same operation several times at once: one run does the work, and the host is as if there had been no other. */
export async function raceRuns(name: OperationName, options: RaceOptions): Promise<Tally> {
  const { disk, counts, isWaiting = false } = options;
  const operation = findOperation(name);
  const prepared = await prepareHost(operation);
  try {
    const alone = await inRoom(prepared, disk, async (room) => {
      requireSuccess(await room.run(readygoArgv(prepared.argv)));
      return room.look();
    });
    const argv = readygoArgv([...prepared.argv, ...(isWaiting ? ["--wait", "120"] : []), "--json"]);
    const endings = isWaiting ? ["0 changed", "0 unchanged"] : ["0 changed", "0 unchanged", "8 failed locked"];
    const trials = counts.map((count) => ({
      name: `${count} runs at once`,
      play: () =>
        inRoom(prepared, disk, async (room) => {
          const results = await Promise.all(Array.from({ length: count }, () => room.run(argv)));
          const told = results.map(({ status, stdout }) => {
            const { status: word, error } = JSON.parse(stdout) as { status: string; error: { code: string } | null };
            return `${status} ${word} ${error?.code ?? ""}`.trim();
          });
          const why = told.filter((line) => !endings.includes(line)).map((line) => `a run ends with ${line}`);
          const changed = told.filter((line) => line === "0 changed").length;
          if (changed !== 1) why.push(`${changed} runs did the work`);
          why.push(...compareStates(alone, room.look()));
          return { outcome: why.length === 0 ? ("held" as const) : ("broken" as const), why };
        }),
    }));
    return await makeTally(`${name} on ${disk}`, trials, { lanes: 1, ...options });
  } finally {
    await prepared.host.destroy();
  }
}
