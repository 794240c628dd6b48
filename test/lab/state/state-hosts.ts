import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs"; // prettier-ignore
import { dirname, join } from "node:path";
import { checkout } from "../suite/lab-cache.ts";
import { openStateImage, type StateImage } from "./state-image.ts";
import { installWords, type StateShelf, type StateVersion } from "./state-shelf.ts";

/** Hosts by name: each has a state that real runs have written, some of them cut off. */
export const stateHostNames = [
  "upgraded",
  "cut before the exchange",
  "cut after the exchange",
  "cut after the rc file",
  "cut after the commit",
  "cut uninstall",
  "cut rollback",
  "stale lock and partial download",
] as const;
export type StateHostName = (typeof stateHostNames)[number];

/** What alice's files and the file of the system held before readygo. */
export const ownTexts = {
  // No newline at its end, and a setting that readygo switches off or overrides.
  "/home/alice/.bashrc": "# alice's\nexport GOROOT=/opt/other\nalias ll='ls -l'\nPS1='gr\xfc\xdfe '",
  "/home/alice/.profile": '# login\n[ -f "$HOME/.bashrc" ] && . "$HOME/.bashrc"\n',
  "/etc/profile.d/readygo.sh": "# the admin's own\n",
} as const;

const aliceUid = 4321;
const bobUid = 4322;

/** What must never change, whatever the state says. */
const canaries = {
  "/opt/canary/file": "a canary\n",
  "/opt/canary/dir/file": "a canary in a directory\n",
  "/etc/sudoers.d/admin": "admin ALL=(ALL) ALL\n",
  "/home/bob/.bashrc": "# bob's\n",
  "/root/.bashrc": "# root's\n",
} as const;

export interface StartOptions {
  /** Of alice; default bash. With fish a block's file and the directories around it are made. */
  readonly shell?: "/bin/bash" | "/usr/bin/fish";
  /** Without a foreign Go, and without files of alice's and the admin's that readygo writes. */
  readonly isEmpty?: boolean;
}

/** A host before readygo's first run: a foreign Go, two users with files of their own, and the canaries. */
export function makeStateStart(
  directory: string,
  { shell = "/bin/bash", isEmpty = false }: StartOptions = {},
): StateImage {
  const image = openStateImage(directory);
  const { path } = image;
  for (const place of "usr/local usr/bin etc/profile.d etc/cron.d etc/sudoers.d var/lib root run opt/canary/dir opt/canary/empty home/alice home/bob".split(
    " ",
  )) {
    mkdirSync(path(place), { recursive: true });
  }
  symlinkSync("usr/bin", path("bin"));
  for (const name of ["bash", "sh", "fish"]) writeFileSync(path(`usr/bin/${name}`), "");
  const account = (name: string, uid: number, home: string): string =>
    `${name}:x:${uid}:${uid}::${home}:${name === "alice" ? shell : "/bin/bash"}\n`;
  writeFileSync(
    path("etc/passwd"),
    account("root", 0, "/root") + account("alice", aliceUid, "/home/alice") + account("bob", bobUid, "/home/bob"),
  );
  for (const [name, text] of Object.entries(canaries)) writeFileSync(path(name), text);
  chmodSync(path("etc/sudoers.d/admin"), 0o440);
  for (const [name, uid] of [
    ["alice", aliceUid],
    ["bob", bobUid],
  ] as const)
    chownSync(path(`home/${name}`), uid, uid);
  chownSync(path("home/bob/.bashrc"), bobUid, bobUid);
  if (isEmpty) return image;
  for (const [name, text] of Object.entries(ownTexts)) writeFileSync(path(name), text, "latin1");
  chmodSync(path("etc/profile.d/readygo.sh"), 0o640);
  for (const name of [".bashrc", ".profile"]) chownSync(path(`home/alice/${name}`), aliceUid, aliceUid);
  chmodSync(path("home/alice/.bashrc"), 0o640);
  mkdirSync(path("usr/local/go/bin"), { recursive: true });
  writeFileSync(path("usr/local/go/VERSION"), "go1.19.5\n");
  writeFileSync(path("usr/local/go/bin/go"), foreignProgram, { mode: 0o755 });
  return image;
}

/** By which the Go that stood there first is found again. */
export const foreignProgram = "the admin's own go\n";

/** Makes every host once, below `room`; each run in it is a real one. */
export async function makeStateHosts(
  room: string,
  shelf: StateShelf,
  names: readonly StateHostName[] = stateHostNames,
): Promise<ReadonlyMap<StateHostName, StateImage>> {
  const upgraded = makeStateStart(join(room, "upgraded"));
  for (const version of ["1.30.1", "1.30.2"] as const) await mustRun(upgraded, installWords(shelf, version));
  plantLogHead(upgraded);
  const hosts = new Map<StateHostName, StateImage>();
  for (const [index, name] of names.entries()) {
    if (name === "upgraded") hosts.set(name, upgraded);
    else hosts.set(name, makeLater(name, upgraded, join(room, `host-${index}`), shelf));
  }
  return hosts;
}

