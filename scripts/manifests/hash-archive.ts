import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { basename } from "node:path";
import { createGunzip } from "node:zlib";
import { Parser } from "tar";
import { computeModuleHash, moduleFileName, type ModuleFile } from "../../src/release/module-hash.ts";
import { parseSha256 } from "../../src/release/sha256.ts";
import { parseArchiveName, type Statement } from "./statement.ts";

/**
 * What a tar.gz on this machine says of itself: its SHA-256, and the h1 of the toolchain module with the same files. Where
 * the log has that h1, the SHA-256 is that of an archive with the recorded content.
 */
export async function hashArchive(path: string): Promise<Statement> {
  const named = parseArchiveName(basename(path));
  if (named === undefined) throw new Error(`${path} has not the name of a Linux archive`);
  const { version, arch } = named;
  const files: ModuleFile[] = [];
  const parser = new Parser({ strict: true });
  parser.on("entry", (entry) => {
    const name = moduleFileName(version, arch, entry.path.replace(/^go\//, ""));
    if (entry.type !== "File" || name === undefined) return void entry.resume();
    const digest = createHash("sha256");
    entry.on("data", (chunk: Uint8Array) => digest.update(chunk));
    entry.on("end", () => {
      const sha256 = parseSha256(digest.digest("hex"));
      if (sha256 !== undefined) files.push({ name, sha256 });
    });
  });
  const whole = createHash("sha256");
  const packed = createReadStream(path);
  packed.on("data", (chunk) => whole.update(chunk));
  for await (const chunk of packed.pipe(createGunzip({ chunkSize: 1 << 20 }))) parser.write(chunk as Buffer);
  parser.end();
  const { size } = statSync(path);
  return { root: "archive", version, arch, sha256: whole.digest("hex"), size, h1: computeModuleHash(files) };
}
