import { ProvisionError } from "../../errors/provision-error.ts";
import { doctor } from "../../provision/doctor.ts";
import { formatChecks } from "../../report/format-checks.ts";
import type { Command } from "../command.ts";

export const doctorCommand: Command = {
  name: "doctor",
  positional: undefined,
  summary: "Prove every other Go on the host public; change nothing",
  options: ["user"],
  help: { user: "Whose home is looked at (default: who ran sudo, else root)" },
  examples: [
    ["doctor", "is each of them the public release that it says it is?"],
    ["doctor --json", "for machines"],
  ],
  async run(session) {
    const { receipt, examined, checks } = await doctor(session);
    const failed = examined.filter(({ finding }) => finding.status === "fail");
    return {
      status: failed.length === 0 ? "unchanged" : "failed",
      version: receipt?.version ?? null,
      previous: null,
      changes: [],
      checks,
      exit: failed.length === 0 ? 0 : 7,
      text:
        examined.length === 0
          ? `no Go was found that readygo did not install${receipt === undefined ? "" : "; its own is for  readygo verify"}`
          : formatChecks(checks, { isColor: session.request.isColor }),
      isTextWanted: true,
      extra: {
        trees: examined.map(({ path, account, broughtBy, version, architecture, finding, reason }) => ({
          path,
          account,
          broughtBy,
          version,
          architecture,
          status: finding.status,
          reason,
        })),
      },
      ...(failed.length === 0
        ? {}
        : {
            error: new ProvisionError(
              "tree-not-public",
              `${failed.length === 1 ? "a Go on this host is" : `${failed.length} Gos on this host are`} not the release that its VERSION names`,
              { details: Object.fromEntries(failed.map(({ path, finding }) => [path, finding.evidence])) },
            ),
          }),
    };
  },
};
