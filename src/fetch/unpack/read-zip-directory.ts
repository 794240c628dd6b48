import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type Entry, fromRandomAccessReader, RandomAccessReader, type ZipFile } from "yauzl";
import type { ArchiveBounds } from "../../release/archive-bounds.ts";
import { HostileArchive } from "./hostile-archive.ts";

/** The directory of a release's zip has 1.2 MB; it is read at once, since yauzl asks for it in 25,000 small pieces. */
const tailBytes = 4 * 1024 * 1024;

/**
 * Hands a zip's entries over as its central directory has them, one by one and not kept: together they would be 30 MB.
 * File names are left as bytes. Throws HostileArchive where the directory is damaged or has too many entries, and what
 * `take` throws, at once.
 */
export async function readZipDirectory(
  zipPath: string,
  bounds: ArchiveBounds,
  take: (entry: Entry) => void,
): Promise<void> {
  const reader = new FileReader(zipPath);
  try {
    const zip = await openZip(reader);
    if (zip.entryCount > bounds.entries) throw new HostileArchive(`there are more than ${bounds.entries} entries`);
    await readEntries(zip, take);
  } catch (error) {
    if (error instanceof HostileArchive || isErrno(error)) throw error;
    throw new HostileArchive(`the zip is damaged: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    reader.end();
  }
}

async function openZip(reader: FileReader): Promise<ZipFile> {
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

/** Reads blocking, the end of the file from memory. */
class FileReader extends RandomAccessReader {
  readonly size: number;
  readonly #file: number;
  readonly #tail: Buffer;

  constructor(path: string) {
    super();
    this.#file = openSync(path, "r");
    this.size = fstatSync(this.#file).size;
    const tail = Buffer.allocUnsafe(Math.min(this.size, tailBytes));
    this.#tail = tail.subarray(0, readSync(this.#file, tail, 0, tail.length, this.size - tail.length));
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    const inTail = position - (this.size - this.#tail.length);
    const count =
      inTail >= 0
        ? this.#tail.copy(buffer, offset, inTail, inTail + length)
        : readSync(this.#file, buffer, offset, length, position);
    callback(count === length ? null : new Error("it ends early"));
  }

  end(): void {
    closeSync(this.#file);
  }
}

function isErrno(error: unknown): boolean {
  return error instanceof Error && "errno" in error;
}
