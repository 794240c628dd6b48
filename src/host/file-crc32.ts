import { closeSync, constants, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";

/** CRC-32 of a file's content, as zip has it; no link is followed. Throws what node:fs throws. */
export function fileCrc32(real: string): number {
  const buffer = Buffer.allocUnsafe(1 << 20);
  const file = openSync(real, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    let value = 0;
    for (let count = -1; count !== 0;) {
      count = readSync(file, buffer, 0, buffer.length, null);
      value = crc32(buffer.subarray(0, count), value);
    }
    return value;
  } finally {
    closeSync(file);
  }
}
