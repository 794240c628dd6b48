import { createHash } from "node:crypto";
import { ProvisionError } from "../errors/provision-error.ts";
import type { Sha256 } from "../release/sha256.ts";

export interface ExpectedArchive {
  readonly sha256: Sha256;
  /** Bytes, where the trust root states them. */
  readonly size?: number;
}

export interface ReceivedArchive {
  readonly sha256: Sha256;
  readonly size: number;
}

export interface ArchiveDigest {
  update(chunk: Uint8Array): void;
  readonly size: number;
  finish(): ReceivedArchive;
}

/** Size and SHA-256 of a body as it passes by. Throws ProvisionError("archive-hostile") beyond `mostBytes`. */
export function createArchiveDigest(mostBytes: number, sourceName: string): ArchiveDigest {
  const digest = createHash("sha256");
  let size = 0;
  return {
    update(chunk) {
      size += chunk.length;
      if (size > mostBytes) {
        throw new ProvisionError("archive-hostile", `the archive is larger than any release: over ${mostBytes} bytes`, {
          details: { from: sourceName },
        });
      }
      digest.update(chunk);
    },
    get size() {
      return size;
    },
    finish: () => ({ sha256: digest.digest("hex") as Sha256, size }),
  };
}

/** Throws ProvisionError("checksum-mismatch") where what arrived is not what was vouched for. */
export function checkArchiveDigest(
  received: ReceivedArchive,
  expected: ExpectedArchive | undefined,
  sourceName: string,
): void {
  if (expected === undefined) return;
  const isSameSize = expected.size === undefined || expected.size === received.size;
  if (received.sha256 === expected.sha256 && isSameSize) return;
  const sizes = expected.size === undefined ? undefined : `${expected.size} bytes`;
  throw new ProvisionError("checksum-mismatch", `the archive is not the published ${nameArchive(sourceName)}`, {
    details: {
      expected: `sha256:${expected.sha256}${sizes === undefined ? "" : `, ${sizes}`}`,
      received: `sha256:${received.sha256}, ${received.size} bytes`,
      from: sourceName,
    },
  });
}

/** The file name at the end of a URL or path; a redirect may have led to one that has none. */
function nameArchive(sourceName: string): string {
  return /[^/?#]+\.(?:tar\.gz|zip)(?=$|[?#])/.exec(sourceName)?.[0] ?? "release";
}