export async function mustRun(image: StateImage, argv: readonly string[]): Promise<void> {
  const run = await image.run(argv);
  if (run.exit !== 0) throw new Error(`${argv.join(" ")}: exit ${run.exit} ${JSON.stringify(run.error)}`);
}

function makeLater(name: StateHostName, upgraded: StateImage, directory: string, shelf: StateShelf): StateImage {
  const upgrade = installWords(shelf, "1.30.3");
  const host = upgraded.copyTo(directory);
  const cut = (argv: readonly string[], file: string, text: string): StateImage =>
    shrinkRoom(cutRun(host, argv, file, text));
  switch (name) {
    case "cut before the exchange":
      return cut(upgrade, journal, '"kind":"exchange"');
    case "cut after the exchange":
      return cut(upgrade, "/usr/local/go/VERSION", "go1.30.3");
    case "cut after the rc file":
      // The user has taken the block out, so that the upgrade writes it again.
      writeFileSync(host.path(bashrc), ownTexts[bashrc], "latin1");
      return cut(upgrade, bashrc, ">>> readygo");
    case "cut after the commit":
      return cut(upgrade, journal, '"kind":"commit"');
    case "cut uninstall":
      return cut(["uninstall"], bashrc, "not >>> readygo");
    case "cut rollback":
      return cut(["rollback", "--no-verify"], "/usr/local/go/VERSION", "go1.30.1");
    case "stale lock and partial download":
      return plantLeftOvers(host, shelf, "1.30.3");
    case "upgraded":
      return host;
  }
}

const journal = "/var/lib/readygo/journal";
const bashrc = "/home/alice/.bashrc";

/** Kills a run at the first call at which `file` holds `text`; what it leaves has a journal. */
export function cutRun(image: StateImage, argv: readonly string[], file: string, text: string): StateImage {
  if (!image.runKilled(argv, file, text) || !existsSync(image.path(journal))) {
    throw new Error(`${argv.join(" ")} was not cut off where it should have been`);
  }
  return image;
}

/** What a run reserves is copied and hashed with its host, thousands of times, and means nothing. */
function shrinkRoom(image: StateImage): StateImage {
  const staging = image.path("/usr/local/.readygo/staging");
  for (const id of readdirSync(staging)) truncateSync(join(staging, id, "room"), 4096);
  return image;
}

/** Of an ordinary file, decoded as latin1; "" for anything else. */
export function textOf(image: StateImage, path: string): string {
  return isFileAt(image, path) ? readFileSync(image.path(path), "latin1") : "";
}

/** Also where what should be a directory on the way is none. */
export function isFileAt(image: StateImage, path: string): boolean {
  const real = image.path(path);
  return existsSync(dirname(real)) && lstatSync(real, { throwIfNoEntry: false })?.isFile() === true;
}

/** A real tree head; the small releases are in no checksum database. */
function plantLogHead(image: StateImage): void {
  const lookup = "sumdb/sum.golang.org/lookup/golang.org/toolchain@v0.0.1-go1.27.4.linux-amd64";
  const answer = readFileSync(join(checkout, "test/fixtures/recorded-log", lookup), "utf8");
  const note = answer.slice(answer.indexOf("go.sum database tree"));
  writeFileSync(image.path("/var/lib/readygo/log.head"), note, { mode: 0o600 });
}

/** As a run that was killed while it fetched leaves them. */
function plantLeftOvers(image: StateImage, shelf: StateShelf, version: StateVersion): StateImage {
  const { archive, sha256 } = shelf[version];
  const bytes = readFileSync(archive);
  const partial = image.path("/usr/local/.readygo/partial");
  mkdirSync(partial, { mode: 0o700 });
  const name = archive.split("/").at(-1) ?? "";
  const identity = { name, url: `https://mirror.lab.test/${name}`, sha256, total: bytes.length, validator: '"x"' };
  writeFileSync(join(partial, "archive.json"), JSON.stringify(identity), { mode: 0o600 });
  writeFileSync(join(partial, "archive.part"), bytes.subarray(0, bytes.length / 2), { mode: 0o600 });
  mkdirSync(image.path("/run/readygo"), { mode: 0o700 });
  const holder = { pid: 4_000_000, startTicks: "1", bootId: "00000000-0000-0000-0000-000000000000", command: "readygo install" }; // prettier-ignore
  writeFileSync(image.path("/run/readygo/lock"), JSON.stringify(holder), { mode: 0o600 });
  return image;
}
