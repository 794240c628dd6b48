import { hashBytes } from "../release/sha256.ts";
import type { AbsolutePath } from "../host/absolute-path.ts";
import { mostManifestBytes } from "./backups.ts";
import { type ApplyPorts, type Transaction } from "./transaction.ts";

/** One file of readygo's own state, inside the transaction, for root alone. */
export async function writeState(
  ports: ApplyPorts,
  transaction: Transaction,
  path: AbsolutePath,
  content: Buffer,
): Promise<void> {
  const now = ports.files.read(path, mostManifestBytes);
  await transaction.write({
    path,
    owner: null,
    content,
    mode: 0o600,
    expected: now === undefined ? null : hashBytes(now),
  });
}
