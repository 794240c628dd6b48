import { readReceipt, type Receipt } from "../host/state/receipt.ts";
import { spareMemory } from "../host/child/run-bounds.ts";
import type { CheckResult } from "../errors/event.ts";
import { stopAfter } from "../trust/ask-log.ts";
import { type ExaminedGo, examineGos } from "../doctor/examine-gos.ts";
import { createPackageFinder } from "../doctor/find-package.ts";
import { describeFailure, RequestFailure } from "../errors/request-failure.ts";
import type { AbsolutePath } from "../host/absolute-path.ts";
import type { ReadFiles } from "../host/ports.ts";
import { openGoTreeLooker } from "../host/trees/go-tree-looker.ts";
import { openLookBudget } from "../host/trees/look-budget.ts";
import { findPinnedH1 } from "../release/catalogue.ts";
import type { PublicRelease } from "../verify/check.ts";
import { aimAtImage } from "../errors/aim-at-image.ts";
import { openPublicRelease } from "./open-public-release.ts";
import { requireRoot } from "./preflight.ts";
import type { Session } from "./session.ts";

/** Proves every Go on the host that readygo did not install; writes nothing. */
export async function doctor(session: Session): Promise<{
  readonly receipt: Receipt | undefined;
  readonly examined: readonly ExaminedGo[];
  readonly checks: readonly CheckResult[];
}> {
  requireRoot(session, "doctor");
  const receipt = readReceipt(session.files);
  const examined = await examine(session, receipt);
  return { receipt, examined, checks: examined.map((each) => toCheck(each, session.request.root)) };
}

/** Within one run's bounds: its time is the network's too. */
async function examine(session: Session, receipt: Receipt | undefined): Promise<readonly ExaminedGo[]> {
  spareMemory();
  const budget = openLookBudget(session.clock);
  const patience = stopAfter(budget.leftMs(), session.stop);
  const unseen: AbsolutePath[] = [];
  const files = hideSettings(session.files, unseen);
  const machine = session.request.root === "" ? files : session.machine;
  const { http, publisher, clock, port, request, account, home, emit } = session;
  const asking = { http, publisher, clock, port, request, account, home, emit, files, machine, stop: patience.signal };
  try {
    return await examineGos({
      account: session.account(),
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
      openPublicRelease: (release) => endWith(patience.signal, openPublicRelease(asking, release)),
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
