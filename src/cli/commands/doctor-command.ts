import { stopAfter } from "../../trust/ask-log.ts";
import { type ExaminedGo, examineGos } from "../../doctor/examine-gos.ts";
import { createPackageFinder } from "../../doctor/find-package.ts";
import { ProvisionError } from "../../errors/provision-error.ts";
import { describeFailure, RequestFailure } from "../../errors/request-failure.ts";
import type { AbsolutePath } from "../../host/absolute-path.ts";
import type { ReadFiles } from "../../host/ports.ts";
import { openGoTreeLooker } from "../../host/trees/go-tree-looker.ts";
import { openLookBudget } from "../../host/trees/look-budget.ts";
import { readReceipt } from "../../host/state/read-receipt.ts";
import type { Receipt } from "../../host/state/receipt.ts";
import { spareMemory } from "../../host/child/spare-memory.ts";
import { findPinnedH1 } from "../../release/catalogue.ts";
import { formatChecks } from "../../report/format-checks.ts";
import type { CheckResult } from "../../errors/check-result.ts";
import type { PublicRelease } from "../../verify/check.ts";
import { aimAtImage } from "../../errors/aim-at-image.ts";
import type { Command } from "../command.ts";
import { openPublicRelease } from "../../provision/open-public-release.ts";
import { shellOptions } from "../options.ts";
import { requireRoot } from "../../provision/preflight.ts";
import type { Session } from "../../provision/session.ts";

export const doctorCommand: Command = {
  name: "doctor",
  positional: undefined,
  summary: "Prove every other Go on the host public; change nothing",
  options: { user: { ...shellOptions.user, describe: "Whose home is looked at (default: who ran sudo, else root)" } },
  examples: [
    ["doctor", "is each of them the public release that it says it is?"],
    ["doctor --json", "for machines"],
  ],
  async run(session) {
    requireRoot(session, "doctor");
    const receipt = readReceipt(session.files);
    const judged = await examine(session, receipt);
    const checks = judged.map((each) => toCheck(each, session.request.root));
    const failed = judged.filter(({ finding }) => finding.status === "fail");
    return {
      status: failed.length === 0 ? "unchanged" : "failed",
      version: receipt?.version ?? null,
      previous: null,
      changes: [],
      checks,
      exit: failed.length === 0 ? 0 : 7,
      text:
        judged.length === 0
          ? `no Go was found that readygo did not install${receipt === undefined ? "" : "; its own is for  readygo verify"}`
          : formatChecks(checks, { isColor: session.request.isColor }),
      isTextWanted: true,
      extra: {
        trees: judged.map(({ path, account, broughtBy, version, architecture, finding, reason }) => ({
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

/** Within one run's bounds: its time is the network's too. */
async function examine(session: Session, receipt: Receipt | undefined): Promise<readonly ExaminedGo[]> {
  spareMemory();
  const budget = openLookBudget(session.clock);
  const patience = stopAfter(budget.leftMs(), session.stop);
  const unseen: AbsolutePath[] = [];
  const files = hideSettings(session.files, unseen);
  const machine = session.request.root === "" ? files : session.machine;
  const bounded: Session = { ...session, stop: patience.signal, files, machine };
  try {
    return await examineGos({
      account: session.account,
      isOurs: receipt !== undefined,
      openLooker: (account) =>
        openGoTreeLooker({
          account,
          root: session.request.root,
          entry: session.port.entry,
          budget,
          stop: session.stop,
        }),
      findPackage: createPackageFinder(session.files),
      onTree: (path) => session.emit({ kind: "step", text: `looking at ${path}` }),
      onLeftOut: ({ path }) => void unseen.push(path),
      findPinnedH1,
      openPublicRelease: (release) => endWith(patience.signal, openPublicRelease(bounded, release)),
    });
  } finally {
    patience.clear();
  }
}

/**
 * The settings that say whom to ask are read by this process, those of the host's Gos among them: not where looking at a Go
 * came to no end. That may be the whole host ("/").
 */
function hideSettings(files: ReadFiles, unseen: readonly AbsolutePath[]): ReadFiles {
  const isUnseen = (path: AbsolutePath): boolean =>
    path.endsWith("/go.env") && unseen.some((place) => place === "/" || path.startsWith(`${place}/`));
  return { ...files, read: (path, maxBytes) => (isUnseen(path) ? undefined : files.read(path, maxBytes)) };
}

/** The settings that say whom to ask are read from a home, which has a bound of its own. */
function endWith(signal: AbortSignal, release: PublicRelease): PublicRelease {
  const over = new Promise<never>((_resolve, reject) => {
    const end = (): void => reject(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
  over.catch(() => undefined);
  return {
    async askLog() {
      try {
        return await Promise.race([release.askLog(), over]);
      } catch (error) {
        if (!(error instanceof RequestFailure)) throw error;
        return { why: `it cannot be asked: ${describeFailure(error)}`, cause: error };
      }
    },
    listModule: (scratch) => Promise.race([release.listModule(scratch), over]),
  };
}

function toCheck({ path, version, architecture, finding }: ExaminedGo, root: string): CheckResult {
  const named = version === null ? "" : `${version}${architecture === null ? "" : ` linux/${architecture}`}: `;
  const { status, evidence, remedy, differences } = finding;
  return {
    ...(differences === undefined ? {} : { differences }),
    id: "go-tree",
    layer: 1,
    status,
    evidence: `${path}: ${named}${evidence}`,
    remedy: remedy === null ? null : aimAtImage(remedy, root),
  };
}
