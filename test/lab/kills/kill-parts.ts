import { failOperation, killChildren, killOperation } from "./kill-campaign.ts";
import type { RoomDisk } from "./kill-disk.ts";
import { watchExchanges } from "./kill-exchanges.ts";
import { fillDisk, mountReadOnly } from "./kill-full-disk.ts";
import { findOperation, keptTreeOperations, operations, type Operation } from "./kill-operations.ts";
import { losePower } from "./kill-power.ts";
import { raceRuns } from "./kill-race.ts";
import type { Tally, TallyOptions } from "./kill-tally.ts";
import { raceForLock } from "./lock-race.ts";
import { officialRelease, officialVersions } from "../releases/releases.ts";

export interface PartOptions extends TallyOptions {
  /** Everything, or a sample of a few minutes. */
  readonly isFull: boolean;
  readonly disks: readonly RoomDisk[];
  readonly isMeant: (operation: Operation) => boolean;
}

/** What was played, and what came of it. */
type Played = AsyncGenerator<readonly [what: string, tally: Tally]>;

/** What can be played, in this order. */
export const parts = {
  /** Kills at every call outside bulk, and at some inside it. */
  async *kill(options: PartOptions): Played {
    for (const [disk, operation] of eachOn(options.disks, operations.filter(options.isMeant))) {
      const amount = options.isFull ? { bulk: 20 } : { bulk: 10, atMost: disk === "ext4" ? 3 : 8 };
      yield [`${operation.name} on ${disk}, killed`, await killOperation(operation, { ...options, ...amount, disk })];
    }
  },

  async *child(options: PartOptions): Played {
    for (const [disk, operation] of eachOn(options.disks, operations.filter(options.isMeant))) {
      const tally = await killChildren(operation, { ...options, disk, ...(options.isFull ? {} : { atMost: 2 }) });
      yield [`${operation.name} on ${disk}, a child killed`, tally];
    }
  },

  /** Each kind of call fails with every errno, on the other two disks each with the next one. */
  async *errno(options: PartOptions): Played {
    for (const [disk, operation] of eachOn(options.disks, operations.filter(options.isMeant))) {
      const amount = { isEveryErrno: options.isFull && disk === "redirect", ...(options.isFull ? {} : { atMost: 6 }) };
      const tally = await failOperation(operation, { ...options, ...amount, each: 1, disk });
      yield [`${operation.name} on ${disk}, errors`, tally];
    }
  },

  /** As on a file system without an exchange: kills, also between its two renames. */
  async *refused(options: PartOptions): Played {
    for (const name of ["upgrade", "repair", "rollback"] as const) {
      const operation = findOperation(name);
      if (!options.isMeant(operation)) continue;
      const amount = options.isFull ? { bulk: 5 } : { bulk: 0, atMost: 6 };
      const tally = await killOperation(operation, { ...options, ...amount, disk: "ext4", isExchangeRefused: true });
      yield [`${name} where there is no exchange, killed`, tally];
    }
  },

  /** Kills while a tree that was kept is brought back or taken away: on a plain overlay by a copy. */
  async *kept(options: PartOptions): Played {
    const disks = options.disks.filter((disk) => disk !== "redirect");
    for (const [disk, operation] of eachOn(disks, keptTreeOperations.filter(options.isMeant))) {
      const amount = options.isFull ? { bulk: 10 } : { bulk: 2, atMost: 4 };
      yield [`${operation.name} on ${disk}, killed`, await killOperation(operation, { ...options, ...amount, disk })];
    }
  },

  /** A small ext4 that becomes full in the middle, and read-only mounts. */
  async *disk(options: PartOptions): Played {
    for (const operation of operations.filter(options.isMeant)) {
      const full = await fillDisk(operation, { ...options, atMost: options.isFull ? 12 : 2 });
      yield [`${operation.name}, the disk filled`, full];
      const places = ["/usr/local", "/var/lib", "/etc", "/run", "/home", "/tmp/disk"];
      const some = options.isFull ? places : places.slice(0, 2);
      yield [`${operation.name}, read-only`, await mountReadOnly(operation, { ...options, places: some })];
    }
  },

  /** Two and ten runs at once; not of `rollback`, which leads forward again the second time. */
  async *race(options: PartOptions): Played {
    const once = operations.filter((operation) => operation.name !== "rollback" && options.isMeant(operation));
    for (const [disk, operation] of eachOn(options.disks, once)) {
      const counts = options.isFull ? [2, 2, 2, 10, 10] : [2];
      yield [`${operation.name} on ${disk}, at once`, await raceRuns(operation.name, { ...options, disk, counts })];
    }
  },

  /** Eight processes at the same lock, killed at random, beside what ended runs have left. */
  async *lock(options: PartOptions): Played {
    const tally = await raceForLock({ ...options, rounds: options.isFull ? 3_000 : 100 });
    yield ["eight at the same lock, some killed", tally];
  },

  /** A second process starts the tree's go while two releases change places. */
  async *watch(options: PartOptions): Played {
    for (const disk of options.disks) {
      const startedAt = performance.now();
      const { exchanges, answers, errors } = await watchExchanges(disk, options.isFull ? 100 : 8);
      for (const line of errors) options.onBroken?.(`exchanges on ${disk}: ${line}`);
      const secondsEach = (performance.now() - startedAt) / 1000 / exchanges;
      const tally = { points: exchanges, missed: 0, broken: errors, secondsEach };
      yield [`exchanges on ${disk}, ${answers} times watched`, tally];
    }
  },

  async *power(options: PartOptions): Played {
    for (const lower of ["btrfs", "xfs"] as const) {
      for (const neighbour of ["quiet", "busy"] as const) {
        const moments = options.isFull ? 20 : 4;
        const tally = await losePower(findOperation("upgrade"), { ...options, lower, neighbour, moments });
        yield [`upgrade on ext4 on ${lower}, ${neighbour}, the power lost`, tally];
      }
    }
  },

  /** An upgrade between two real releases. */
  async *real(options: PartOptions): Played {
    if (!options.isFull) return;
    const archives = {
      older: await officialRelease(officialVersions.older),
      newer: await officialRelease(officialVersions.newer),
    };
    // Two rooms of 15,000 files at a time gain nothing on two cores.
    const amount = { archives, disk: "redirect", bulk: 20, atMost: 52, lanes: 1 } as const;
    yield [
      "upgrade of a real release, killed",
      await killOperation(findOperation("upgrade"), { ...options, ...amount }),
    ];
  },
} as const;

export type PartName = keyof typeof parts;

function eachOn<Disk, One>(disks: readonly Disk[], all: readonly One[]): readonly (readonly [Disk, One])[] {
  return disks.flatMap((disk) => all.map((one) => [disk, one] as const));
}
