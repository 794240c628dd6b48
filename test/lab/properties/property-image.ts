import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Result } from "../../../src/report/result/result-shape.ts";
import { profileText } from "../../../src/shell/managed-block.ts";
import { putBlock } from "../../../src/shell/rc-block.ts";
import type { Shelf } from "./property-shelf.ts";
import type { HostRequest, HostStart, RcFileStart } from "./property-start.ts";
import { builtProgram, runInProcess } from "../suite/run-in-process.ts";
import { takeSnapshot, type SnapshotEntry } from "../hosts/snapshot.ts";

/** A host as a directory for `--root`, on a tmpfs: five milliseconds, where a host of namespaces takes a hundred. */
export interface Image {
  readonly directory: string;
  readonly start: HostStart;
  readonly home: string;
  readonly uid: number;
  /** Where this machine sees a path of the image. */
  readonly path: (path: string) => string;
  run(argv: readonly string[]): Promise<ImageRun>;
  /** The built bundle in a process that is killed before its `at`-th change; false where it came to its end before. */
  runKilled(argv: readonly string[], at: number): boolean;
  look(): Look;
  destroy(): void;
}

export interface ImageRun extends Result {
  readonly exit: number;
  readonly words: string;
}

export type Look = ReadonlyMap<string, SnapshotEntry>;

const aliceUid = 4321;
/** Two releases, a third in staging: what readygo asks for before it begins. */
const neededBytes = 800 * 1024 * 1024;

export function createImage(start: HostStart, shelf: Shelf, disk = chooseDisk()): Image {
  const directory = mkdtempSync(join(disk, "readygo-property-"));
  const path = (wanted: string): string => join(directory, wanted);
  const home = start.account === "root" ? "/root" : "/home/alice";
  const uid = start.account === "root" ? 0 : aliceUid;
  const image: Image = {
    directory,
    start,
    home,
    uid,
    path,
    async run(argv) {
      const words = [...argv, "--root", directory, "--json"];
      const { exit, stdout, stderr } = await runInProcess(words, start.account);
      return { ...(JSON.parse(stdout) as Result), exit, words: stderr };
    },
    runKilled(argv, at) {
      const kill = ["--import", join(import.meta.dirname, "die-at-call.ts")];
      const child = spawnSync(process.execPath, [...kill, builtProgram, ...argv, "--root", directory], {
        env: { SUDO_USER: start.account, READYGO_DIE_AT: String(at) },
        stdio: "ignore",
      });
      return child.signal === "SIGKILL";
    },
    look: () => takeSnapshot(path, ["/"]),
    destroy: () => rmSync(directory, { recursive: true }),
  };
  try {
    chmodSync(directory, 0o755);
    makeSystem(image);
    makeGoroot(image, shelf);
    makeHome(image);
    makeUnsafe(image);
  } catch (error) {
    image.destroy();
    throw error;
  }
  return image;
}

/** The command line of a request; `plan` knows only some of the flags. */
export function toArgv(request: HostRequest, shelf: Shelf, command: string = request.command): readonly string[] {
  const user = request.user === undefined ? [] : ["--user", request.user];
  if (command === "uninstall") return ["uninstall"];
  if (command === "rollback") return ["rollback", "--no-verify", ...user];
  const { archive, sha256 } = shelf.releases[request.version][request.source];
  const source = ["--source", archive, "--sha256", sha256, "--arch", "amd64"];
  const flags = command === "plan" ? request.flags.filter((flag) => flag === "--no-rc" || flag === "--repair") : request.flags; // prettier-ignore
  const only = command === "plan" ? ["--detailed-exitcode"] : ["--no-verify"];
  return [command, request.version, ...source, ...only, ...user, ...flags];
}

function chooseDisk(): string {
  const isRoomy = existsSync("/dev/shm") && statfsSync("/dev/shm").bavail * statfsSync("/dev/shm").bsize > neededBytes;
  return isRoomy ? "/dev/shm" : tmpdir();
}

function makeSystem({ start, path }: Image): void {
  for (const place of ["usr/local", "usr/bin", "etc/profile.d", "var/lib", "root", "run", "opt/other/bin", "srv"]) {
    mkdirSync(path(place), { recursive: true });
  }
  symlinkSync("usr/bin", path("bin"));
  for (const shell of ["bash", "sh", "zsh", "fish"]) writeFileSync(path(`usr/bin/${shell}`), "");
  const line = (name: string, uid: number, home: string): string => `${name}:x:${uid}:${uid}::${home}:${start.shell}\n`;
  writeFileSync(path("etc/passwd"), line("root", 0, "/root") + line("alice", aliceUid, "/home/alice"));
  writeFileSync(path("opt/other/VERSION"), "go1.20\n");
  writeFileSync(path("srv/secret"), "root's own\n", { mode: 0o600 });
  const profile = path("etc/profile.d/readygo.sh");
  if (start.profile === "foreign") writeFileSync(profile, "# the admin's own\n", { mode: 0o640 });
  if (start.profile === "ours") writeFileSync(profile, profileText);
  if (start.profile === "a link") symlinkSync("/srv/secret", profile);
  if (start.profile === "no directory") rmSync(path("etc/profile.d"), { recursive: true });
}

