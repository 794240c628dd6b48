import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { commandWords, stateCommands } from "../lab/state/state-combination.ts";
import { listDamages } from "../lab/damages/state-damage.ts";
import { makeStateHosts } from "../lab/state/state-hosts.ts";
import type { StateImage, StateRun } from "../lab/state/state-image.ts";
import { sampleCombinations } from "../lab/state/state-matrix.ts";
import { runStateDamage } from "../lab/state/state-run.ts";
import { stockStateShelf } from "../lab/state/state-shelf.ts";

// Rule: state that is damaged, hostile or not root's alone makes no command do harm. Nothing outside readygo's places
// changes, no file of a user's gets worse, a foreign Go is kept, what refuses has changed nothing, and what the error
// prints leads out. This is a sample of what `npm run faults:state -- --full` plays.
it("holds its laws for a sample of damages and commands", async () => {
  const tally = await runStateDamage({
    workers: 2,
    hosts: ["upgraded", "cut after the exchange", "cut after the commit"],
    choose: (all) => sampleCombinations(all, 40),
  });
  const lines = tally.broken.map(({ host, damage, command, law, what }) => `${host} | ${damage} | ${command} | ${law}: ${what}`); // prettier-ignore
  console.log(`damaged state: combinations ${tally.combinations}, broken ${lines.length}`);
  expect(lines).toEqual([]);
  expect(tally.combinations).toBe(40);
});

// The matrix runs commands in one process, since that is faster: it is the same as the program.
it("does in one process what the built program does", async () => {
  const room = mkdtempSync(join(tmpdir(), "readygo-state-"));
  try {
    const shelf = stockStateShelf(room);
    const host = (await makeStateHosts(room, shelf, ["upgraded"])).get("upgraded");
    if (host === undefined) throw new Error("there is no host");
    const damages = listDamages(host, { isFull: (path) => path.endsWith("receipt.json"), isJournalForged: false });
    const chosen = stateCommands.map((command, index) => ({ command, damage: damages[index * 31] }));
    for (const { command, damage } of chosen) {
      const play = async (run: (image: StateImage) => StateRun | Promise<StateRun>) => {
        const image = host.copyTo(join(room, "case"));
        damage?.apply(image);
        const { exit, error } = await run(image);
        const seen = [...image.look()].map(([path, { kind, mode, uid }]) => [path.replaceAll(/\d{8}T\d{9}Z/g, "ID"), kind, mode, uid].join(" ")); // prettier-ignore
        image.destroy();
        return { name: `${command} where ${damage?.name}`, exit, error, seen: seen.toSorted() };
      };
      const words = commandWords(shelf, command);
      expect(await play((image) => image.run(words))).toEqual(await play((image) => image.runBundle(words)));
    }
  } finally {
    rmSync(room, { recursive: true });
  }
});
