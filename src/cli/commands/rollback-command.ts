import { rollback } from "../../provision/rollback.ts";
import type { Command } from "../command.ts";
import { checkOptions, gateOptions, shellOptions } from "../options.ts";
import { readFlag } from "../values.ts";

export const rollbackCommand: Command = {
  name: "rollback",
  positional: undefined,
  summary: "Back to the previous release at once; again: forward",
  options: { user: shellOptions.user, verify: gateOptions.verify, ...checkOptions },
  examples: [
    ["rollback", "the release before this one, at once"],
    ["rollback --no-verify", "without running shells and go first"],
  ],
  async run(session, values) {
    const { receipt, changes, from } = await rollback(session, { isVerifying: readFlag(values, "verify") ?? true });
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
