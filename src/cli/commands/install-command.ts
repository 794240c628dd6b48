import { posix } from "node:path";
import { applyInstall, type Outcome } from "../../apply/apply-install.ts";
import { describeSteps } from "../../report/format-plan.ts";
import type { Command, CommandResult } from "../command.ts";
import { checkOptions, gateOptions, shellOptions, sourceOptions } from "../options.ts";
import { adoptHost } from "../../provision/adopt-host.ts";
import { parseInstallRequest } from "../parse-request.ts";
import { checkHostFits, requireRoot } from "../../provision/preflight.ts";
import { prepareInstall, settleInstall, type PreparedInstall } from "../../provision/prepare-install.ts";
import { recoverHost } from "../../provision/recover-host.ts";
import { places } from "../../host/places.ts";
import { listServers, waitForBuilds } from "../../provision/wait-for-builds.ts";
import { chooseLogProxy } from "../../sources/read-go-setting.ts";
import { readLogAccess } from "../../trust/read-log-access.ts";
import { followHeads } from "../../trust/sumdb/follow-heads.ts";
import type { InstallRequest } from "../../provision/request.ts";
import { describeFailedGate, runGate } from "../../provision/run-gate.ts";
import type { Session } from "../../provision/session.ts";
import { withLock } from "../../provision/with-lock.ts";

export const installCommand: Command = {
  name: "install",
  positional: {
    name: "version-or-file",
    describe: "latest, 1.27, 1.27.4, 1.28rc1, or a go.mod, go.work, .go-version, .tool-versions",
  },
  summary: "Bring the host to a release: install, upgrade, repair",
  options: { ...sourceOptions, ...shellOptions, ...gateOptions, ...checkOptions },
  examples: [
    ["install", "the newest stable release"],
    ["install 1.27", "the newest release of a line"],
    ["install ./go.mod", "what a module asks for"],
    ["install 1.27.4 --source goproxy=https://proxy.example", "from a module proxy of yours"],
    ["install 1.26.8 --source /media/usb", "from a directory with the archive"],
  ],
  async run(session, values, config) {
    const request = parseInstallRequest(values, session.port, session.request, config);
    requireRoot(session, "install");
    const isAdopted = request.isAdopting && (await adoptHost(session));
    await recoverHost(session);
    const settled = await settleInstall(session, request);
    const first = await prepareInstall(session, request, settled);
    if (first.plan.steps.length === 0) return describeResult(session, first, undefined);
    return withLock(session, async () => {
      const prepared = await prepareInstall(session, request, settled);
      if (prepared.plan.steps.length === 0) return describeResult(session, prepared, undefined);
      await checkHostFits(session, prepared);
      return describeResult(session, prepared, await apply(session, request, prepared, isAdopted));
    });
  },
};

async function apply(
  session: Session,
  request: InstallRequest,
  prepared: PreparedInstall,
  isAdopted: boolean,
): Promise<Outcome> {
  const { desired, observed, plan, release, unrunnable } = prepared;
  for (const line of describeSteps(plan)) session.emit({ kind: "notice", text: line });
  const needsArchive = plan.steps.some(({ kind }) => kind === "install-tree");
  const sources = needsArchive ? await prepared.sources() : [];
  const logHeads = followHeads({
    kept: session.files.read(places.logHead)?.toString("utf8"),
    onNotice: (text) => session.emit({ kind: "notice", text }),
  });
  const context = {
    ...session,
    logHeads,
    ...(needsArchive ? await readLogAccess(session) : {}),
    version: desired.version,
    architecture: desired.architecture,
    release,
    sha256: request.sha256,
    policy: request.policy,
    logProxy: needsArchive ? await chooseLogProxy(session, sources) : undefined,
    isSudo: session.port.env["SUDO_USER"] !== undefined,
  };
  return applyInstall(session, {
    plan,
    observed,
    isRunnable: unrunnable === null,
    keep: request.keep,
    isDiscardingForeign: request.isDiscardingForeign,
    isAdopted,
    newestLogHead: () => logHeads.newest(),
    acquire: async (into) => {
      // Archive readers are loaded by the run that has an archive to read.
      const { acquireRelease } = await import("../../apply/acquire/acquire-release.ts");
      return acquireRelease(context, sources, into);
    },
    beforeExchange: () => waitForBuilds(session, request.busy, request.waitBuildsSeconds),
    gate: (installed) =>
      runGate(session, request, {
        ...prepared,
        ...installed,
        isTreeNew: needsArchive,
        isHomeManaged: request.isEditingRcFiles,
      }),
  });
}

function describeResult(session: Session, prepared: PreparedInstall, outcome: Outcome | undefined): CommandResult {
  const { desired, observed } = prepared;
  const before = observed.receipt?.version ?? null;
  const name = `${desired.version} linux/${desired.architecture}`;
  for (const note of prepared.plan.notes)
    session.emit({ kind: "warning", text: note.text, ...(note.remedy === undefined ? {} : { remedy: note.remedy }) });
  const failed = session.checks.filter(({ status }) => status === "fail");
  const kept =
    failed.length === 0 ? undefined : describeFailedGate(failed, "the new tree is kept, as --keep-failed asks");
  if (outcome?.changes.some(({ path }) => path === places.goroot) === true) {
    for (const { pid, command } of listServers(session)) {
      session.emit({ kind: "warning", text: `${command} (pid ${pid}) has read the former Go`, remedy: "restart it" });
    }
  }
  const passed = session.checks.filter(({ status }) => status === "pass").length;
  const verdict = session.checks.length === 0 ? "" : `, ${passed} of ${session.checks.length} checks passed`;
  return {
    status: outcome === undefined ? "unchanged" : "changed",
    version: desired.version,
    previous: before === desired.version ? null : before,
    changes: outcome?.changes ?? [],
    checks: session.checks,
    exit: kept === undefined ? 0 : kept.exit,
    ...(kept === undefined ? {} : { error: kept }),
    text:
      outcome === undefined
        ? `unchanged: ${name} is at /usr/local/go`
        : `${name} is at /usr/local/go${verdict}${describeNextShell(session, prepared)}`,
  };
}

/** What is in PATH of the shell that called us cannot be changed from here. */
function describeNextShell(session: Session, prepared: PreparedInstall): string {
  if (session.request.root !== "") return "";
  const isLoginChanged = prepared.plan.steps.some(
    ({ kind, target }) => kind === "write-file" && posix.dirname(target) === "/etc/profile.d",
  );
  return isLoginChanged ? "\nthis shell finds it after:  . /etc/profile.d/readygo.sh" : "";
}
