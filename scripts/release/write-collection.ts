import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { create } from "tar";
import { parse, stringify } from "yaml";
import type { StampedFile } from "./stamp-bootstrap.ts";

interface Galaxy {
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
}

interface CollectionOptions {
  readonly version: string;
  readonly base: string;
  readonly files: readonly StampedFile[];
  /** ISO 8601; of each file in the archive. */
  readonly time: string;
}

/**
 * The Ansible collection as `ansible-galaxy collection build` would make it (which a machine that makes releases need not
 * have), with this release's hashes in its role `install`. Gives the archive's name.
 */
export async function writeCollection(into: string, options: CollectionOptions): Promise<string> {
  const galaxy = parse(readFileSync("manifests/ansible/galaxy.yml", "utf8")) as Galaxy;
  const scratch = mkdtempSync(join(tmpdir(), "readygo-collection-"));
  try {
    const root = join(scratch, "root");
    cpSync("manifests/ansible", root, { recursive: true, filter: (path) => !/galaxy\.yml$|__pycache__/.test(path) });
    stampRole(root, options);
    const names = listNames(root);
    writeFileSync(join(root, "FILES.json"), toJson({ files: names.map((name) => describe(root, name)), format: 1 }));
    const { dependencies = {}, ...info } = galaxy as Galaxy & { readonly dependencies?: object };
    const none = { license_file: null, repository: null, documentation: null, homepage: null, issues: null };
    writeFileSync(
      join(root, "MANIFEST.json"),
      toJson({
        collection_info: { ...none, ...info, dependencies },
        file_manifest_file: describe(root, "FILES.json"),
        format: 1,
      }),
    );
    const archive = `${galaxy.namespace}-${galaxy.name}-${galaxy.version}.tar.gz`;
    mkdirSync(into, { recursive: true });
    await create(
      {
        gzip: true,
        portable: true,
        noDirRecurse: true,
        mtime: new Date(options.time),
        cwd: root,
        file: join(into, archive),
      },
      ["MANIFEST.json", "FILES.json", ...names.filter((name) => name !== ".")],
    );
    return archive;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function stampRole(root: string, { version, base, files }: CollectionOptions): void {
  const path = join(root, "roles/install/vars/main.yml");
  const values = {
    install_release_version: version,
    install_release_base: base,
    install_release_files: files.map(({ architecture, form, bytes, sha256 }) => ({
      architecture,
      form,
      bytes,
      sha256,
    })),
  };
  const text = readFileSync(path, "utf8");
  const comment = text.split("\n").filter((line) => line.startsWith("#"));
  for (const name of Object.keys(values)) if (!text.includes(`\n${name}: `)) throw new Error(`${path} has no ${name}`);
  writeFileSync(path, `---\n${comment.join("\n")}\n${stringify(values)}`);
}

function listNames(root: string): readonly string[] {
  const names = readdirSync(root, { recursive: true, withFileTypes: true }).map((entry) =>
    relative(root, join(entry.parentPath, entry.name)),
  );
  return [".", ...names.toSorted()];
}

function describe(root: string, name: string): Readonly<Record<string, unknown>> {
  const content = read(join(root, name));
  const sum = content === undefined ? null : createHash("sha256").update(content).digest("hex");
  return {
    name,
    ftype: sum === null ? "dir" : "file",
    chksum_type: sum === null ? null : "sha256",
    chksum_sha256: sum,
    format: 1,
  };
}

/** Undefined for a directory. */
function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EISDIR") return undefined;
    throw error;
  }
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}
