import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { RequestFailure } from "../../errors/request-failure.ts";
import { openOwnFile } from "../../host/open-own-file.ts";
import { writeAll } from "../unpack/write-release-file.ts";

/** What a partial download is of. */
export interface PartialIdentity {
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
export interface PartialDownload {
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
  /** The first `size` bytes. @throws RequestFailure where they cannot be read; then they are removed */
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

const { O_RDONLY, O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = constants;
/** What must not be there yet: then it is no link to somewhere else. */
const createOnly = O_WRONLY | O_APPEND | O_CREAT | O_EXCL;
const maxIdentityBytes = 16 * 1024;

/** @param directory physical path of a directory that only this user can enter; it is made by `make` when needed */
export function createPartialStore(
  directory: string,
  make: () => void = () => void mkdirSync(directory, { recursive: true, mode: 0o700 }),
): PartialStore {
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
        if (!isClosed(directory)) return undefined;
        const identity = parseIdentity(readSmall(description));
        const found = openOwnFile(archive, O_RDONLY);
        if (found === undefined) return undefined;
        const { size } = fstatSync(found);
        closeSync(found);
        return size > 0 && identity !== undefined ? { identity, size } : undefined;
      } catch {
        return undefined;
      }
    },
    async *read(size) {
      try {
        const fd = openOwnFile(archive, O_RDONLY);
        if (fd === undefined) throw new Error(`${archive} is no file of this user's own`);
        const range = { fd, start: 0, end: size - 1, highWaterMark: 1 << 18 };
        yield* createReadStream(archive, range) as AsyncIterable<Buffer>;
      } catch (cause) {
        remove();
        throw new RequestFailure("interrupted", "", "what an earlier run had fetched cannot be read", { cause });
      }
    },
    begin(identity, size) {
      close();
      try {
        // Cut off in here, bytes of one archive must not be left under the name of another.
        if (size === 0 || !isClosed(directory)) remove();
        make();
        rmSync(description, { recursive: true, force: true });
        const about = openSync(description, createOnly, 0o600);
        try {
          writeAll(about, Buffer.from(JSON.stringify(identity)));
        } finally {
          closeSync(about);
        }
        file = openOwnFile(archive, size === 0 ? createOnly : O_WRONLY | O_APPEND);
        if (file === undefined) remove();
        else ftruncateSync(file, size);
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

/** An image of `--root DIR` may bring a link there, and a link leads to this machine's own files. */
function isClosed(directory: string): boolean {
  const stat = lstatSync(directory, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === process.geteuid?.() && (stat.mode & 0o777) === 0o700;
}

function readSmall(path: string): string {
  const file = openOwnFile(path, O_RDONLY);
  if (file === undefined) return "";
  try {
    return fstatSync(file).size > maxIdentityBytes ? "" : readFileSync(file, "utf8");
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
