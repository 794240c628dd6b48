import { closeSync, constants, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";

/** CRC-32 of files' contents, as zip has it, read blocking into one buffer; no link is followed. Throws what node:fs throws. */
export function createCrc32Reader(): (real: string) => number {
  const buffer = Buffer.allocUnsafe(1 << 20);
  return (real) => {
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
  };
}
