import type { Change, LinkStep } from "../plan/plan.ts";
import type { ApplyPorts, Transaction } from "./acts/act.ts";
import { makeDirectory, removeDirectory } from "./acts/change-directory.ts";
import { changeLink } from "./acts/change-link.ts";

/**
 * Performs one step of a link, and makes or removes the directory that it needed; undefined where the link is as it should be,
 * and only the receipt has to know.
 */
export async function changeManagedLink(
  ports: ApplyPorts,
  transaction: Transaction,
  { target: path, from, to, isGivenBack, directories }: LinkStep,
): Promise<Change | undefined> {
  if (from === to) return undefined;
  if (!isGivenBack) {
    for (const directory of directories) {
      if (ports.files.stat(directory) === undefined)
        await makeDirectory(ports, transaction, { path: directory, owner: null });
    }
  }
  changeLink(ports, transaction, { path, before: from, after: to });
  // Innermost first, as far as they are empty: the last link takes them along.
  if (isGivenBack) {
    for (const directory of directories.toReversed())
      await removeDirectory(ports, transaction, { path: directory, owner: null });
  }
  return { path, change: to === null ? "removed" : from === null ? "created" : "replaced" };
}
