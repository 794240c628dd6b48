import { previewRollback, rollback, titleRollback } from "../../provision/rollback.ts";
import { formatPlan, toJsonSteps } from "../../report/format-plan.ts";
import type { Session } from "../../provision/session.ts";
import type { Command, CommandResult } from "../command.ts";
import { checkOptions } from "../option-groups.ts";

export const rollbackCommand: Command = {
  name: "rollback",
  positional: undefined,
  summary: "Back to the previous release at once; again: forward",
  options: ["user", "verify", "dry-run", ...checkOptions],
  help: { "dry-run": "Print the plan, and change nothing" },
  examples: [
    ["rollback", "the release before this one, at once"],
    ["rollback --no-verify", "without running shells and go first"],
    ["rollback --dry-run", "which release that is"],
  ],
  async run(session, { settings }) {
    if (settings["dry-run"] === true) return await preview(session);
    const { receipt, changes, from, plan } = await rollback(session, { isVerifying: settings.verify ?? true });
    return {
      status: "changed",
      version: receipt.version,
      previous: from,
      changes,
      checks: session.checks,
      exit: 0,
      text: `${receipt.version} is back at /usr/local/go; readygo rollback leads to ${from} again`,
      extra: { steps: toJsonSteps(plan) },
    };
  },
};

async function preview(session: Session): Promise<CommandResult> {
  const { version, from, plan } = await previewRollback(session);
  return {
    status: "planned",
    version,
    previous: from,
    changes: [],
    checks: [],
    exit: 0,
    text: formatPlan(plan, titleRollback(plan), session.request),
    isTextWanted: true,
    extra: { steps: toJsonSteps(plan) },
  };
}
