import { rollBackSelf, selfUpdate, type SelfUpdateResult } from "../../provision/self-update/self-update.ts";
import type { Command } from "../command.ts";
import { networkOptions } from "../option-groups.ts";

export const selfUpdateCommand: Command = {
  name: "self-update",
  positional: undefined,
  summary: "Replace readygo itself by the newest release of its base",
  options: ["base", "rollback", ...networkOptions, "connect-timeout", "stall-timeout", "download-timeout"],
  help: { base: "URL or directory of a readygo release; default: READYGO_BASE, else where this one came from" },
  examples: [
    ["self-update", "to the newest release"],
    ["self-update --base https://mirror.example/readygo", "from a mirror; the signature has to be the same"],
    ["self-update --rollback", "the readygo before this one; again: forward"],
  ],
  async run(session, { given }) {
    const result = given.rollback === true ? await rollBackSelf(session) : await selfUpdate(session, given.base);
    const { path, version, former } = result;
    return {
      status: former === undefined ? "unchanged" : "changed",
      version,
      previous: former ?? null,
      changes: former === undefined ? [] : [{ path, change: "replaced" }],
      checks: [],
      exit: 0,
      text: describe(result),
    };
  },
};

function describe({ path, version, former }: SelfUpdateResult): string {
  if (former === undefined) return `unchanged: readygo ${version} is the newest`;
  return `readygo ${version} is at ${path}; readygo self-update --rollback leads to ${former} again`;
}
