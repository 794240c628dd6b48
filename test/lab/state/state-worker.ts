// Plays combinations one after another, for a parent that watches how long each takes: an image may have a FIFO for
// which readygo waits, and then nothing in this process runs any more.
import { join } from "node:path";
import process from "node:process";
import { createPlayer, type CombinationResult, type StateCommand } from "./state-combination.ts";
import { listDamages } from "../damages/state-damage.ts";
import { openStateImage } from "./state-image.ts";
import { isDamagedInFull, isJournalForged } from "./state-matrix.ts";
import type { StateHostName } from "./state-hosts.ts";
import type { StateShelf } from "./state-shelf.ts";

export interface WorkerTask {
  readonly host: StateHostName;
  /** Where the host lies. */
  readonly directory: string;
  readonly damage: string;
  readonly command: StateCommand;
  readonly shelf: StateShelf;
  /** A directory of this worker's own. */
  readonly room: string;
}

export type WorkerAnswer = CombinationResult | { readonly failure: string };

const players = new Map<string, { readonly play: ReturnType<typeof createPlayer>; readonly damages: ReturnType<typeof listDamages> }>(); // prettier-ignore

function playerOf({ host, directory, shelf, room }: WorkerTask) {
  const open = players.get(host);
  if (open !== undefined) return open;
  const image = openStateImage(directory);
  const player = {
    play: createPlayer(image, join(room, "case"), shelf),
    damages: listDamages(image, {
      isFull: (path) => isDamagedInFull(host, path),
      isJournalForged: isJournalForged(host),
    }),
  };
  players.set(host, player);
  return player;
}

async function play(task: WorkerTask): Promise<WorkerAnswer> {
  const { play: playCase, damages } = playerOf(task);
  const damage = damages.find(({ name }) => name === task.damage);
  if (damage === undefined) throw new Error(`there is no damage ${task.damage}`);
  return playCase(damage, task.command);
}

process.on("message", (task: WorkerTask) => {
  play(task)
    .catch((error: unknown) => ({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }))
    .then((answer) => process.send?.(answer))
    .catch(() => process.exit(1));
});
