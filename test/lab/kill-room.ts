import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandOptions, type CommandResult, type RunningCommand, startCommand } from "./command.ts";
import { takeSnapshot, type SnapshotEntry } from "./snapshot.ts";
import type { LabHost } from "./throw-away-host.ts";

/** What a room's disk is; on `plain` the lower layer's directories can't be renamed (EXDEV). */
export type RoomDisk = "redirect" | "plain" | "ext4";

/**
 * A host as it stands, with a fresh writable disk over the places that readygo changes, and processes of its own. Ten
 * times cheaper than a host, and what one room does, no other sees.
 */
export interface KillRoom {
  start(argv: readonly string[], options?: CommandOptions): RunningCommand;
  run(argv: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Ends every process of the room at one instant, but for its init. */
  killAll(): Promise<void>;
  /** Where this machine sees a path of the room; links are not followed. */
  path(path: string): string;
  look(): RoomState;
  close(): Promise<void>;
}

/** By path, times left out; a run's id is written as ID. */
export type RoomState = ReadonlyMap<string, Omit<SnapshotEntry, "mtimeNs">>;

const places = ["usr/local", "var/lib", "etc/profile.d", "home", "root"];
const seen = [
  "/usr/local/go",
  "/usr/local/.readygo",
  "/var/lib/readygo",
  "/etc/profile.d",
  "/home",
  "/root",
  "/run/readygo",
];

const overlay = (options: string): string => `
mkdir -p /tmp/room; mount -t tmpfs -o mode=0755,size=1500m room /tmp/room
for place in ${places.join(" ")}; do
  mkdir -p /tmp/room/up/$place /tmp/room/scratch/$place
  chown --reference=/$place /tmp/room/up/$place; chmod --reference=/$place /tmp/room/up/$place
  mount -t overlay overlay -o lowerdir=/$place,upperdir=/tmp/room/up/$place,workdir=/tmp/room/scratch/$place,volatile,${options} /$place
done`;

const setUps: Readonly<Record<RoomDisk, string>> = {
  redirect: overlay("redirect_dir=on,metacopy=on"),
  plain: overlay("redirect_dir=off"),
  // An image is made once a host, from what stands there; a room gets a copy, which takes no room for its holes.
  ext4: `
[ -e /dev/loop-control ] || mknod /dev/loop-control c 10 237
for number in $(seq 0 15); do [ -e /dev/loop$number ] || mknod /dev/loop$number b 7 $number; done
if [ ! -e /opt/room.img ]; then
  mkdir -p /opt/room-tree
  for place in ${places.join(" ")}; do mkdir -p /opt/room-tree/$place; chmod 755 /opt/room-tree/$place; done
  for place in usr/local/go usr/local/.readygo var/lib/readygo home root etc/profile.d; do
    if [ -e /$place ]; then rm -rf /opt/room-tree/$place; cp -a /$place /opt/room-tree/$place; fi
  done
  /usr/sbin/mkfs.ext4 -q -F -N 40000 -E lazy_itable_init=1,nodiscard -d /opt/room-tree /opt/room.tmp 1200M >/dev/null
  rm -rf /opt/room-tree; mv /opt/room.tmp /opt/room.img
fi
mkdir -p /tmp/room /mnt; mount -t tmpfs -o size=2g room /tmp/room
cp --sparse=always /opt/room.img /tmp/room/disk.img
mkdir /tmp/room/disk; mount -o loop /tmp/room/disk.img /tmp/room/disk
for place in ${places.join(" ")}; do mount --bind /tmp/room/disk/$place /$place; done`,
};

export async function openRoom(host: LabHost, disk: RoomDisk): Promise<KillRoom> {
  const script = `set -eu\n${setUps[disk]}\nmount -t tmpfs -o mode=0755 run /run\ntrap '' CHLD\necho ready\nexec sleep infinity >/dev/null 2>&1`;
  const keeper = host.spawn(
    ["unshare", "--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "bash", "-c", script],
    { timeoutMs: 3_600_000 },
  );
  const isReady = await Promise.race([
    new Promise<boolean>((resolve) =>
      keeper.stdout.on("data", (text: Buffer) => text.includes("ready\n") && resolve(true)),
    ),
    keeper.exited.then(() => false),
  ]);
  if (!isReady) throw new Error(`a room could not be made: ${(await keeper.exited).stderr}`);
  const initPid = onlyChild(await keeper.pid());
  const hostRoot = `/proc/${initPid}/root`;
  const path = (wanted: string): string => join(hostRoot, wanted);
  const start = (argv: readonly string[], options: CommandOptions = {}): RunningCommand =>
    startCommand(
      {
        initPid,
        hasOwnNetwork: true,
        hostRoot,
        standardPath: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      },
      argv,
      options,
    );
  return {
    start,
    path,
    run: (argv, options) => start(argv, options).exited,
    async killAll() {
      // kill(2): -1 is everything in sight but the caller and process 1.
      await start(["bash", "-c", "kill -KILL -1 2>/dev/null; exit 0"]).exited;
    },
    look() {
      const entries = [...takeSnapshot(path, seen)].map(([name, entry]) => {
        const timeless: Omit<SnapshotEntry, "mtimeNs"> & { mtimeNs?: string } = { ...entry };
        delete timeless.mtimeNs;
        return [name.replace(/\b\d{8}T\d{9}Z\b/, "ID"), timeless] as const;
      });
      return new Map(entries);
    },
    async close() {
      if (existsSync(`/proc/${initPid}`)) process.kill(initPid, "SIGKILL");
      await keeper.exited;
    },
  };
}

function onlyChild(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim());
}
