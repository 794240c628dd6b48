import { type Architecture, parseElfArchitecture } from "./architecture.ts";

/** What the start of a program says of it. */
export interface ElfProgram {
  /** Undefined for a machine that readygo does not provision. */
  readonly architecture: Architecture | undefined;
  /** The dynamic loader that the kernel starts it with; null: it is static. */
  readonly interpreter: string | null;
}

/** Of a program's start: its headers, and where linkers put the loader's name, the first page. */
export const elfStartBytes = 4096;

const interpreterType = 3;

/** Parses a 64-bit little-endian ELF file (elf(5)); undefined for anything else. */
export function parseElfProgram(start: Uint8Array): ElfProgram | undefined {
  const isElf = start.length >= 64 && Buffer.from(start.subarray(0, 4)).toString("latin1") === "\x7fELF";
  if (!isElf || start[4] !== 2 || start[5] !== 1) return undefined;
  const view = new DataView(start.buffer, start.byteOffset, start.length);
  const [table, entryBytes, count] = [view.getBigUint64(32, true), view.getUint16(54, true), view.getUint16(56, true)];
  let interpreter: string | null = null;
  for (let index = 0; index < count; index += 1) {
    const at = Number(table) + index * entryBytes;
    if (at + 56 > start.length || view.getUint32(at, true) !== interpreterType) continue;
    const from = Number(view.getBigUint64(at + 8, true));
    const bytes = start.subarray(from, from + Number(view.getBigUint64(at + 32, true)));
    interpreter = Buffer.from(bytes).toString("latin1").replace(/\0.*$/s, "");
  }
  return { architecture: parseElfArchitecture(start), interpreter };
}
