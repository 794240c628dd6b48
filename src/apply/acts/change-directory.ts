import { check, type InferOutput, literal, pipe } from "valibot";
import type { AbsolutePath } from "../../host/absolute-path.ts";
import { isHomeDirectory, places } from "../../host/places.ts";
import { closed, path } from "../../host/state/state-shapes.ts";
import type { ApplyPorts, Transaction } from "./act.ts";
import { notOurs, owner } from "./record-parts.ts";

export const makeDirectoryRecord = pipe(
  closed({ kind: literal("make-directory"), path, owner }),
  check((record) => isOfOurs(record), notOurs),
);
export const removeDirectoryRecord = pipe(
  closed({ kind: literal("remove-directory"), path, owner }),
  check((record) => isOfOurs(record), notOurs),
);
type Directory = Pick<InferOutput<typeof makeDirectoryRecord>, "path" | "owner">;

function isOfOurs({ path, owner }: { readonly path: AbsolutePath; readonly owner: string | null }): boolean {
  if (owner !== null) return isHomeDirectory(path);
  return path === places.linkDirectory || places.profile.startsWith(`${path}/`);
}

export async function makeDirectory(ports: ApplyPorts, transaction: Transaction, place: Directory): Promise<void> {
  transaction.record({ kind: "make-directory", ...place });
  await make(ports, place);
}

/** Removes a directory that readygo made, where it is empty. */
export async function removeDirectory(ports: ApplyPorts, transaction: Transaction, place: Directory): Promise<void> {
  transaction.record({ kind: "remove-directory", ...place });
  await remove(ports, place);
}

export { remove as undoMakeDirectory, make as undoRemoveDirectory };

async function make(ports: ApplyPorts, { path, owner }: Directory): Promise<void> {
  if (owner === null) ports.system.makeDirectory(path, 0o755);
  else await ports.home(owner).makeDirectory(path);
}

async function remove(ports: ApplyPorts, { path, owner }: Directory): Promise<void> {
  if (owner === null) ports.system.removeEmptyDirectory(path);
  else await ports.home(owner).removeDirectory(path);
}
