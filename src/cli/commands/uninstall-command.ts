import type { UnfinishedFile } from "../../apply/unfinished-files.ts";
import { places } from "../../host/places.ts";
import type { Plan } from "../../plan/plan.ts";
import { removeSelf } from "../../provision/remove-self.ts";
import type { Session } from "../../provision/session.ts";
import { previewUninstall, uninstall } from "../../provision/uninstall.ts";
import { formatPlan, toJsonSteps } from "../../report/format-plan.ts";
import type { Command, CommandResult } from "../command.ts";

export const uninstallCommand: Command = {
  name: "uninstall",
  positional: undefined,
  summary: "Give the host back as it was before the first run",
  options: ["self", "dry-run"],
  help: { "dry-run": "Print the plan, and change nothing" },
  examples: [
    ["uninstall", "tree, rc files and readygo's own state"],
    ["uninstall --self", "and readygo itself"],
    ["uninstall --dry-run", "what would be removed, and what comes back"],
    ["uninstall --root /mnt/image", "of an image that is mounted"],
  ],
  async run(session, { settings }) {
    if (settings["dry-run"] === true) return await preview(session);
    const { plan, version, changes: done, unfinished } = await uninstall(session);
    const self = settings.self === true ? await removeSelf(session) : undefined;
    const changes = self === undefined ? done : [...done, self];
    const nothing = "readygo has installed nothing on this host";
    const end =
      plan !== undefined && version !== undefined
        ? describeEnd(plan, version)
        : done.length > 0
          ? `a part of an archive was removed; ${nothing}`
          : `unchanged: ${nothing}`;
    return {
      status: changes.length > 0 || plan !== undefined ? "changed" : "unchanged",
      version: null,
      previous: version ?? null,
      changes,
      checks: [],
      exit: 0,
      text: `${end}${self === undefined ? "" : `; ${self.path} is gone`}${describeRest(unfinished)}`,
      extra: { unfinished, steps: plan === undefined ? [] : toJsonSteps(plan), notes: plan?.notes ?? [] },
    };
  },
};

async function preview(session: Session): Promise<CommandResult> {
  const { plan, version } = await previewUninstall(session);
  return {
    status: plan === undefined ? "unchanged" : "planned",
    version: null,
    previous: version ?? null,
    changes: [],
    checks: [],
    exit: 0,
    text:
      plan === undefined
        ? "unchanged: readygo has installed nothing on this host"
        : formatPlan(plan, `without ${version ?? ""}`, session.request),
    isTextWanted: true,
    extra: { steps: plan === undefined ? [] : toJsonSteps(plan), notes: plan?.notes ?? [] },
  };
}

function describeRest(unfinished: readonly UnfinishedFile[]): string {
  if (unfinished.length === 0) return "";
  return `; still to be restored, by the next run: ${unfinished.map(({ path }) => path).join(", ")}`;
}

function describeEnd(plan: Plan, version: string): string {
  const step = plan.steps.find(({ kind }) => kind === "remove-tree");
  if (step?.kind !== "remove-tree") return `readygo's files are gone; ${places.goroot} was left as it is`;
  const before =
    step.original.kind === "absent" ? "there was no Go before it" : `what was at ${places.goroot} before is back`;
  return `${version} was removed; ${before}`;
}
