import { formatPlan, toJsonSteps } from "../../report/format-plan.ts";
import type { Command } from "../command.ts";
import { gateOptions, shellOptions, sourceOptions } from "../options.ts";
import { parseInstallRequest } from "../parse-request.ts";
import { previewInstall } from "../../provision/install.ts";
import { readFlag } from "../values.ts";

const exitHostDiffers = 10;

export const planCommand: Command = {
  name: "plan",
  positional: { name: "version-or-file", describe: "as for install" },
  summary: "Show what install would do, and change nothing",
  options: {
    ...sourceOptions,
    ...shellOptions,
    repair: gateOptions.repair,
    "detailed-exitcode": { type: "boolean", describe: "Exit 10 where the host differs, 0 where it does not" },
  },
  examples: [
    ["plan", "what an upgrade to the newest release would do"],
    ["plan 1.27.4 --detailed-exitcode", "for scripts: 0 as asked, 10 differs"],
  ],
  async run(session, values, config) {
    const request = parseInstallRequest(values, session.port, session.request, config);
    const { plan, desired, observed } = await previewInstall(session, request);
    const isEmpty = plan.steps.length === 0;
    const before = observed.receipt?.version ?? null;
    return {
      status: isEmpty ? "unchanged" : "planned",
      version: desired.version,
      previous: before === desired.version ? null : before,
      changes: [],
      checks: [],
      exit: !isEmpty && readFlag(values, "detailed-exitcode") === true ? exitHostDiffers : 0,
      text: formatPlan(plan),
      extra: { steps: toJsonSteps(plan), notes: plan.notes },
    };
  },
};
