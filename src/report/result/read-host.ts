import { absolutePath } from "../../host/absolute-path.ts";
import type { ReadFiles } from "../../host/ports.ts";
import { parseOsRelease } from "../../doctor/host/ubuntu-release.ts";
import { hashBytes } from "../../release/sha256.ts";
import type { Result } from "./result-shape.ts";

/**
 * Whose result it is.
 *
 * @param machine this machine
 * @param files what was looked at: an image's, under --root
 */
export function readHost(machine: ReadFiles, files: ReadFiles, root: string): Result["host"] {
  const name = readText(machine, "/proc/sys/kernel/hostname") ?? "";
  const { PRETTY_NAME } = parseOsRelease(readText(files, "/etc/os-release") ?? "");
  const machineId = readText(machine, "/etc/machine-id") ?? "";
  const id = /^[0-9a-f]{32}$/.test(machineId) ? hashBytes(Buffer.from(`readygo ${machineId}`)).slice(0, 16) : null;
  return { name, id, system: PRETTY_NAME ?? null, root: root === "" ? null : root };
}

function readText(files: ReadFiles, path: string): string | undefined {
  try {
    return files.read(absolutePath(path))?.toString("utf8").trim();
  } catch {
    // A result without it is better than none.
    return undefined;
  }
}
