import { ProvisionError } from "../../errors/provision-error.ts";
import { verify } from "../../provision/verify.ts";
import { formatChecks } from "../../report/format-checks.ts";
import type { Command } from "../command.ts";
import { checkOptions } from "../options.ts";

export const verifyCommand: Command = {
  name: "verify",
  positional: undefined,
  summary: "Check binary, environment and runtime; repair nothing",
  options: ["user", ...checkOptions],
  examples: [
    ["verify", "every check, with its evidence"],
    ["verify --json", "for machines"],
  ],
  async run(session) {
    const { version, results } = await verify(session);
    const failed = results.filter(({ status }) => status === "fail");
    return {
      status: failed.length === 0 ? "unchanged" : "failed",
      version,
      previous: null,
      changes: [],
      checks: results,
      exit: failed.length === 0 ? 0 : 7,
      text: session.request.isQuiet ? "" : formatChecks(results, { isColor: session.request.isColor }),
      ...(failed.length === 0
        ? {}
        : {
            error: new ProvisionError("verify-failed", `${failed.length} of ${results.length} checks failed`, {
              details: Object.fromEntries(failed.map(({ id, evidence }) => [id, evidence])),
              remedy: [`readygo install ${version.slice(2)} --repair`],
            }),
          }),
    };
  },
};
