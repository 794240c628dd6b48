import { existsSync, lstatSync, readFileSync, writeFileSync } from "node:fs";
import type { Damage } from "./state-damage.ts";
import { hashFile } from "./state-damage-receipt.ts";
import type { StateImage } from "../state/state-image.ts";
import { openLines, sealLines } from "../state/state-seal.ts";

const journal = "/var/lib/readygo/journal";
const begin = { kind: "begin", id: "20261129T120000000Z", command: "install", at: "2026-11-29T12:00:00.000Z" };

type RecordOf = (image: StateImage) => unknown;

/** Journals with whole lines that no run of readygo's has written: undoing or finishing them would do harm. */
export function damageJournal(host: StateImage): readonly Damage[] {
  const hasJournal = existsSync(host.path(journal));
  const append = (name: string, make: RecordOf): Damage => ({
    name: `the journal${hasJournal ? "" : ", made up,"} ends with ${name}`,
    apply(image) {
      const record = make(image);
      const line = typeof record === "string" ? record : JSON.stringify(record);
      if (!hasJournal) writeFileSync(image.path(journal), `${JSON.stringify(begin)}\n`, { mode: 0o600 });
      const { texts, isSealed } = openLines(readFileSync(image.path(journal), "utf8"));
      writeFileSync(image.path(journal), sealLines({ texts: [...texts, line], isSealed }));
    },
  });
  return [
    ...listShapes().map(([name, record]) => append(name, () => record)),
    ...listWrites().map(([name, make]) => append(name, make)),
    ...listTreeActs().map(([name, make]) => append(name, make)),
    ...listDirectories().map((record) => append(JSON.stringify(record), () => record)),
    ...listCommits().map((path) =>
      append(`a commit that deletes ${path}`, () => ({ kind: "commit", deletions: [path] })),
    ),
    ...(hasJournal ? listSchemas() : []),
  ];
}

function listShapes(): readonly (readonly [string, unknown])[] {
  const texts = ["null", "[]", "7", '"x"', "{}", "not json", ""];
  return [
    ...texts.map((text) => [`the line ${text === "" ? "of nothing" : text}`, text] as const),
    ["a kind of record that is not known", { kind: "launch", path: "/usr/local/go" }],
    ["a path that is a number", { kind: "stage", path: 7 }],
    ["a path that is null", { kind: "write", path: null, owner: null, before: null, after: null }],
    ["an owner that is a number", { kind: "make-directory", path: "/home/alice/.config", owner: 7 }],
    [
      "an identity that is missing",
      { kind: "move", from: "/usr/local/go", to: "/usr/local/.readygo/previous/original" },
    ],
    ["deletions that are null", { kind: "commit", deletions: null }],
    ["a key that is not known", { kind: "stage", path: "/usr/local/.readygo/staging/x", surprise: true }],
    ["a second begin", begin],
    ["a begin of a newer schema", { ...begin, schema: 99 }],
  ];
}

function listWrites(): readonly (readonly [string, RecordOf])[] {
  const targets = [
    ["/etc/sudoers.d/x", null],
    ["/etc/sudoers.d/admin", null],
    ["/opt/canary/file", null],
    ["/home/bob/.bashrc", null],
    ["/home/bob/.bashrc", "bob"],
    ["/home/alice/.bashrc", "root"],
    ["/home/alice/.bashrc", null],
    ["/root/.bashrc", "root"],
    ["/usr/local/go/VERSION", null],
    ["../../opt/canary/file", null],
    ["/var/lib/readygo/../../../opt/canary/file", null],
    ["/home/alice/.bashrc", "nobody-there"],
  ] as const;
  // `after` is what stands there, so that the write seems done and is to be undone.
  const removing = targets.map(
    ([path, owner]) =>
      [
        `a write of ${path} by ${String(owner)}, which was not there before`,
        (image: StateImage) => ({ kind: "write", path, owner, before: null, after: hashFile(image, path) ?? null }),
      ] as const,
  );
  const backup = { name: "manifest-go1.30.1.linux-amd64", sha256: "0".repeat(64), mode: 0o644 };
  const overwriting = [...targets, ["/home/alice/.bashrc", "alice"] as const].map(
    ([path, owner]) =>
      [
        `a write of ${path} by ${String(owner)}, which had another file's bytes`,
        (image: StateImage) => ({ kind: "write", path, owner, before: backup, after: hashFile(image, path) ?? null }),
      ] as const,
  );
  const names = ["../../../../opt/canary/file", "..", "", "a/b", "a\0b", "../receipt.json"].map(
    (name) =>
      [
        `a write whose backup is ${JSON.stringify(name)}`,
        (image: StateImage) => ({ kind: "write", path: "/etc/profile.d/readygo.sh", owner: null, before: { ...backup, name }, after: hashFile(image, "/etc/profile.d/readygo.sh") ?? null }), // prettier-ignore
      ] as const,
  );
  return [...removing, ...overwriting, ...names];
}

