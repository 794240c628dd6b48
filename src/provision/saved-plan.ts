import { type InferOutput, literal, optional, record, string, unknown } from "valibot";
import { ProvisionError } from "../errors/provision-error.ts";
import { architecture, closed, goVersion, listOf, sha256 } from "../host/state/state-shapes.ts";
import type { Step } from "../plan/plan.ts";
import { hashBytes } from "../release/sha256.ts";
import type { PreparedInstall } from "./prepare-install.ts";

const savedStep = closed({
  kind: string(),
  target: string(),
  before: string(),
  after: string(),
  /** Of all that the step would do, and was planned on: contents and hashes of files, what stands at /usr/local/go. */
  digest: sha256,
});
type SavedStep = InferOutput<typeof savedStep>;

/**
 * What `plan --json` says under `saved`, for `install --plan FILE`. Nothing of it is performed: it is the request, with the
 * version that it came to, and what a plan made anew from that request has to be like.
 */
export const savedPlanShape = closed({
  schema: literal(1),
  version: goVersion,
  architecture,
  /** "" for the host itself. */
  root: string(),
  /** Options as `install` takes them, by their names. */
  settings: record(string(), unknown()),
  /** Options whose value has a password in it: they have to be given again. */
  withheld: optional(listOf(string()), []),
  steps: listOf(savedStep),
});
export type SavedPlan = InferOutput<typeof savedPlanShape>;

export function saveSteps({ plan, observed }: Pick<PreparedInstall, "plan" | "observed">): readonly SavedStep[] {
  return plan.steps.map((step) => {
    const { kind, target, before, after } = step;
    return { kind, target, before, after, digest: digestOf(step, observed.tree) };
  });
}

function digestOf(step: Step, tree: PreparedInstall["observed"]["tree"]): SavedStep["digest"] {
  return hashBytes(Buffer.from(JSON.stringify(step.kind === "install-tree" ? [step, tree] : [step])));
}

/**
 * A host that is as asked already is as the plan wanted it.
 *
 * @throws ProvisionError `plan-stale` where the plan of now is another one
 */
export function requireSamePlan({ steps: saved }: SavedPlan, prepared: PreparedInstall): void {
  const now = saveSteps(prepared);
  if (now.length === 0) return;
  const differences = [
    ...saved
      .filter(({ digest }) => !now.some((step) => step.digest === digest))
      .map((step) => describe("planned", step)),
    ...now.filter(({ digest }) => !saved.some((step) => step.digest === digest)).map((step) => describe("now", step)),
  ];
  if (differences.length === 0 && saved.length === now.length) return;
  throw new ProvisionError("plan-stale", "the host has changed since the plan was made; nothing was done", {
    details: { differences: differences.length === 0 ? "the order of the steps" : differences.join("; ") },
  });
}

function describe(when: string, { kind, target, before, after }: SavedStep): string {
  return `${when}: ${kind} ${target}: ${before} -> ${after}`;
}
