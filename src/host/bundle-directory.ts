import { currentWriter, describeOpenPlace, findOpenAncestor, hasOneWriter, requireOneWriter } from "./one-writer.ts";
import {
  chmodSync,
  closeSync,
  constants,
  createReadStream,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
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
import { openOwnFile } from "./open-own-file.ts";
import { createRealFiles, isErrno } from "./real-files.ts";

/** Work in progress, inside the directory itself so that a rename publishes it; gone once a bundle is whole. */
const partsName = ".readygo-part";

/**
 * The directory that `bundle` writes. Each file appears whole, by rename; what is there already stays, and other bytes in
 * its place are refused. Every method throws what node:fs throws.
 */
export interface BundleDirectory {
  /** Without links. */
  readonly path: AbsolutePath;
  has(name: string): boolean;
  read(name: string): Buffer | undefined;
  hash(name: string): Promise<{ readonly sha256: Sha256; readonly size: number }>;
  /** False where these very bytes are there. @throws ProvisionError `output-differs` */
  write(name: string, content: Uint8Array | string, mode?: number): boolean;
  /** The files that a later run replaces. False where these very bytes are there, in a file that nobody else can write. */
  replace(name: string, content: Uint8Array | string, mode?: number): boolean;
  /** Where a file lies until it is published. */
  part(name: string): AbsolutePath;
  /** Bytes of a part that an earlier run of this user left; 0 where there are none. */
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

const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = constants;

const machine = createRealFiles("");

/**
 * Makes the directory and its parents where they are missing.
 *
 * @throws ProvisionError `place-unsafe` where somebody else could exchange what is written for something else, or a
 *   directory on the way to it
 */
export function openBundleDirectory(output: AbsolutePath): BundleDirectory {
  const path = makeClosed(output);
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
  const parts = absolutePath(path, partsName);
  makeDirectory(parts, 0o700);
  requireOneWriter(parts, machine.stat(parts));
  chmodSync(parts, 0o700);
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
    replace(name, content, mode = 0o644) {
      const found = machine.stat(at(name));
      const isOurs = found?.kind === "file" && hasOneWriter(found, currentWriter());
      if (isOurs && readFileSync(at(name)).equals(Buffer.from(content))) return false;
      place(name, content, mode);
      return true;
    },
    part: partAt,
    partSize(name) {
      const stat = lstatSync(partAt(name), { throwIfNoEntry: false });
      return stat?.isFile() === true && stat.uid === process.geteuid?.() && stat.nlink === 1 ? stat.size : 0;
    },
    async writePart(name, offset, body) {
      makeParent(partAt(name));
      if (offset === 0) rmSync(partAt(name), { force: true });
      const file = openOwnFile(partAt(name), O_WRONLY | O_APPEND | (offset === 0 ? O_CREAT | O_EXCL : 0));
      if (file === undefined) throw new Error(`${partAt(name)} is not the file that was begun`);
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
    removeParts: () => rmSync(parts, { recursive: true, force: true, maxRetries: 2 }),
  };
}

/**
 * From here on the path without links is used, each directory of which is closed to others: none of them can become
 * another one, or a link, while it is written to.
 */
function makeClosed(output: AbsolutePath): AbsolutePath {
  const missing: string[] = [];
  let there: string = output;
  while (machine.stat(there as AbsolutePath) === undefined) {
    missing.unshift(posix.basename(there));
    there = posix.dirname(there);
  }
  let path = absolutePath(realpathSync(there));
  for (const name of missing) {
    requireClosedWay(path);
    path = absolutePath(path, name);
    makeDirectory(path, 0o755);
  }
  if (path !== "/") requireClosedWay(absolutePath(path, ".."));
  requireOneWriter(path, machine.stat(path));
  return path;
}

function requireClosedWay(path: AbsolutePath): void {
  const open = findOpenAncestor(path, machine, currentWriter());
  if (open !== undefined) throw describeOpenPlace(open, machine.stat(open), "below it");
}

/** Where it is missing. */
function makeDirectory(path: AbsolutePath, mode: number): void {
  const callersUmask = process.umask(0o022);
  try {
    mkdirSync(path, mode);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  } finally {
    process.umask(callersUmask);
  }
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
