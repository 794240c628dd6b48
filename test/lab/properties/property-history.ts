import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { toArgv, type Image } from "./property-image.ts";
import type { Shelf } from "./property-shelf.ts";
import type { HostEvent, StateDamage, TreeDamage } from "./property-start.ts";

/** What has really happened: not every event finds what it is about. */
export interface History {
  readonly isDamaged: boolean;
  /** Something of readygo's state was taken away or changed: then not everything can come back. */
  readonly isBroken: boolean;
  /** Which rc files somebody has edited after a run of readygo, as host paths. */
  readonly edited: ReadonlySet<string>;
  /** What runs answered, for the one that was a bug. */
  readonly exits: readonly number[];
}

/** Plays the events one after another on an image. */
export async function playHistory(
  image: Image,
  shelf: Shelf,
  events: readonly HostEvent[] = image.start.history,
): Promise<History> {
  const edited = new Set<string>();
  const exits: number[] = [];
  let isDamaged = false;
  let isBroken = false;
  for (const event of events) {
    switch (event.kind) {
      case "run":
        exits.push((await image.run(toArgv(event.request, shelf))).exit);
        break;
      case "killed":
        playKill(image, shelf, event);
        break;
      case "damaged":
        isDamaged = damageTree(image, shelf, event.what) || isDamaged;
        break;
      case "edited": {
        const path = editRcFile(image, event.text);
        if (path !== undefined) edited.add(path);
        break;
      }
      case "broken":
        isBroken = damageState(image, event.what, event.at) || isBroken;
        break;
    }
  }
  return { isDamaged, isBroken, edited, exits };
}

function playKill(image: Image, shelf: Shelf, event: HostEvent & { kind: "killed" }): void {
  const isKilled = image.runKilled(toArgv(event.request, shelf), event.at);
  const journal = image.path("/var/lib/readygo/journal");
  if (!isKilled || event.torn === "" || lstatSync(journal, { throwIfNoEntry: false })?.isFile() !== true) return;
  // A kill between writing a record and ending its line; after a whole last line only.
  const text = readFileSync(journal, "utf8");
  if (text.endsWith("\n")) appendFileSync(journal, event.torn);
}

/** True where there was a tree of readygo's to damage. */
function damageTree({ path }: Image, shelf: Shelf, what: TreeDamage): boolean {
  const goroot = path("/usr/local/go");
  const file = `${goroot}/src/fmt/fmt.go`;
  if (!existsSync(path("/var/lib/readygo/receipt.json")) || existsSync(path("/var/lib/readygo/journal"))) return false;
  if (lstatSync(goroot, { throwIfNoEntry: false })?.isDirectory() !== true || !existsSync(file)) return false;
  const { atime, mtime } = lstatSync(goroot);
  switch (what) {
    case "a file missing":
      rmSync(file);
      break;
    case "a file changed":
      appendFileSync(file, "// changed\n");
      break;
    case "a file added":
      writeFileSync(`${goroot}/src/fmt/old.go`, "package fmt\n");
      break;
    case "umask 077":
      chmodSync(file, 0o600);
      chmodSync(`${goroot}/src`, 0o700);
      break;
    case "another owner":
      chownSync(file, 4321, 4321);
      break;
    case "another release unpacked over it":
      shelf.releases["1.30.2"].unpackInto(goroot);
      break;
    case "gone":
      rmSync(goroot, { recursive: true });
      return true;
  }
  utimesSync(goroot, atime, mtime);
  return true;
}

/** Appends to the first rc file of the account that is an ordinary one; only once readygo has run. */
function editRcFile({ path, home }: Image, text: string): string | undefined {
  if (!existsSync(path("/var/lib/readygo/receipt.json")) || existsSync(path("/var/lib/readygo/journal")))
    return undefined;
  const name = [".bashrc", ".zshenv", ".profile", ".config/fish/conf.d/readygo.fish"].find((candidate) => {
    const stat = lstatSync(path(`${home}/${candidate}`), { throwIfNoEntry: false });
    return stat?.isFile() === true && stat.nlink === 1;
  });
  if (name === undefined) return undefined;
  appendFileSync(path(`${home}/${name}`), text, { encoding: "latin1" });
  return `${home}/${name}`;
}

/** True where there was such a thing to damage. */
function damageState({ path }: Image, what: StateDamage, at: number): boolean {
  const state = path("/var/lib/readygo");
  const [thing = "", ...rest] = what.split(" ");
  const how = rest.join(" ");
  const name = { receipt: "receipt.json", manifest: "tree.manifest", backups: "backups", journal: "journal" }[thing];
  const real = name === undefined ? path("/usr/local/.readygo/previous") : `${state}/${name}`;
  if (!existsSync(real) || lstatSync(real).isSymbolicLink()) return false;
  const stat = lstatSync(real);
  if (how === "gone") rmSync(real, { recursive: true });
  else if (how === "cut") truncateSync(real, at % Math.max(stat.size, 1));
  else if (how === "is no JSON") writeFileSync(real, "{not json}\n");
  else {
    const receipt = JSON.parse(readFileSync(real, "utf8")) as { version: string; tree: Record<string, string> };
    const other = { ...receipt, version: "go1.29.9", tree: { ...receipt.tree, mtimeNs: "1", inode: "1" } };
    writeFileSync(`${real}.new`, JSON.stringify(other), { mode: 0o600 });
    renameSync(`${real}.new`, real);
  }
  return true;
}
