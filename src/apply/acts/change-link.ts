import { check, type InferOutput, literal, nullable, pipe, string } from "valibot";
import { ProvisionError } from "../../errors/provision-error.ts";
import { isCommandLink } from "../../host/places.ts";
import { closed, path } from "../../host/state/state-shapes.ts";
import type { ApplyPorts, Transaction } from "./act.ts";
import { notOurs } from "./record-parts.ts";

/** Where a link in /usr/local/bin leads before and after; null: there is none. */
export const linkRecord = pipe(
  closed({ kind: literal("link"), path, before: nullable(string()), after: nullable(string()) }),
  check((record) => isCommandLink(record.path), notOurs),
);
type LinkRecord = InferOutput<typeof linkRecord>;
type LinkChange = Pick<LinkRecord, "path" | "before" | "after">;

/**
 * Makes, replaces or (after null) removes one link.
 *
 * @throws ProvisionError `step-failed` where something else stands there than the plan says
 */
export function changeLink(ports: ApplyPorts, transaction: Transaction, change: LinkChange): void {
  const { path, before, after } = change;
  const stat = ports.files.stat(path);
  if ((stat !== undefined && stat.kind !== "link") || (ports.files.readLink(path) ?? null) !== before) {
    throw new ProvisionError("step-failed", `${path} was changed by somebody else while readygo ran`);
  }
  transaction.record({ kind: "link", path, before, after });
  put(ports, path, after);
}

export function undoLink(ports: ApplyPorts, { path, before, after }: LinkRecord): void {
  ports.system.removeTemporary(path);
  const stat = ports.files.stat(path);
  const now = ports.files.readLink(path) ?? null;
  // Not as we were about to leave it: the act had not begun, or somebody has put something there since.
  if ((stat !== undefined && stat.kind !== "link") || now !== after || now === before) return;
  put(ports, path, before);
}

function put({ system }: ApplyPorts, path: LinkRecord["path"], target: string | null): void {
  if (target === null) system.removeFile(path);
  else system.replaceLink(path, target);
}
