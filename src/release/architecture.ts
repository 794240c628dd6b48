/** The processor architectures that readygo provisions, by the name that both Debian and Go give them. */
export type Architecture = "amd64" | "arm64";

export const architectures: readonly Architecture[] = ["amd64", "arm64"];

/** Parses Debian's and Go's names and uname's (`x86_64`, `aarch64`); anything else is `undefined`. */
export function parseArchitecture(text: string): Architecture | undefined {
  if (text === "amd64" || text === "x86_64") return "amd64";
  if (text === "arm64" || text === "aarch64") return "arm64";
  return undefined;
}

/** The other one: what layer 3 cross-compiles for. */
export function otherArchitecture(architecture: Architecture): Architecture {
  return architecture === "amd64" ? "arm64" : "amd64";
}

/** `e_machine` of an ELF header (elf.h: EM_X86_64 is 62, EM_AARCH64 is 183), little-endian at byte 18. */
export function parseElfArchitecture(header: Uint8Array): Architecture | undefined {
  const isElf64 =
    header.length >= 20 &&
    header[0] === 0x7f &&
    header[1] === 0x45 &&
    header[2] === 0x4c &&
    header[3] === 0x46 &&
    header[4] === 2;
  if (!isElf64) return undefined;
  const machine = (header[18] ?? 0) | ((header[19] ?? 0) << 8);
  return machine === 62 ? "amd64" : machine === 183 ? "arm64" : undefined;
}