function makeGoroot({ start, path }: Image, { releases }: Shelf): void {
  const goroot = path("usr/local/go");
  switch (start.goroot) {
    case "absent":
      return;
    case "another Go":
      mkdirSync(join(goroot, "bin"), { recursive: true, mode: 0o775 });
      writeFileSync(join(goroot, "VERSION"), "go1.19.5\n");
      writeFileSync(join(goroot, "bin/go"), "theirs", { mode: 0o700 });
      chownSync(join(goroot, "bin/go"), aliceUid, 7);
      symlinkSync("bin/go", join(goroot, "link"));
      return;
    case "a release without receipt":
      releases["1.30.1"].unpackInto(goroot);
      return;
    case "half unpacked":
      releases["1.30.1"].unpackInto(goroot);
      rmSync(join(goroot, "src"), { recursive: true });
      rmSync(join(goroot, "VERSION"));
      return;
    case "empty directory":
      mkdirSync(goroot);
      return;
    case "file":
      writeFileSync(goroot, "not a tree");
      return;
    case "FIFO":
      makeFifo(goroot);
      return;
    case "link to a directory":
      return symlinkSync("/opt/other", goroot);
    case "link to a file":
      return symlinkSync("../../srv/secret", goroot);
    case "dangling link":
      return symlinkSync("nowhere", goroot);
  }
}

function makeHome(image: Image): void {
  const { start, path, uid, home } = image;
  for (const name of ["/root", "/home/alice"]) mkdirSync(path(name), { recursive: true });
  chownSync(path("/home/alice"), aliceUid, aliceUid);
  if (start.home === "missing") return rmSync(path(home), { recursive: true });
  makeConfig(image);
  for (const file of start.rcFiles) makeRcFile(image, file);
  if (start.home === "not its own") chownSync(path(home), uid === 0 ? aliceUid : 0, 0);
}

function makeConfig({ start, path, home, uid }: Image): void {
  const config = path(`${home}/.config`);
  const makeOwn = (...names: readonly string[]): void => {
    for (const name of names) {
      mkdirSync(path(name), { recursive: true });
      chownSync(path(name), uid, uid);
    }
  };
  if (start.config === "directory") makeOwn(`${home}/.config`, `${home}/.config/fish`);
  if (start.config === "link inside") makeOwn(`${home}/dotfiles`, `${home}/dotfiles/fish`);
  if (start.config === "link inside") symlinkSync("dotfiles", config);
  if (start.config === "link outside") symlinkSync("/srv", config);
  if (start.config === "file") writeFileSync(config, "");
}

function makeRcFile({ path, home, uid, start }: Image, file: RcFileStart): void {
  const real = path(`${home}/${file.name}`);
  if (file.name.startsWith(".config/")) {
    if (start.config !== "directory" && start.config !== "absent") return;
    for (const name of [".config", ".config/fish", ".config/fish/conf.d"]) {
      mkdirSync(path(`${home}/${name}`), { recursive: true });
      chownSync(path(`${home}/${name}`), uid, uid);
    }
  }
  const write = (at: string, owner = uid): void => {
    writeFileSync(at, file.text, { encoding: "latin1" });
    chownSync(at, owner, owner);
    chmodSync(at, file.mode);
  };
  switch (file.form) {
    case "file":
      return write(real);
    case "root's":
      return write(real, 77);
    case "link inside": {
      write(path(`${home}/kept${file.name.replaceAll("/", "-")}`));
      symlinkSync(`${home}/kept${file.name.replaceAll("/", "-")}`, real);
      return lchownSync(real, uid, uid);
    }
    case "link outside":
      return symlinkSync("/srv/secret", real);
    case "dangling":
      return symlinkSync("nowhere", real);
    case "circle":
      return symlinkSync(file.name.split("/").at(-1) ?? "", real);
    case "directory":
      mkdirSync(real);
      return;
    case "FIFO":
      return makeFifo(real);
    case "hard link":
      write(real);
      return linkSync(real, path(`${dirname(`${home}/${file.name}`)}/second-name-of${basename(file.name)}`));
  }
}

function makeUnsafe({ start, path }: Image): void {
  if (start.unsafe === "usr/local 0775") chmodSync(path("usr/local"), 0o775);
  if (start.unsafe === "store is a file") writeFileSync(path("usr/local/.readygo"), "");
  if (start.unsafe === "state is a link") symlinkSync("/srv", path("var/lib/readygo"));
}

function makeFifo(real: string): void {
  spawnSync("mkfifo", [real]);
}

/** Whether a text holds anything that could be taken for ours. */
export function hasOurMarks(text: string): boolean {
  return (
    text.includes("readygo >>>") ||
    text.includes("readygo <<<") ||
    text.includes(": # readygo-off: ") ||
    putBlock("", { dialect: "bash", hasGobin: false }, "end").split("\n").some((line) => line.length > 20 && text.includes(line))
  ); // prettier-ignore
}
