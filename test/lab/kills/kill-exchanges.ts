import type { RoomDisk } from "./kill-disk.ts";
import { type PreparedHost, prepareHost, type PrepareOptions, readygoArgv } from "./kill-host.ts";
import { findOperation } from "./kill-operations.ts";
import { inRoom, requireSuccess } from "./kill-replay.ts";

/** What a second process saw of /usr/local/go. */
interface Watched {
  readonly exchanges: number;
  /** How often it ran `/usr/local/go/bin/go version`. */
  readonly answers: number;
  /** The releases that answered, in the order they were first seen. */
  readonly releases: readonly string[];
  /** Everything else that came: an error's words, or its exit status. */
  readonly errors: readonly string[];
}

/** Exchanges two releases by `rollback`, again and again, while another process starts the tree's go all the time. */
export async function watchExchanges(
  disk: RoomDisk,
  exchanges: number,
  options: PrepareOptions = {},
): Promise<Watched> {
  const prepared = await prepareHost(findOperation("rollback"), options);
  try {
    return await watchInRoom(prepared, disk, exchanges);
  } finally {
    await prepared.host.destroy();
  }
}

const loop = `while [ ! -e /run/enough ]; do /usr/local/go/bin/go version || echo "exit $?"; done 2>&1`;

async function watchInRoom(prepared: PreparedHost, disk: RoomDisk, exchanges: number): Promise<Watched> {
  return inRoom(prepared, disk, async (room) => {
    const rollback = async (): Promise<void> => requireSuccess(await room.run(readygoArgv(prepared.argv)));
    // On a plain overlay a tree of the lower layer is copied once; both are exchanged from then on.
    if (disk === "plain") for (const _ of ["one", "the other"]) await rollback();
    const watcher = room.start(["sh", "-c", loop], { timeoutMs: 600_000 });
    for (let done = 0; done < exchanges; done += 1) await rollback();
    await room.run(["touch", "/run/enough"]);
    const lines = (await watcher.exited).stdout.split("\n").filter((line) => line !== "");
    const answer = /^go version (go\S+) linux\/\w+$/;
    return {
      exchanges,
      answers: lines.length,
      releases: [...new Set(lines.flatMap((line) => answer.exec(line)?.[1] ?? []))],
      errors: lines.filter((line) => !answer.test(line)),
    };
  });
}
