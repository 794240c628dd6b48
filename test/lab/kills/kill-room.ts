import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandOptions, type CommandResult, type RunningCommand, startCommand } from "../hosts/command.ts";
import { diskScripts, type RoomDisk } from "./kill-disk.ts";
import { takeSnapshot, type SnapshotEntry } from "../hosts/snapshot.ts";
import type { LabHost } from "../hosts/throw-away-host.ts";

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

const seen = [
  "/usr/local/go",
  "/usr/local/.readygo",
  "/usr/local/bin",
  "/var/lib/readygo",
  "/etc/profile.d",
  "/home",
  "/root",
  "/run/readygo",
];

/** With one of the disks, or with what a script mounts. */
export async function openRoom(host: LabHost, disk: RoomDisk | { readonly setUp: string }): Promise<KillRoom> {
  const setUp = typeof disk === "string" ? diskScripts[disk] : disk.setUp;
  const script = `set -eu\n${setUp}\nmount -t tmpfs -o mode=0755 run /run\ntrap '' CHLD\necho ready\nexec sleep infinity >/dev/null 2>&1`;
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
      // One that was in the middle of an fsync is there for a while yet, and holds its lock rightly.
      const gone = "for i in {1..2000}; do set -- /proc/[0-9]*; [ $# -le 2 ] && exit; sleep 0.01; done; exit 1";
      const { status } = await start(["bash", "-c", `kill -KILL -1 2>/dev/null; ${gone}`]).exited;
      if (status !== 0) throw new Error("processes of the room outlive SIGKILL");
    },
    look() {
      const entries = [...takeSnapshot(path, seen, { isReread: true })].map(([name, entry]) => {
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
