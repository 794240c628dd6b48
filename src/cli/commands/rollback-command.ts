import { rollback } from "../../provision/rollback.ts";
import type { Command } from "../command.ts";
import { checkOptions } from "../option-groups.ts";

export const rollbackCommand: Command = {
  name: "rollback",
  positional: undefined,
  summary: "Back to the previous release at once; again: forward",
  options: ["user", "verify", ...checkOptions],
  examples: [
    ["rollback", "the release before this one, at once"],
    ["rollback --no-verify", "without running shells and go first"],
  ],
  async run(session, input) {
    const { receipt, changes, from } = await rollback(session, { isVerifying: input.settings.verify ?? true });
    return {
      status: "changed",
      version: receipt.version,
      previous: from,
      changes,
      checks: session.checks,
      exit: 0,
      text: `${receipt.version} is back at /usr/local/go; readygo rollback leads to ${from} again`,
    };
  },
};
