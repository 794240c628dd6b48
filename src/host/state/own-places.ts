import { quoteForShell } from "../../errors/aim-at-image.ts";
import { ProvisionError } from "../../errors/provision-error.ts";
import { absolutePath, type AbsolutePath } from "../absolute-path.ts";
import { isKeptRelease, places } from "../places.ts";
import type { FileStat, ReadFiles } from "../ports.ts";
import { parseGoVersion } from "../../release/go-version.ts";

/** Something that keeps readygo's own state from being believed: somebody but root can have written it. */
export interface PlaceProblem {
  readonly path: AbsolutePath;
  readonly code: "place-unsafe" | "state-invalid";
  /** As the end of a sentence that begins with the path. */
  readonly what: string;
  /** Whether the path is readygo's own, and can be set aside; a directory of the system's is put right in place. */
  readonly isOwn: boolean;
}

/** A place as readygo, or the system, makes it. */
interface Place {
  readonly path: AbsolutePath;
  readonly kind: "file" | "directory";
  readonly isOwn: boolean;
  /** Permission bits that nobody but root may have; default: to write. */
  readonly closedBits?: number;
}

const stateFiles = [places.receipt, places.journal, places.unfinished, places.treeManifest, places.logHead];
const stateDirectories = [places.state, places.backups];
const storeDirectories = [places.store, places.staging, places.previous, places.partial];

/**
 * Holds every place of readygo's own, and every directory above it, against what readygo makes: root's, of the right
 * kind, writable by nobody else. Whoever can write a directory on the way decides what root reads, undoes and deletes.
 * Every reader of readygo's state calls this first. Under `--root DIR` the directories end at DIR.
 *
 * @throws ProvisionError `place-unsafe`, and `state-invalid` where something else stands in a file's place
 */
export function checkOwnPlaces(files: ReadFiles): void {
  const problem = findPlaceProblem(files);
  if (problem !== undefined) throw describeProblem(files, problem);
}

/** The first thing that is wrong, from the root downwards; undefined where all is as it should be. */
export function findPlaceProblem(files: ReadFiles): PlaceProblem | undefined {
  for (const place of listPlaces(files)) {
    const problem = judgePlace(files.stat(place.path), place);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** @throws ProvisionError `place-unsafe` where a directory of the system's is a link, or not root's alone to write */
export function checkSystemDirectory(files: ReadFiles, path: AbsolutePath): void {
  const problem = judgePlace(files.stat(path), { path, kind: "directory", isOwn: false });
  if (problem !== undefined) throw describeProblem(files, problem);
}

/** Lazily, since a directory is listed only once it has itself been found safe. */
function* listPlaces(files: ReadFiles): Iterable<Place> {
  const branches: readonly [AbsolutePath, readonly AbsolutePath[]][] = [
    [places.state, ["/", "/var", "/var/lib"].map((path) => absolutePath(path))],
    [places.store, ["/", "/usr", "/usr/local"].map((path) => absolutePath(path))],
    [places.runDirectory, ["/", "/run"].map((path) => absolutePath(path))],
  ];
  for (const [branch, above] of branches) {
    if (files.stat(branch) === undefined) continue;
    for (const path of above) yield { path, kind: "directory", isOwn: false };
  }
  // Whoever can open the lock can hold it.
  yield { path: places.runDirectory, kind: "directory", isOwn: true, closedBits: 0o077 };
  yield { path: places.lock, kind: "file", isOwn: true };
  for (const path of stateDirectories) yield { path, kind: "directory", isOwn: true };
  for (const path of stateFiles) yield { path, kind: "file", isOwn: true };
  for (const name of files.list(places.backups)) {
    yield { path: absolutePath(places.backups, name), kind: "file", isOwn: true };
  }
  yield* listStore(files);
}

function* listStore(files: ReadFiles): Iterable<Place> {
  for (const path of storeDirectories) yield { path, kind: "directory", isOwn: true };
  for (const name of files.list(places.previous)) {
    const path = absolutePath(places.previous, name);
    // What readygo did not install has its own owners, and a damaged tree may have any: neither is used again.
    if (isKeptRelease(path) && !name.startsWith("damaged-")) yield { path, kind: "directory", isOwn: true };
  }
}

/** What is not there is no problem. */
function judgePlace(
  stat: FileStat | undefined,
  { path, kind, isOwn, closedBits = 0o022 }: Place,
): PlaceProblem | undefined {
  if (stat === undefined) return undefined;
  if (stat.kind !== kind) {
    const found = stat.kind === "other" ? "a FIFO, socket or device" : `a ${stat.kind}`;
    const isState = path.startsWith(`${places.state}/`) && kind === "file";
    return {
      path,
      isOwn,
      code: isState ? "state-invalid" : "place-unsafe",
      what: `is ${found}, and should be a ${kind}`,
    };
  }
  if (stat.uid === 0 && (stat.mode & closedBits) === 0) return undefined;
  const open = `is open to others than root (owner ${stat.uid}, mode ${stat.mode.toString(8)})`;
  return { path, isOwn, code: "place-unsafe", what: open };
}

function describeProblem(files: ReadFiles, { path, code, what, isOwn }: PlaceProblem): ProvisionError {
  // Under --root DIR what is said to be done would else be done to this machine.
  const at = files.locate(path);
  const isDirectory = files.stat(path)?.kind === "directory";
  if (isOwn && !(isDirectory && isInStore(path)))
    return new ProvisionError(code, `${at} ${what}`, { remedy: [adviseAdoption(files)] });
  const remedy = isDirectory ? adviseClosing(files) : `make ${at} a directory, or bind-mount what it leads to`;
  return new ProvisionError(code, `${at} ${what}`, { remedy: [remedy] });
}

/** What lies there is proven again before it is used; what lies in the state is what it would be proven by. */
function isInStore(path: AbsolutePath): boolean {
  return `${path}/`.startsWith(`${places.store}/`);
}

/**
 * One command for every directory that is open: `chown -R` has opened several at once, and each would else be named only
 * when the one before is closed. Whole trees are given back only where they are releases of readygo's.
 */
function adviseClosing(files: ReadFiles): string {
  const system = ["/", "/usr", "/usr/local", "/usr/local/bin", "/etc", "/var", "/var/lib", "/run"];
  const directories = system.map((path): Place => ({ path: absolutePath(path), kind: "directory", isOwn: false }));
  const open = [...directories, ...listStore(files)].filter((place) => {
    const stat = files.stat(place.path);
    return stat?.kind === "directory" && judgePlace(stat, place) !== undefined;
  });
  const close = (chown: string, isMeant: (path: string) => boolean): readonly string[] => {
    const paths = open.flatMap(({ path }) => (isMeant(path) ? [quoteForShell(files.locate(path))] : [])).join(" ");
    return paths === "" ? [] : [`${chown} root:root ${paths}`, `chmod go-w ${paths}`];
  };
  return [...close("chown", (path) => !isKeptRelease(path)), ...close("chown -R", isKeptRelease)].join(" && ");
}

/**
 * The command that leads out of a state that cannot be used: it sets that state aside and takes the host as it is. It
 * names the release that stands there, so that it changes no more than it has to; where none stands there, none.
 */
export function adviseAdoption(files: ReadFiles): string {
  const first = files.readStart(absolutePath(places.goroot, "VERSION"), 100)?.toString("utf8").split("\n")[0] ?? "";
  const version = parseGoVersion(first)?.slice(2);
  return `readygo install ${version === undefined ? "" : `${version} `}--adopt`;
}
