import { createHash } from "node:crypto";
import { lstatSync, readFileSync, writeFileSync } from "node:fs";
import type { Damage } from "./state-damage.ts";
import type { StateImage } from "../state/state-image.ts";
import { sealFile } from "../state/state-seal.ts";

const receipt = "/var/lib/readygo/receipt.json";

/** Receipts that parse as JSON, and say what no run of readygo's has written. */
export function damageReceipt(): readonly Damage[] {
  return [...listWholes(), ...listSchemas(), ...listWrongTypes(), ...listHostileNames(), ...listHostileFiles()];
}

function listWholes(): readonly Damage[] {
  return ["null", "[]", "7", '"x"', "{}"].map((text) => ({
    name: `the receipt is ${text}`,
    apply: (image) => writeFileSync(image.path(receipt), text),
  }));
}

function listSchemas(): readonly Damage[] {
  return [
    set("schema", 99),
    set("schema", "1"),
    set("schema", 0),
    set("schema", remove),
    set("surprise", { of: "a later readygo" }),
    set("files.1.surprise", true),
    set("previous.0.surprise", true),
    set("original.surprise", true),
  ];
}

const typedKeys = "version architecture installedAt archive archive.size archive.sha256 trust trust.0 tree tree.inode tree.mtimeNs tree.manifestSha256 tree.versionFileSha256 files files.1 files.1.path files.1.owner files.1.sha256 files.1.before files.1.before.backup files.1.before.sha256 files.1.before.mode files.1.createdDirectories original original.kind original.keptAs previous previous.0 previous.0.version previous.0.tree previous.0.keptAs previous.0.manifest".split(" "); // prettier-ignore

function listWrongTypes(): readonly Damage[] {
  return typedKeys.flatMap((key) => [null, [], -1, 1e300, "x", remove].map((value) => set(key, value)));
}

const hostileNames: readonly string[] = ["", ".", "..", "../../../../opt/canary", "../../../../opt/canary/file", "../../../../../../../../etc/sudoers.d/admin", "/opt/canary", "a/b", "a\0b", "a".repeat(5_000)]; // prettier-ignore

function listHostileNames(): readonly Damage[] {
  const keys = ["original.keptAs", "previous.0.keptAs", "previous.0.manifest", "files.1.before.backup", "files.0.before.backup"]; // prettier-ignore
  return keys.flatMap((key) => hostileNames.map((name) => set(key, name)));
}

const hostilePaths = ["/etc/sudoers.d/x", "/etc/sudoers.d/admin", "/opt/canary/file", "/home/bob/.bashrc", "/root/.bashrc", "/home/alice/../../etc/sudoers.d/admin", "/usr/local/go/VERSION", "/etc/passwd", ".bashrc", "../../opt/canary/file", "/"]; // prettier-ignore

/** With the hash of what stands there, so that readygo would take it for what it has written itself. */
function listHostileFiles(): readonly Damage[] {
  const paths = [0, 1].flatMap((index) =>
    hostilePaths.map((path) => ({
      name: `the receipt's file ${index} is ${path}`,
      apply: (image: StateImage) =>
        change(image, (data) => {
          assign(data, `files.${index}.path`, path);
          const sha256 = hashFile(image, path);
          if (sha256 !== undefined) assign(data, `files.${index}.sha256`, sha256);
        }),
    })),
  );
  const withoutBefore = hostilePaths.map((path) => ({
    name: `the receipt has a file ${path} of the system that was not there before`,
    apply: (image: StateImage) =>
      change(image, (data) => {
        const sha256 = hashFile(image, path) ?? "0".repeat(64);
        const file = { path, owner: null, sha256, before: null, createdDirectories: [] };
        if (Array.isArray(data["files"])) data["files"].push(file);
      }),
  }));
  const owners = ["bob", "root", "nobody-there", null, "", "../alice"].map((owner) => set("files.1.owner", owner));
  const directories = ["/opt/canary/empty", "/etc/cron.d", "../../opt/canary/empty", "/home/bob"].flatMap((path) => [
    set("files.0.createdDirectories", [path]),
    set("files.1.createdDirectories", [path]),
  ]);
  return [...paths, ...withoutBefore, ...owners, ...directories];
}

const remove = Symbol("remove");

function set(key: string, value: unknown): Damage {
  const shown = value === remove ? "missing" : JSON.stringify(value);
  return {
    name: `the receipt's ${key} is ${shown.length > 60 ? `${shown.slice(0, 20)}… (${shown.length} characters)` : shown}`,
    apply: (image) => change(image, (data) => assign(data, key, value)),
  };
}

function assign(data: Record<string, unknown>, key: string, value: unknown): void {
  const names = key.split(".");
  const last = names.pop() ?? "";
  let holder = data;
  for (const name of names) holder = holder[name] as Record<string, unknown>;
  if (value === remove) delete holder[last];
  else holder[last] = value;
}

function change(image: StateImage, edit: (data: Record<string, unknown>) => void): void {
  const data = JSON.parse(readFileSync(image.path(receipt), "utf8")) as Record<string, unknown>;
  edit(data);
  // Whoever damages it knows how to make a checksum: the schema itself is to refuse it.
  writeFileSync(image.path(receipt), sealFile(data));
}

export function hashFile(image: StateImage, path: string): string | undefined {
  const real = image.path(path);
  if (lstatSync(real, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  return createHash("sha256").update(readFileSync(real)).digest("hex");
}
