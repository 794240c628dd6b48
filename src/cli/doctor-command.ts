import { findOtherGos } from "../doctor/find-other-gos.ts";
import type { GoTree } from "../doctor/go-tree.ts";
import { type JudgedTree, judgeGoTree } from "../doctor/judge-go-tree.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { absolutePath } from "../host/absolute-path.ts";
import { readReceipt } from "../host/read-receipt.ts";
import { makeScratch } from "../host/scratch.ts";
import { findPinnedH1 } from "../release/catalogue.ts";
import { formatChecks } from "../report/format-checks.ts";
import type { CheckResult } from "../verify/check.ts";
import { aimAtImage } from "./aim-at-image.ts";
import type { Command } from "./command.ts";
import { openPublicRelease } from "./open-public-release.ts";
import { shellOptions } from "./options.ts";
import { requireRoot } from "./preflight.ts";
import type { Session } from "./session.ts";

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
    const trees = await findOtherGos({
      files: session.files,
      account: session.account,
      home: session.home(session.account.name),
      isOurs: receipt !== undefined,
      onRefused: (reason) => session.emit({ kind: "warning", text: reason }),
    });
    const judged = await judgeTrees(session, trees);
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
        trees.length === 0
          ? `no Go was found that readygo did not install${receipt === undefined ? "" : "; its own is for  readygo verify"}`
          : formatChecks(checks, { isColor: session.request.isColor }),
      isTextWanted: true,
      extra: {
        trees: judged.map(({ tree, version, architecture, finding }) => ({
          path: tree.path,
          account: tree.account,
          broughtBy: tree.broughtBy,
          version,
          architecture,
          status: finding.status,
        })),
      },
      ...(failed.length === 0
        ? {}
        : {
            error: new ProvisionError(
              "tree-not-public",
              `${failed.length === 1 ? "a Go on this host is" : `${failed.length} Gos on this host are`} not the release that its VERSION names`,
              { details: Object.fromEntries(failed.map(({ tree, finding }) => [tree.path, finding.evidence])) },
            ),
          }),
    };
  },
};

type JudgedGo = JudgedTree & { readonly tree: GoTree };

/** All at once: whoever does not answer costs the bound of one question, not of one a tree. */
async function judgeTrees(session: Session, trees: readonly GoTree[]): Promise<readonly JudgedGo[]> {
  return await Promise.all(
    trees.map(async (tree) => {
      session.emit({ kind: "step", text: `looking at ${tree.path}` });
      const scratch = makeScratch();
      try {
        const judged = await judgeGoTree(tree, {
          findPinnedH1,
          openPublicRelease: (release) => openPublicRelease(session, release),
          scratch: absolutePath(scratch.path),
        });
        return { ...judged, tree };
      } finally {
        scratch.remove();
      }
    }),
  );
}

function toCheck({ tree, version, architecture, finding }: JudgedGo, root: string): CheckResult {
  const named = version === null ? "" : `${version}${architecture === null ? "" : ` linux/${architecture}`}: `;
  const { status, evidence, remedy, differences } = finding;
  return {
    ...(differences === undefined ? {} : { differences }),
    id: "go-tree",
    layer: 1,
    status,
    evidence: `${tree.path}: ${named}${evidence}`,
    remedy: remedy === null ? null : aimAtImage(remedy, root),
  };
}
