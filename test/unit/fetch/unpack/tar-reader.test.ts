import fc from "fast-check";
import { Parser } from "tar/parse";
import { expect, test } from "vitest";
import { HostileArchive } from "../../../../src/fetch/unpack/hostile-archive.ts";
import { createTarReader } from "../../../../src/fetch/unpack/tar-reader.ts";
import { buildTar, type TarEntry } from "./build-tar.ts";

// Headers in a release's own form are read by readygo itself, for speed. It must read them as the library does.

interface ReadEntry {
  readonly name: string;
  readonly kind: "directory" | "file";
  readonly size: number;
  content: string;
}

/** Undefined where the tar is refused. */
function readByReadygo(tar: Buffer, pieceBytes: number): ReadEntry[] | undefined {
  const entries: ReadEntry[] = [];
  const reader = createTarReader({
    directory: (name) => void entries.push({ name, kind: "directory", size: 0, content: "" }),
    file: (name, size) => void entries.push({ name, kind: "file", size, content: "" }),
    content(piece) {
      const last = entries.at(-1);
      if (last === undefined) throw new Error("content of no entry");
      last.content += piece.toString("latin1");
    },
  });
  try {
    for (let at = 0; at < tar.length; at += pieceBytes) {
      // A view into memory that is used again, as the ring's slots are.
      const piece = Buffer.from(tar.subarray(at, at + pieceBytes));
      reader.take(piece);
      piece.fill(0xaa);
    }
  } catch (error) {
    if (error instanceof HostileArchive) return undefined;
    throw error;
  }
  return reader.isAtEnd() ? entries : undefined;
}

function readByLibrary(tar: Buffer): ReadEntry[] | undefined {
  const entries: ReadEntry[] = [];
  let isWhole = false;
  let isDamaged = false;
  const parser = new Parser({
    zstd: false,
    onReadEntry(entry) {
      isDamaged ||= !["Directory", "File", "OldFile"].includes(entry.type);
      const kind = entry.type === "Directory" ? "directory" : "file";
      const read: ReadEntry = { name: entry.path, kind, size: entry.size, content: "" };
      entries.push(read);
      entry.on("data", (piece: Buffer) => (read.content += piece.toString("latin1")));
      entry.resume();
    },
  });
  parser.on("warn", () => (isDamaged = true));
  parser.on("ignoredEntry", () => (isDamaged = true));
  parser.on("eof", () => (isWhole = true));
  parser.write(tar);
  return isWhole && !isDamaged ? entries : undefined;
}

const letters = fc.constantFrom("a", "b", "c", ".", "-", "_", "0", "9", "Þ", "€", "😀");
const part = fc.string({ unit: letters, minLength: 1, maxLength: 40 });
const path = fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => `go/${parts.join("/")}`);
const content = fc.oneof(fc.constant(""), fc.string({ maxLength: 20 }), fc.string({ minLength: 500, maxLength: 1600 }));
const entry: fc.Arbitrary<TarEntry> = fc.oneof(
  fc.record({ name: path, content }),
  path.map((name) => ({ name: `${name}/` })),
  fc.record({ path, content }).map((file) => ({ name: "go/x", pax: { path: file.path }, content: file.content })),
);

test("every tar is read as the library reads it, whatever the pieces it comes in", () => {
  const pieceBytes = fc.constantFrom(512, 1024, 1536, 65_536);
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 6 }), pieceBytes, (entries, size) => {
      // The library's writer cuts a name that does not fit, where a real one would add a PAX header.
      const tar = buildTar(entries);
      expect(readByReadygo(tar, size)).toEqual(readByLibrary(tar));
    }),
    { numRuns: 300 },
  );
});

test("a header with any bytes changed is read as the library reads it, or refused", () => {
  const original = buildTar([{ name: "go/src/fmt/print.go", content: "package fmt\n" }, { name: "go/src/next.go" }]);
  const byte = fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0, 0x20, 0x2f, 0x30, 0x35, 0x37, 0x38, 0x80, 0xff));
  const place = fc.oneof(
    fc.nat({ max: 511 }),
    fc.constantFrom(99, 124, 134, 135, 148, 156, 157, 257, 263, 345, 475, 499),
  );
  const changes = fc.array(fc.tuple(place, byte), { minLength: 1, maxLength: 4 });
  let read = 0;
  fc.assert(
    fc.property(changes, fc.boolean(), (changed, isSumMended) => {
      const tar = Buffer.from(original);
      for (const [at, value] of changed) tar[at] = value;
      if (isSumMended) mendChecksum(tar);
      const library = readByLibrary(tar);
      const readygo = readByReadygo(tar, 65_536);
      if (readygo === undefined) return;
      read += 1;
      expect(readygo).toEqual(library);
    }),
    { numRuns: 3000 },
  );
  expect(read).toBeGreaterThan(500);
});

// The bytes of the file after it, up to 256 MB of them, would be gathered in memory as if they were the header's.
test.each(["ExtendedHeader", "NextFileHasLongPath"] as const)("a %s without content is refused at once", (type) => {
  const tar = buildTar([
    { name: "header", type },
    { name: "go/x", content: "x" },
  ]);
  const reader = createTarReader({ directory: () => undefined, file: () => undefined, content: () => undefined });
  expect(() => reader.take(tar.subarray(0, 512))).toThrow(HostileArchive);
});

function mendChecksum(tar: Buffer): void {
  tar.fill(" ", 148, 156);
  const sum = tar.subarray(0, 512).reduce((total, value) => total + value, 0);
  tar.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
}
