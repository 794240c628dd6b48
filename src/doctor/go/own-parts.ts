import { runAsRoot } from "../../errors/remedy.ts";
import { parseAbsolutePath } from "../../host/absolute-path.ts";
import { places } from "../../host/places.ts";
import { hasBlock } from "../../shell/rc-block.ts";
import { isProfileLost, listLostLinks } from "../../verify/own-parts.ts";
import { diagnostic, type DoctorFinding, findError, findWarning } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";

export const ownParts = diagnostic({
  id: "own-parts",
  group: "go",
  severity: "error",
  sees: "a link, a file or a block of readygo's that is gone or was changed",
  why: "Processes that found Go by it find another one, or none.",
  needs: ["root"],
  async run(context) {
    const { receipt, accounts } = context;
    const [account] = accounts;
    if (receipt === undefined || account === undefined) return [];
    const check = context.of(account);
    const lost = [...listLostLinks(check), ...(isProfileLost(check) ? [places.profile] : [])];
    const remedy = runAsRoot("readygo", "install", receipt.version);
    const errors = lost.map((path) =>
      findError({
        evidence: `${path}, which readygo made, is gone or was changed`,
        origins: [path],
        remedy,
        fix: { kind: "install" },
      }),
    );
    return [...errors, ...findLostManifest(context), ...(await findLostBlocks(context))];
  },
});

/** Without it nothing can be said of the tree. */
function findLostManifest(context: DoctorContext): readonly DoctorFinding[] {
  const { receipt, accounts } = context;
  const [account] = accounts;
  if (receipt === undefined || account === undefined || context.of(account).manifest !== undefined) return [];
  return [
    findError({
      evidence: `${places.treeManifest}, which readygo made, is gone or was changed: the tree cannot be held against it`,
      origins: [places.treeManifest],
      remedy: runAsRoot("readygo", "install", receipt.version, "--repair"),
    }),
  ];
}

/** Somebody may have taken a block out on purpose: then it is not to come back by itself. */
async function findLostBlocks(context: DoctorContext): Promise<readonly DoctorFinding[]> {
  const findings: DoctorFinding[] = [];
  const { receipt, accounts } = context;
  for (const { path, owner } of receipt?.files ?? []) {
    const account = accounts.find(({ name }) => name === owner);
    const file = parseAbsolutePath(path);
    // What `go env -w` has written never had a block.
    if (account === undefined || file === undefined || path.endsWith("/go/env")) continue;
    const text = await context.readHome(account, file);
    if (text !== undefined && hasBlock(text)) continue;
    findings.push(
      findWarning({
        evidence: `${path} has no block of readygo's any more`,
        origins: [path],
        account: account.name,
        remedy: runAsRoot("readygo", "install", receipt?.version ?? "", "--user", account.name),
        fix: account === accounts[0] ? { kind: "install" } : null,
      }),
    );
  }
  return findings;
}
