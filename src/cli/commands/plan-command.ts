import { formatPlan, toJsonSteps } from "../../report/format-plan.ts";
import type { Command } from "../command.ts";
import { plannedOptions } from "../option-groups.ts";
import { composeSavedPlan } from "../saved-plan-file.ts";
import { parseInstallRequest } from "../parse-request.ts";
import { titlePlan } from "../../plan/plan.ts";
import { previewInstall } from "../../provision/install.ts";

const exitHostDiffers = 10;

export const planCommand: Command = {
  name: "plan",
  positional: { name: "version-or-file", describe: "as for install" },
  summary: "Show what install would do, and change nothing",
  options: [...plannedOptions, "detailed-exitcode"],
  examples: [
    ["plan", "what an upgrade to the newest release would do"],
    ["plan 1.27.4 --detailed-exitcode", "for scripts: 0 as asked, 10 differs"],
    ["plan 1.27.4 --json >plan.json", "to look at, and to apply with install --plan plan.json"],
  ],
  async run(session, input) {
    const request = parseInstallRequest(input, session);
    const prepared = await previewInstall(session, request);
    const { plan, desired, observed, advice } = prepared;
    const isEmpty = plan.steps.length === 0;
    const before = observed.receipt?.version ?? null;
    return {
      status: isEmpty ? "unchanged" : "planned",
      version: desired.version,
      previous: before === desired.version ? null : before,
      changes: [],
      checks: [],
      exit: !isEmpty && input.settings["detailed-exitcode"] === true ? exitHostDiffers : 0,
      text: formatPlan(plan, titlePlan(plan, desired), session.request),
      extra: {
        steps: toJsonSteps(plan),
        notes: plan.notes,
        saved: composeSavedPlan(input.settings, { cwd: session.port.cwd, root: session.request.root }, prepared),
        ...(advice === undefined ? {} : { advisories: advice.advisories }),
      },
    };
  },
};
