import {
  chmodSync,
  closeSync,
  createReadStream,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { createHash } from "node:crypto";
import { posix } from "node:path";
import { ProvisionError } from "../errors/provision-error.ts";
import type { Sha256 } from "../release/sha256.ts";
import { absolutePath, type AbsolutePath } from "./absolute-path.ts";

/** Work in progress, inside the directory itself so that a rename publishes it; gone once a bundle is whole. */
const partsName = ".readygo-part";

/**
 * The directory that `bundle` writes. Each file appears whole, by rename; what is there already stays, and other bytes in
 * its place are refused. Every method throws what node:fs throws.
 */
export interface BundleDirectory {
  readonly path: AbsolutePath;
  has(name: string): boolean;
  read(name: string): Buffer | undefined;
  hash(name: string): Promise<{ readonly sha256: Sha256; readonly size: number }>;
  /** False where these very bytes are there. @throws ProvisionError `output-differs` */
  write(name: string, content: Uint8Array | string, mode?: number): boolean;
  /** The index: the one file that a later run replaces. False where these very bytes are there. */
  replace(name: string, content: string): boolean;
  /** Where a file lies until it is published. */
  part(name: string): AbsolutePath;
  /** Bytes of a part that an earlier run left; 0 where there are none. */
  partSize(name: string): number;
  /** Adds to a part, or begins it anew at offset 0. */
  writePart(name: string, offset: number, body: AsyncIterable<Uint8Array>): Promise<void>;
  removePart(name: string): void;
  /** Gives a part, which must be whole, its name. */
  publish(name: string): void;
  /** An empty directory for an unpacked tree. */
  makeTree(): AbsolutePath;
  removeParts(): void;
}

/** Makes the directory and its parents where they are missing. */
export function openBundleDirectory(path: AbsolutePath): BundleDirectory {
  const at = (name: string): AbsolutePath => absolutePath(path, name);
  const partAt = (name: string): AbsolutePath => absolutePath(path, partsName, name);
  const isThere = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  const place = (name: string, content: Uint8Array | string, mode: number): void => {
    const temporary = partAt(`${name}.new`);
    makeParent(temporary);
    makeParent(at(name));
    rmSync(temporary, { force: true });
    const file = openSync(temporary, "wx", mode);
    try {
      writeWhole(file, Buffer.from(content));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    chmodSync(temporary, mode);
    renameSync(temporary, at(name));
  };
  makeParent(partAt("x"));
  return {
    path,
    has: (name) => isThere(at(name)),
    read: (name) => (isThere(at(name)) ? readFileSync(at(name)) : undefined),
    async hash(name) {
      const digest = createHash("sha256");
      for await (const chunk of createReadStream(at(name), { highWaterMark: 1 << 20 })) digest.update(chunk as Buffer);
      return { sha256: digest.digest("hex") as Sha256, size: statSync(at(name)).size };
    },
    write(name, content, mode = 0o644) {
      if (isThere(at(name))) {
        if (readFileSync(at(name)).equals(Buffer.from(content))) return false;
        throw new ProvisionError("output-differs", `${at(name)} is there with other bytes`, {
          remedy: [`look at ${at(name)} and remove it, or name another --output`],
        });
      }
      place(name, content, mode);
      return true;
    },
    replace(name, content) {
      if (isThere(at(name)) && readFileSync(at(name), "utf8") === content) return false;
      place(name, content, 0o644);
      return true;
    },
    part: partAt,
    partSize: (name) => statSync(partAt(name), { throwIfNoEntry: false })?.size ?? 0,
    async writePart(name, offset, body) {
      makeParent(partAt(name));
      const file = openSync(partAt(name), offset === 0 ? "w" : "a", 0o644);
      try {
        for await (const chunk of body) writeWhole(file, chunk);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    },
    removePart: (name) => rmSync(partAt(name), { force: true }),
    publish(name) {
      makeParent(at(name));
      chmodSync(partAt(name), 0o644);
      renameSync(partAt(name), at(name));
    },
    makeTree() {
      const tree = partAt("tree");
      rmSync(tree, { recursive: true, force: true });
      mkdirSync(tree, { recursive: true });
      return tree;
    },
    removeParts: () => rmSync(absolutePath(path, partsName), { recursive: true, force: true, maxRetries: 2 }),
  };
}

/** Readable for a web server that runs as somebody else, whatever the caller's umask. */
function makeParent(file: string): void {
  const callersUmask = process.umask(0o022);
  try {
    mkdirSync(posix.dirname(file), { recursive: true });
  } finally {
    process.umask(callersUmask);
  }
}

function writeWhole(file: number, content: Uint8Array): void {
  for (let written = 0; written < content.length;) written += writeSync(file, content, written);
}
