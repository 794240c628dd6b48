import { ProvisionError } from "../../errors/provision-error.ts";
import { verify } from "../../provision/verify.ts";
import { formatChecks } from "../../report/format-checks.ts";
import { formatContextMatrix } from "../../report/format-context-matrix.ts";
import type { CheckResult } from "../../errors/event.ts";
import type { ReleaseAdvice } from "../../provision/release-health.ts";
import type { Session } from "../../provision/session.ts";
import type { Command } from "../command.ts";
import { checkOptions } from "../options.ts";

function describe({ request, contexts }: Session, results: readonly CheckResult[], { line }: ReleaseAdvice): string {
  const { isColor } = request;
  const matrix = formatContextMatrix(contexts, { isColor });
  const checks = [formatChecks(results, { isColor }), ...(line === undefined ? [] : [line])].join("\n");
  return [...(matrix === "" ? [] : [matrix]), checks].join("\n\n");
}

export const verifyCommand: Command = {
  name: "verify",
  positional: undefined,
  summary: "Check binary, environment and runtime; repair nothing",
  options: ["user", "all-users", ...checkOptions],
  examples: [
    ["verify", "every check, with its evidence"],
    ["verify --json", "for machines"],
  ],
  async run(session, { settings }) {
    const { version, results, advice } = await verify(session, { isOfAllUsers: settings["all-users"] ?? false });
    const failed = results.filter(({ status }) => status === "fail");
    return {
      status: failed.length === 0 ? "unchanged" : "failed",
      version,
      previous: null,
      changes: [],
      checks: results,
      contexts: session.contexts,
      exit: failed.length === 0 ? 0 : 7,
      text: session.request.isQuiet ? "" : describe(session, results, advice),
      extra: { advisories: advice.advisories },
      ...(failed.length === 0
        ? {}
        : {
            error: new ProvisionError("verify-failed", `${failed.length} of ${results.length} checks failed`, {
              details: Object.fromEntries(failed.map(({ id, evidence }) => [id, evidence])),
              // Each check knows what cures it; a reinstall does not cure them all.
              remedy: [...new Set(failed.flatMap(({ remedy }) => (remedy === null ? [] : [remedy])))],
            }),
          }),
    };
  },
};
