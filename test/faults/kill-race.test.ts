import { describe, expect, it } from "vitest";
import { operations, prepareHost, readygoArgv } from "../lab/kill-operations.ts";
import { compareStates, inRoom } from "../lab/kill-replay.ts";
import { openRoom } from "../lab/kill-room.ts";

describe("runs that are started at once", () => {
  it.each([2, 10])("%i of them: one does the work, the others find the lock held or nothing to do", async (count) => {
    const [operation] = operations;
    if (operation === undefined) throw new Error("there is no operation");
    const prepared = await prepareHost(operation);
    try {
      const alone = await inRoom(prepared, "redirect", async (room) => {
        await room.run(readygoArgv(prepared.argv));
        return room.look();
      });
      const room = await openRoom(prepared.host, "redirect");
      const runs = Array.from({ length: count }, () => room.run(readygoArgv([...prepared.argv, "--json"])));
      const results = await Promise.all(runs);
      const told = results.map(({ status, stdout }) => {
        const { status: word, error } = JSON.parse(stdout) as { status: string; error: { code: string } | null };
        return `${status} ${word} ${error?.code ?? ""}`.trim();
      });
      expect(told.filter((line) => line === "0 changed")).toEqual(["0 changed"]);
      expect(told.filter((line) => !["0 changed", "0 unchanged", "8 failed locked"].includes(line))).toEqual([]);
      expect(compareStates(alone, room.look())).toEqual([]);
      await room.close();
    } finally {
      await prepared.host.destroy();
    }
  });

  it("with --wait they all end well, and the work is done once", async () => {
    const [operation] = operations;
    if (operation === undefined) throw new Error("there is no operation");
    const prepared = await prepareHost(operation);
    try {
      await inRoom(prepared, "redirect", async (room) => {
        const argv = readygoArgv([...prepared.argv, "--wait", "60", "--json"]);
        const results = await Promise.all(Array.from({ length: 4 }, () => room.run(argv)));
        const words = results.map(
          ({ status, stdout }) => `${status} ${(JSON.parse(stdout) as { status: string }).status}`,
        );
        expect(words.toSorted()).toEqual(["0 changed", "0 unchanged", "0 unchanged", "0 unchanged"]);
      });
    } finally {
      await prepared.host.destroy();
    }
  });
});
