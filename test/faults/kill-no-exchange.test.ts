import { describe, expect, it } from "vitest";
import { killOperation } from "../lab/kills/kill-campaign.ts";
import { replayFault } from "../lab/kills/kill-errno.ts";
import { prepareHost } from "../lab/kills/kill-host.ts";
import { findOperation } from "../lab/kills/kill-operations.ts";
import { record } from "../lab/kills/kill-replay.ts";

// renameat2(2): EINVAL where the file system does not know RENAME_EXCHANGE.
describe("a file system that has no exchange of directories", () => {
  it("gets the work done by two renames", async () => {
    const prepared = await prepareHost(findOperation("rollback"));
    try {
      const recording = await record(prepared, "redirect");
      const exchange = recording.points.find(({ call }) => call === "renameat2");
      if (exchange === undefined) throw new Error("there is no exchange");
      expect(await replayFault(recording, exchange, "EINVAL")).toEqual({ outcome: "held", why: [] });
    } finally {
      await prepared.host.destroy();
    }
  });

  it("is left with the old, the new or no tree where the run is killed between them; the next command brings it back", async () => {
    const tally = await killOperation(findOperation("upgrade"), {
      disk: "ext4",
      isExchangeRefused: true,
      bulk: 0,
      only: ({ call, group, path }) =>
        call === "rename" && (group === "goroot" || path.startsWith("/usr/local/.readygo/")),
      atMost: 4,
    });
    expect(tally.broken).toEqual([]);
    expect(tally.points).toBe(4);
  });
});
