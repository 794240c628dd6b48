import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { writeAll } from "./write-release-file.ts";

/** What a partial download is of. */
interface PartialIdentity {
  /** The archive's file name. */
  readonly name: string;
  /** Redacted. */
  readonly url: string;
  readonly sha256: string | null;
  /** Bytes of the whole, where known. */
  readonly total: number | null;
  readonly validator: string | null;
}

/** The bytes that an earlier run left. */
interface PartialDownload {
  readonly identity: PartialIdentity;
  readonly size: number;
}

/**
 * Where a download is kept as it comes in, so that a run that is killed need not have it fetched again. At most one:
 * `archive.part`, and `archive.json`, which says of what. Neither is fsynced: whoever uses the bytes hashes them again.
 */
export interface PartialStore {
  /** What was left there; undefined where there is none, or what is there is not ours. */
  find(): PartialDownload | undefined;
  /** The first `size` bytes. */
  read(size: number): AsyncIterable<Uint8Array>;
  /** Starts to write after the first `size` bytes, which stay; the rest goes. */
  begin(identity: PartialIdentity, size: number): void;
  /** Never throws: a disk that is full ends the keeping, not the download. */
  append(chunk: Uint8Array): void;
  /** Closes; what was written stays. */
  close(): void;
  /** Closes, and takes everything away. */
  remove(): void;
}

const { O_RDONLY, O_WRONLY, O_CREAT, O_NOFOLLOW } = constants;
const mostIdentityBytes = 16 * 1024;

/** @param directory physical path of a directory that only root can enter; it is made by {@link make} when needed */
export function createPartialStore(directory: string, make: () => void): PartialStore {
  const archive = join(directory, "archive.part");
  const description = join(directory, "archive.json");
  let file: number | undefined;

  const close = (): void => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  const remove = (): void => {
    close();
    rmSync(directory, { recursive: true, force: true });
  };
  return {
    close,
    remove,
    find() {
      try {
        const found = openSync(archive, O_RDONLY | O_NOFOLLOW);
        try {
          const { size } = fstatSync(found);
          const identity = parseIdentity(readSmall(description));
          return fstatSync(found).isFile() && size > 0 && identity !== undefined ? { identity, size } : undefined;
        } finally {
          closeSync(found);
        }
      } catch {
        return undefined;
      }
    },
    read: (size) => createReadStream(archive, { end: size - 1, highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>,
    begin(identity, size) {
      close();
      try {
        make();
        // Cut off in here, bytes of one archive must not be left under the name of another.
        if (size === 0) rmSync(archive, { force: true });
        writeFileSync(description, JSON.stringify(identity), { mode: 0o600 });
        file = openSync(archive, O_WRONLY | O_CREAT | O_NOFOLLOW | constants.O_APPEND, 0o600);
        ftruncateSync(file, size);
      } catch {
        remove();
      }
    },
    append(chunk) {
      if (file === undefined) return;
      try {
        writeAll(file, chunk);
      } catch {
        remove();
      }
    },
  };
}

function readSmall(path: string): string {
  const file = openSync(path, O_RDONLY | O_NOFOLLOW);
  try {
    return fstatSync(file).size > mostIdentityBytes ? "" : readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

function parseIdentity(text: string): PartialIdentity | undefined {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof data !== "object" || data === null) return undefined;
  const { name, url, sha256, total, validator } = data as Partial<Record<keyof PartialIdentity, unknown>>;
  const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === "string";
  if (typeof name !== "string" || typeof url !== "string" || !isTextOrNull(sha256) || !isTextOrNull(validator))
    return undefined;
  if (total !== null && typeof total !== "number") return undefined;
  return { name, url, sha256, total, validator };
}