function listTreeActs(): readonly (readonly [string, RecordOf])[] {
  const goroot = "/usr/local/go";
  const original = "/usr/local/.readygo/previous/original";
  return [
    ["a stage of /opt/canary", () => ({ kind: "stage", path: "/opt/canary" })],
    ["a stage of the kept original", () => ({ kind: "stage", path: original })],
    ["a stage of /usr/local/go", () => ({ kind: "stage", path: goroot })],
    ["a stage below staging that leads out", () => ({ kind: "stage", path: "/usr/local/.readygo/staging/../../../../opt/canary" })],
    ["a copy to /opt/canary", () => ({ kind: "copy", path: goroot, copy: "/opt/canary" })],
    ["a deletion of /opt/canary", (image) => ({ kind: "delete-original", path: "/opt/canary", copy: original, identity: identify(image, original) })],
    ["a move of /opt/canary", (image) => ({ kind: "move", from: "/opt/gone", to: "/opt/canary", identity: identify(image, "/opt/canary") })],
    ["a move to /etc/cron.d", (image) => ({ kind: "move", from: "/etc/cron.d/x", to: original, identity: identify(image, original) })],
    ["an exchange with /opt/canary", (image) => ({ kind: "exchange", one: goroot, other: "/opt/canary", identityOfOne: identify(image, "/opt/canary"), identityOfOther: identify(image, goroot) })],
    ["an exchange with the original that was not done", (image) => ({ kind: "exchange", one: goroot, other: "/opt/canary/dir", identityOfOne: identify(image, goroot), identityOfOther: identify(image, "/opt/canary/dir") })],
  ]; // prettier-ignore
}

function listDirectories(): readonly unknown[] {
  return [
    { kind: "make-directory", path: "/etc/cron.d", owner: null },
    { kind: "make-directory", path: "/opt/canary/empty", owner: null },
    { kind: "make-directory", path: "/opt/canary/empty", owner: "root" },
    { kind: "make-directory", path: "../../opt/canary/empty", owner: null },
    { kind: "remove-directory", path: "/etc/cron.d/x", owner: null },
    { kind: "remove-directory", path: "/opt/canary/x", owner: "root" },
    { kind: "remove-directory", path: "/home/bob/x", owner: "bob" },
    { kind: "remove-directory", path: "/home/alice/x", owner: "root" },
  ];
}

function listCommits(): readonly string[] {
  return ["/opt/canary", "../../opt/canary", "/usr/local/.readygo/previous/../../../../opt/canary", "/var/lib/readygo/backups/../../../../opt/canary/file", "/home/bob/.bashrc", "/home/alice/.bashrc", "/usr/local", "/usr/local/go", "/usr/local/.readygo", "/usr/local/.readygo/previous/original", "/var/lib/readygo", "/", "", "."]; // prettier-ignore
}

function listSchemas(): readonly Damage[] {
  const changeFirst = (name: string, extra: Readonly<Record<string, unknown>>): Damage => ({
    name: `the journal begins with ${name}`,
    apply(image) {
      const { texts, isSealed } = openLines(readFileSync(image.path(journal), "utf8"));
      const [first = "", ...rest] = texts;
      const record = { ...(JSON.parse(first) as Record<string, unknown>), ...extra };
      writeFileSync(image.path(journal), sealLines({ texts: [JSON.stringify(record), ...rest], isSealed }));
    },
  });
  return [changeFirst("a newer schema", { schema: 99 }), changeFirst("a key that is not known", { surprise: 1 }), changeFirst("a command that is a number", { command: 7 })]; // prettier-ignore
}

function identify(image: StateImage, path: string): unknown {
  const stat = lstatSync(image.path(path), { bigint: true, throwIfNoEntry: false });
  if (stat === undefined) return { kind: "directory", mtimeNs: "1", inode: "1" };
  return { kind: stat.isSymbolicLink() ? "link" : "directory", mtimeNs: String(stat.mtimeNs), inode: String(stat.ino) };
}
