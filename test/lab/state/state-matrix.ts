import { stateCommands, type StateCommand } from "./state-combination.ts";
import { listDamages } from "../damages/state-damage.ts";
import type { StateHostName } from "./state-hosts.ts";
import type { StateImage } from "./state-image.ts";

/** One cell of the matrix. */
export interface Combination {
  readonly host: StateHostName;
  readonly damage: string;
  readonly command: StateCommand;
}

/** All commands of a damage stand together. */
export function listCombinations(hosts: ReadonlyMap<StateHostName, StateImage>): readonly Combination[] {
  return [...hosts].flatMap(([host, image]) =>
    listDamages(image, {
      isFull: (path) => isDamagedInFull(host, path),
      isJournalForged: isJournalForged(host),
    }).flatMap(({ name }) => stateCommands.map((command) => ({ host, damage: name, command }))),
  );
}

/** Of the first host everything; of the others what only they have. */
export function isDamagedInFull(host: StateHostName, path: string): boolean {
  if (host === "upgraded") return true;
  if (host === "stale lock and partial download") return /^\/run\/|\/partial/.test(path);
  if (path === "/var/lib/readygo/journal") return true;
  return host === "cut after the rc file" && path.includes("/undo-");
}

/** Records that no run has written: on a host without a journal, and where recovering undoes, and where it finishes. */
export function isJournalForged(host: StateHostName): boolean {
  return host === "upgraded" || host === "cut after the exchange" || host === "cut after the commit";
}

/** Damages at even distances, each with one command in turn: the same ones every time. */
export function sampleCombinations(all: readonly Combination[], count: number): readonly Combination[] {
  const commands = stateCommands.length;
  const step = all.length / commands / count;
  return Array.from({ length: count }, (_, index) => {
    const damage = Math.floor(index * step);
    return all[damage * commands + (index % commands)];
  }).filter((one) => one !== undefined);
}
