import { posix } from "node:path";
import { createShellAsker } from "../../environment/ask-shell.ts";
import { askOwnShell } from "../../environment/own-shells.ts";
import { describeLoss, mayHaveLost } from "../../environment/compare-shells.ts";
import { askShell, readLoginStart } from "../ask-shells.ts";
import { type Check, fail, pass } from "../check.ts";

/** The one check of shells that can fail: what is worse than before this run is this run's doing, and is rolled back. */
export const shellsKept: Check = {
  id: "shells-kept",
  layer: 2,
  proves: "no shell of the account has lost anything since before this run (in `install` only)",
  cost: "start",
  bound: 6,
  needsRunning: true,
  appliesTo: ({ shellsBefore }) => shellsBefore !== undefined,
  async run(context) {
    const { account, shellsBefore, timeoutMs } = context;
    for (const mode of ["login", "interactive"] as const) {
      const before = shellsBefore?.[mode];
      const after = await askShell(context, mode);
      if (before === undefined || !mayHaveLost(before, after)) continue;
      const again = await askOwnShell(createShellAsker(context.processes), account, {
        mode,
        start: await readLoginStart(context),
        timeoutMs,
      });
      const loss = describeLoss(before, after, again);
      if (loss === undefined) continue;
      return fail(
        `${account.name}'s ${mode} shell (${posix.basename(account.shell)}) ${loss}`,
        `readygo install ${context.version} --no-rc`,
      );
    }
    return pass(`${account.name}'s shells have all that they had`);
  },
};
