import { ProvisionError } from "../../errors/provision-error.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import { places } from "../../host/places.ts";
import { readReceipt } from "../../host/state/read-receipt.ts";
import { parseElfArchitecture } from "../../release/architecture.ts";
import { parseGoVersion } from "../../release/go-version.ts";
import { formatChecks } from "../../report/format-checks.ts";
import type { Command } from "../command.ts";
import { checkOptions, shellOptions } from "../options.ts";
import { openPublicRelease } from "../../provision/open-public-release.ts";
import { requireRoot } from "../../provision/preflight.ts";
import { settleArchitecture } from "../../provision/prepare-install.ts";
import { refuseUnfinished } from "../../provision/recover-host.ts";
import { runLayers } from "../../provision/run-gate.ts";

export const verifyCommand: Command = {
  name: "verify",
  positional: undefined,
  summary: "Check binary, environment and runtime; repair nothing",
  options: { user: shellOptions.user, ...checkOptions },
  examples: [
    ["verify", "every check, with its evidence"],
    ["verify --json", "for machines"],
  ],
  async run(session) {
    requireRoot(session, "verify");
    refuseUnfinished(session);
    const receipt = readReceipt(session.files);
    const version =
      receipt?.version ??
      parseGoVersion(session.files.read(absolutePath(places.goroot, "VERSION"))?.toString("utf8").split("\n")[0] ?? "");
    if (version === undefined) {
      throw new ProvisionError("verify-failed", `there is no Go release at ${places.goroot}`, {
        remedy: ["readygo install"],
      });
    }
    const elf = session.files.readStart(places.goBinary, 64);
    const tree = receipt?.architecture ?? (elf === undefined ? undefined : parseElfArchitecture(elf));
    // An image need not say what it is for: the tree in it does.
    const host = await settleArchitecture(session, {
      architecture: session.request.root === "" ? undefined : tree,
      receipt,
    });
    const architecture = tree ?? host.architecture;
    const unrunnable =
      host.unrunnable ??
      (architecture === host.architecture
        ? null
        : `the tree is for linux/${architecture}, this host is ${host.architecture}`);
    session.emit({ kind: "step", text: `verifying ${version}` });
    const results = await runLayers(
      session,
      {
        receipt,
        manifest: undefined,
        publicRelease: openPublicRelease(session, { version, architecture }),
        desired: { version, architecture },
        unrunnable,
        isTold: session.request.isQuiet,
      },
      [1, 2, 3],
    );
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
