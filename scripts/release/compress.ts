import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, openSync, closeSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { sha256OfFile } from "./sha256-of-file.ts";

/** Forms by their file name's ending. One thread each and no names or times inside: the same bytes each time. */
const commands = {
  zst: ["zstd", "--ultra", "-22", "--single-thread", "--quiet", "--stdout"],
  xz: ["xz", "-9", "--threads=1", "--stdout"],
  gz: ["gzip", "-9", "--no-name", "--stdout"],
} as const;

export type Form = keyof typeof commands;

/** Writes `file`.FORM into `directory`. zstd and xz take minutes: what they made of the same bytes is kept below `cache`. */
export async function compress(file: string, form: Form, to: string, cache: string): Promise<void> {
  const kept = join(cache, `${await sha256OfFile(file)}.${form}`);
  if (!existsSync(kept)) {
    mkdirSync(cache, { recursive: true });
    const part = `${kept}.part-${process.pid}`;
    const output = openSync(part, "w");
    const child = spawn("nice", ["-n", form === "gz" ? "0" : "10", ...commands[form], file], {
      stdio: ["ignore", output, "inherit"],
    });
    const [status] = (await once(child, "close")) as [number | null];
    closeSync(output);
    if (status !== 0) rmSync(part);
    if (status !== 0) throw new Error(`${commands[form].join(" ")} ended with ${status}`);
    renameSync(part, kept);
  }
  copyFileSync(kept, to);
}
