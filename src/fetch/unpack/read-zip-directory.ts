import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type Entry, fromRandomAccessReader, RandomAccessReader, type ZipFile } from "yauzl";
import type { ArchiveBounds } from "../../release/archive-bounds.ts";
import { HostileArchive } from "./hostile-archive.ts";

/** The directory of a release's zip has 1.2 MB; it is read at once, since yauzl asks for it in 25,000 small pieces. */
const tailBytes = 4 * 1024 * 1024;

/** The end of a zip that is elsewhere. */
export interface ZipTail {
  /** Of the whole zip. */
  readonly size: number;
  readonly tail: Buffer;
}

/**
 * Hands a zip's entries over as its central directory has them, one by one and not kept: together they would be 30 MB.
 * File names are left as bytes. Throws HostileArchive where the directory is damaged or has too many entries, and what
 * `take` throws, at once.
 */
export async function readZipDirectory(
  zip: string | ZipTail,
  bounds: ArchiveBounds,
  take: (entry: Entry) => void,
): Promise<void> {
  const reader = typeof zip === "string" ? openZipFile(zip) : new TailReader(zip);
  try {
    const opened = await openZip(reader);
    if (opened.entryCount > bounds.entries) throw new HostileArchive(`there are more than ${bounds.entries} entries`);
    await readEntries(opened, take);
  } catch (error) {
    if (error instanceof HostileArchive || isErrno(error)) throw error;
    throw new HostileArchive(`the zip is damaged: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    reader.end();
  }
}

async function openZip(reader: TailReader): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false, decodeStrings: false };
    fromRandomAccessReader(reader, reader.size, options, (error, zip) => {
      if (error === null) resolve(zip);
      else reject(error);
    });
  });
}

async function readEntries(zip: ZipFile, take: (entry: Entry) => void): Promise<void> {
  let taken = 0;
  return new Promise((resolve, reject) => {
    zip.on("error", reject);
    zip.on("end", resolve);
    zip.on("entry", (entry: Entry) => {
      try {
        take(entry);
      } catch (error) {
        reject(error);
        return;
      }
      taken += 1;
      // Answers come within the call: a turn of the loop now and then keeps the stack flat.
      if (taken % 64 === 0) setImmediate(() => zip.readEntry());
      else zip.readEntry();
    });
    zip.readEntry();
  });
}

function openZipFile(path: string): TailReader {
  const file = openSync(path, "r");
  const { size } = fstatSync(file);
  const tail = Buffer.allocUnsafe(Math.min(size, tailBytes));
  return new TailReader(
    { size, tail: tail.subarray(0, readSync(file, tail, 0, tail.length, size - tail.length)) },
    file,
  );
}

/** Reads the end of a zip from memory; what is before it blocking from the file, where there is one. */
class TailReader extends RandomAccessReader {
  readonly size: number;
  readonly #tail: Buffer;
  readonly #file: number | undefined;

  constructor({ size, tail }: ZipTail, file?: number) {
    super();
    this.size = size;
    this.#tail = tail;
    this.#file = file;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    const inTail = position - (this.size - this.#tail.length);
    let count = 0;
    if (inTail >= 0) count = this.#tail.copy(buffer, offset, inTail, inTail + length);
    else if (this.#file !== undefined) count = readSync(this.#file, buffer, offset, length, position);
    callback(count === length ? null : new Error("it ends early"));
  }

  end(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}

function isErrno(error: unknown): boolean {
  return error instanceof Error && "errno" in error;
}
