import type { Change, LinkStep } from "../plan/plan.ts";
import type { ApplyPorts, Transaction } from "./acts/act.ts";
import { makeDirectory, removeDirectory } from "./acts/change-directory.ts";
import { changeLink } from "./acts/change-link.ts";

/** Performs one step of a link; undefined where the link is as it should be, and only the receipt has to know. */
export async function changeManagedLink(
  ports: ApplyPorts,
  transaction: Transaction,
  { target: path, from, to, directories }: LinkStep,
): Promise<Change | undefined> {
  if (from === to) return undefined;
  if (to !== null) {
    for (const directory of directories) {
      if (ports.files.stat(directory) === undefined)
        await makeDirectory(ports, transaction, { path: directory, owner: null });
    }
  }
  changeLink(ports, transaction, { path, before: from, after: to });
  return { path, change: to === null ? "removed" : from === null ? "created" : "replaced" };
}

/** What was made for a link that has gone, innermost first, as far as it is empty. */
export async function removeLinkDirectories(
  ports: ApplyPorts,
  transaction: Transaction,
  { directories }: Pick<LinkStep, "directories">,
): Promise<void> {
  for (const path of directories.toReversed()) await removeDirectory(ports, transaction, { path, owner: null });
}
