import { composeShellLine, findCallingShell } from "../../environment/calling-shell.ts";
import { findActiveManager } from "../../environment/version-manager.ts";
import { isForeignGoroot } from "../../host/places.ts";
import { install, type InstallResult } from "../../provision/install.ts";
import type { PreparedInstall } from "../../provision/prepare-install.ts";
import { toJsonSteps } from "../../report/format-plan.ts";
import type { Session } from "../../provision/session.ts";
import type { Command, CommandResult } from "../command.ts";
import { checkOptions, gateOptions, reportOptions, shellOptions, sourceOptions } from "../option-groups.ts";
import { parseInstallRequest } from "../parse-request.ts";

export const installCommand: Command = {
  name: "install",
  positional: {
    name: "version-or-file",
    describe: "latest, 1.27, 1.27.4, 1.28rc1, a version file (go.mod, .tool-versions, Dockerfile …), or - for stdin",
  },
  summary: "Bring the host to a release: install, upgrade, repair",
  options: [...sourceOptions, ...shellOptions, ...gateOptions, ...checkOptions, "plan", ...reportOptions],
  examples: [
    ["install", "the newest stable release"],
    ["install 1.27", "the newest release of a line"],
    ["install ./go.mod", "what a module asks for"],
    ["install 1.27.4 --source goproxy=https://proxy.example", "from a module proxy of yours"],
    ["install 1.26.8 --source /media/usb", "from a directory with the archive"],
    ["install 1.27.4 --report html:report.html", "and a page that shows what was done"],
    ["install --plan plan.json", "what was looked at, or nothing"],
  ],
  async run(session, input) {
    const request = parseInstallRequest(input, session);
    return describeResult(session, await install(session, { ...request, saved: input.saved }));
  },
};

function describeResult(session: Session, { prepared, outcome, failure, advice }: InstallResult): CommandResult {
  const { desired, observed } = prepared;
  const before = observed.receipt?.version ?? null;
  const name = `${desired.version} linux/${desired.architecture}`;
  return {
    status: outcome === undefined ? "unchanged" : "changed",
    version: desired.version,
    previous: before === desired.version ? null : before,
    changes: outcome?.changes ?? [],
    checks: session.checks,
    contexts: session.contexts,
    exit: failure?.exit ?? 0,
    ...(failure === undefined ? {} : { error: failure }),
    extra: {
      steps: toJsonSteps(prepared.plan),
      notes: prepared.plan.notes,
      ...(advice === undefined ? {} : { advisories: advice.advisories }),
      ...(outcome === undefined ? {} : { proofs: outcome.receipt.trust }),
    },
    text:
      outcome === undefined
        ? `unchanged: ${name} is at /usr/local/go${observed.shells === undefined ? "\nits files and the shells were not examined: readygo verify does that" : ""}`
        : [`${name} is installed`, ...describeNextShell(session, prepared), ...describeOthers(session)].join("\n"),
  };
}

/** Who still finds another Go, or none where this one could be. */
function describeOthers({ contexts }: Session): readonly string[] {
  const others = Map.groupBy(
    contexts.filter(({ status }) => status === "warn"),
    ({ account }) => account,
  );
  return [...others].map(([account, rows]) => {
    const [first, ...rest] = rows.map(({ typed }) => typed);
    return `still another go, or none, for ${account}:  ${first}${rest.length === 0 ? "" : ` and ${rest.length} more (readygo verify)`}`;
  });
}

/**
 * What is in PATH of the shell that called us cannot be changed from here. A new terminal needs no such line; nor does an
 * account whose version manager chooses its Go.
 */
function describeNextShell(
  { request, port, machine }: Session,
  { plan, observed, desired }: PreparedInstall,
): readonly string[] {
  const { shells } = observed;
  if (request.root !== "" || (shells !== undefined && findActiveManager(shells) !== undefined)) return [];
  const isNew = plan.steps.some(({ kind }) => kind === "write-file" || kind === "link");
  if (!isNew) return [];
  const answered = [shells?.interactive, shells?.login].filter((answer) => answer?.kind === "answered");
  const hasGoroot = [port.env, ...answered.map(({ env }) => env)].some(({ GOROOT }) => isForeignGoroot(GOROOT));
  const line = composeShellLine(findCallingShell(machine, desired.account.shell), hasGoroot);
  return [`in this shell:  ${line}`];
}
