import { existsSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { foreignProgram, ownTexts, textOf } from "./state-hosts.ts";
import type { Look, StateImage, StateRun } from "./state-image.ts";
import type { SnapshotEntry } from "../hosts/snapshot.ts";

/** One law that a command has broken, in words that are the same for the same cause. */
export interface Breakage {
  readonly law: string;
  readonly what: string;
}

/** Codes that say: readygo's state cannot be used, and nothing was touched. */
export const refusals: ReadonlySet<string> = new Set(["place-unsafe", "state-invalid", "recovery-failed"]);

const rcFiles = ["/home/alice/.bashrc", "/home/alice/.profile"] as const;
const profile = "/etc/profile.d/readygo.sh";
const journal = "/var/lib/readygo/journal";

/** The laws that hold for one command on a host whose state is damaged; `before` is how the host was then. */
export function judgeRun(
  image: StateImage,
  run: StateRun,
  {
    command,
    isLikeCrash,
    before,
    texts,
    hadOriginal,
  }: JudgedStart & { readonly command: string; readonly isLikeCrash: boolean },
): readonly Breakage[] {
  const after = image.look();
  const code = run.error?.code ?? "";
  const isRefused = refusals.has(code);
  const broken: Breakage[] = [];
  if (run.exit === 1) broken.push({ law: "no bug", what: `exit 1: ${run.error?.summary ?? run.words.slice(0, 200)}` });
  const differences = listDifferences(before, after);
  const outside = differences.filter((path) => !isOwnPlace(path));
  if (outside.length > 0) broken.push({ law: "nothing outside its places changes", what: nameAll(outside) });
  if (isRefused && !isLikeCrash && differences.some((path) => !isOfRun(path))) {
    broken.push({ law: "what refuses changes nothing", what: `${code}, yet changed: ${nameAll(differences)}` });
  } else if (isReading(command) && differences.some((path) => !isOfRun(path))) {
    broken.push({ law: "what only looks changes nothing", what: `changed: ${nameAll(differences)}` });
  } else if (run.exit !== 0 && !before.has(journal)) {
    // What was rolled back was written anew, and an empty place of its own may go.
    const isGone = (path: string): boolean => before.get(path)?.kind === "directory" && !after.has(path);
    const changed = listDifferences(before, after, { times: false }).filter((path) => !isOfRun(path) && !isGone(path));
    if (changed.length > 0) {
      broken.push({
        law: "what fails changes nothing",
        what: `exit ${run.exit} ${code}, yet changed: ${nameAll(changed)}`,
      });
    }
  }
  // A file of the system is readygo's as a whole: without its backup nothing of the former one is left, and that is said.
  const mayLackProfile =
    run.words.includes(`the backup of ${profile}`) || run.words.includes(`${profile} is not as it was`);
  return [...broken, ...judgeOwn(image, { before, texts, hadOriginal }, { mayLackProfile })];
}

/** What was there before the command. */
export interface JudgedStart {
  readonly before: Look;
  readonly texts: ReadonlyMap<string, string>;
  /** Whether the damage has left the Go that stood there before readygo. */
  readonly hadOriginal: boolean;
}

export function readStart(image: StateImage): JudgedStart {
  return {
    before: image.look(),
    texts: new Map([...rcFiles, profile].map((path) => [path, textOf(image, path)])),
    hadOriginal: hasOriginal(image),
  };
}

/** The user's files, the admin's file and the foreign Go: none is worse than it was. */
export function judgeOwn(
  image: StateImage,
  { before, texts, hadOriginal }: JudgedStart,
  { mayLackProfile = false } = {},
): readonly Breakage[] {
  const broken: Breakage[] = [];
  for (const path of rcFiles) {
    const now = lstatSync(image.path(path), { throwIfNoEntry: false });
    const was = before.get(path);
    const text = textOf(image, path);
    if (now?.isFile() !== true) broken.push({ law: "no file of a user's is worse", what: `${path} is gone` });
    else if (text !== texts.get(path) && !isUsersOwn(path, text)) {
      broken.push({ law: "no file of a user's is worse", what: `${path} has other bytes` });
    } else if (was !== undefined && ((now.mode & 0o7777) !== was.mode || now.uid !== was.uid || now.gid !== was.gid)) {
      broken.push({ law: "no file of a user's is worse", what: `${path} has another mode or owner` });
    }
  }
  const text = textOf(image, profile);
  const isKnown =
    text === texts.get(profile) ||
    text === ownTexts[profile] ||
    text.includes("Managed by readygo") ||
    (mayLackProfile && text === "");
  if (!isKnown) broken.push({ law: "no file of the admin's is worse", what: `${profile} has other bytes` });
  if (hadOriginal && !hasOriginal(image)) broken.push({ law: "a foreign Go is kept", what: "the original is gone" });
  return broken;
}

/** After `uninstall`: no block, and the user's own text to the byte. */
export function judgeUninstalled(image: StateImage): readonly Breakage[] {
  return rcFiles.flatMap((path) => {
    const text = textOf(image, path);
    if (/readygo (>>>|<<<)|readygo-off/.test(text)) return [{ law: "uninstall leaves no block", what: path }];
    return text === ownTexts[path] ? [] : [{ law: "uninstall leaves the user's text", what: path }];
  });
}

function isUsersOwn(path: (typeof rcFiles)[number], text: string): boolean {
  const withoutEnd = (value: string): string => value.replace(/\n$/, "");
  return withoutEnd(removeBlocks(text)) === withoutEnd(ownTexts[path]);
}

/** By the marks alone, so that it holds for any block that readygo writes. */
function removeBlocks(text: string): string {
  return text
    .replaceAll(/^# >>> readygo[^\n]*\n[^]*?^# <<< readygo[^\n]*\n?/gm, "")
    .replaceAll(/^: # readygo-off: /gm, "");
}

function hasOriginal(image: StateImage): boolean {
  const list = (path: string): readonly string[] =>
    existsSync(`${image.path(path)}/.`) ? readdirSync(image.path(path)).map((name) => join(path, name)) : [];
  // Where it was open to others, `--adopt` has set it aside.
  const stores = list("/usr/local").filter((path) => path.startsWith("/usr/local/.readygo"));
  const kept = stores
    .flatMap(list)
    .filter((path) => path.includes("/previous"))
    .flatMap(list);
  return ["/usr/local/go", ...kept].some((place) => textOf(image, join(place, "bin/go")) === foreignProgram);
}

function isReading(command: string): boolean {
  return command === "verify" || command === "list" || command === "doctor";
}

/** A lock whose holder has ended may go at any time. */
function isOfRun(path: string): boolean {
  return path === "/run/readygo" || path.startsWith("/run/readygo/");
}

function isOwnPlace(path: string): boolean {
  const trees = ["/usr/local/go", "/usr/local/.readygo", "/run/readygo"];
  return (
    trees.some((place) => path === place || path.startsWith(`${place}/`)) ||
    // Also what it was renamed to.
    path.startsWith("/var/lib/readygo") ||
    /^\/usr\/local\/bin(\/(go|gofmt|readygo))?$/.test(path) ||
    path === profile ||
    rcFiles.some((file) => file === path)
  );
}

/** Paths that are not as they were; of directories all except the times, of files also them unless `times` is false. */
export function listDifferences(before: Look, after: Look, { times = true } = {}): readonly string[] {
  const reduce = (entry: SnapshotEntry | undefined): string =>
    JSON.stringify(times && entry?.kind !== "directory" ? entry : { ...entry, mtimeNs: "" });
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => before.has(path) !== after.has(path) || reduce(before.get(path)) !== reduce(after.get(path)),
  );
}

/** The places, not each file of a tree: the same words for the same cause. */
function nameAll(paths: readonly string[]): string {
  const places = paths.filter((path) => !isOfRun(path)).map((path) => path.replaceAll(/\d{8}T\d{9}Z/g, "ID").split("/").slice(0, 5).join("/")); // prettier-ignore
  const names = [...new Set(places)];
  return names.length <= 4 ? names.join(", ") : `${names.slice(0, 4).join(", ")} and ${names.length - 4} more`;
}
