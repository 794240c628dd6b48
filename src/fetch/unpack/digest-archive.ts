import { createHash, type Hash } from "node:crypto";
import { ProvisionError } from "../../errors/provision-error.ts";
import type { Sha256 } from "../../release/sha256.ts";

export interface ExpectedArchive {
  readonly sha256: Sha256;
  /** Bytes, where the trust root states them. */
  readonly size?: number;
  /** The caller's own, by --sha256: then it may be what is wrong. */
  readonly isNamed?: true;
}

export interface ReceivedArchive {
  readonly sha256: Sha256;
  readonly size: number;
}

/** An archive that has passed by, and the digest of its bytes with more after them: what a signature is over. */
export interface PassedArchive extends ReceivedArchive {
  digestWith(hash: "sha256" | "sha512", trailer: Uint8Array): Uint8Array;
}

export interface ArchiveDigest {
  update(chunk: Uint8Array): void;
  readonly size: number;
  finish(): PassedArchive;
}

/**
 * Size and SHA-256 of a body as it passes by; SHA-512 too as long as `isSha512Wanted` says so, which is asked before each
 * chunk: it goes on until a signature has told which of them it is over. Throws ProvisionError("archive-hostile") beyond
 * `maxBytes`.
 */
export function createArchiveDigest(
  maxBytes: number,
  sourceName: string,
  isSha512Wanted: () => boolean = () => false,
): ArchiveDigest {
  const digest = createHash("sha256");
  let second: Hash | undefined = createHash("sha512");
  let size = 0;
  return {
    update(chunk) {
      size += chunk.length;
      if (size > maxBytes) {
        throw new ProvisionError("archive-hostile", `the archive is larger than any release: over ${maxBytes} bytes`, {
          details: { from: sourceName },
        });
      }
      digest.update(chunk);
      if (second !== undefined && !isSha512Wanted()) second = undefined;
      second?.update(chunk);
    },
    get size() {
      return size;
    },
    finish: () => ({
      sha256: digest.copy().digest("hex") as Sha256,
      size,
      digestWith(hash, trailer) {
        const state = hash === "sha256" ? digest : second;
        if (state === undefined) throw new Error("SHA-512 was not taken of this archive");
        return state.copy().update(trailer).digest();
      },
    }),
  };
}

/** Throws ProvisionError("checksum-mismatch") where what arrived is not what is stated. */
export function checkArchiveDigest(
  received: ReceivedArchive,
  expected: ExpectedArchive | undefined,
  sourceName: string,
): void {
  if (expected === undefined) return;
  const isSameSize = expected.size === undefined || expected.size === received.size;
  if (received.sha256 === expected.sha256 && isSameSize) return;
  const sizes = expected.size === undefined ? undefined : `${expected.size} bytes`;
  const name = nameArchive(sourceName);
  const summary = expected.isNamed
    ? `the ${name} that came is not the one that --sha256 names`
    : `the archive is not the published ${name}`;
  throw new ProvisionError("checksum-mismatch", summary, {
    ...(expected.isNamed ? { remedy: [`hold both hashes against that of ${name} at https://go.dev/dl/`] } : {}),
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
