import { existsSync, readFileSync } from "node:fs";
import { removeBlock } from "../../../src/shell/rc-block.ts";
import { playHistory, type History } from "./property-history.ts";
import { createImage, hasOurMarks, toArgv, type Image, type ImageRun, type Look } from "./property-image.ts";
import type { Shelf } from "./property-shelf.ts";
import type { HostRequest, HostStart } from "./property-start.ts";
import type { SnapshotEntry } from "../hosts/snapshot.ts";

/** What became of a case, so that a run of many can say that none of it was vacuous. */
interface CaseOutcome {
  readonly isRefused: boolean;
  /** Whether an uninstall was held against the start. */
  readonly isGivenBack: boolean;
}

/**
 * Holds readygo's laws against one host and one request; throws where one is broken.
 *
 * 1. A request is met, or refused with a documented code where the start gives a reason; then not a byte has changed.
 * 2. Met: a fresh plan is empty, the same request again changes nothing at all, and the tree is the release.
 * 3. `uninstall` gives back the start before readygo's first run: bytes, modes, owners, links.
 */
export async function checkLaws(start: HostStart, request: HostRequest, shelf: Shelf): Promise<CaseOutcome> {
  const image = createImage(start, shelf);
  try {
    const first = image.look();
    const history = await playHistory(image, shelf);
    if (history.exits.includes(1)) throw new Error("a run of the history ended as a bug");
    const before = image.look();
    const hadJournal = before.has("/var/lib/readygo/journal");
    const run = await image.run(toArgv(request, shelf));
    if (run.exit !== 0) {
      checkRefusal(image, request, run, history);
      // What a killed run has left is rolled back first, whatever then becomes of the request.
      const isKilled = start.history.some(({ kind }) => kind === "killed");
      const isLeftOut = (path: string): boolean => isKilled && ownPlaces.some((place) => path.startsWith(place));
      if (!hadJournal) expectSame(before, image.look(), "a refused run has changed", { times: true, isLeftOut });
      return { isRefused: true, isGivenBack: false };
    }
    await checkConverged(image, shelf, request, history);
    if (history.isBroken) return { isRefused: false, isGivenBack: false };
    await checkGivenBack(image, first, request, history);
    return { isRefused: false, isGivenBack: true };
  } finally {
    image.destroy();
  }
}

const ownPlaces = ["/run/readygo", "/usr/local/.readygo", "/var/lib/readygo"];

function checkRefusal(image: Image, request: HostRequest, run: ImageRun, history: History): void {
  const { start } = image;
  const isExpected: Readonly<Record<string, boolean>> = {
    "user-unknown": request.user === "nobody-there",
    "place-unsafe":
      start.goroot === "file" ||
      start.goroot === "FIFO" ||
      start.unsafe !== "nothing" ||
      start.profile === "a link" ||
      history.isBroken,
    "state-invalid": history.isBroken,
    "recovery-failed": history.isBroken,
    // The gate holds the whole tree against its manifest also where only a file of a shell was to be changed.
    "gate-failed": history.isBroken || history.isDamaged,
  };
  if (isExpected[run.error?.code ?? ""] === true && run.exit !== 1) return;
  throw new Error(`refused for no reason: exit ${run.exit} ${JSON.stringify(run.error)}\n${run.words}`);
}

async function checkConverged(image: Image, shelf: Shelf, request: HostRequest, history: History): Promise<void> {
  const met = image.look();
  const plan = await image.run(toArgv(request, shelf, "plan"));
  if (plan.exit !== 0 || plan.steps?.length !== 0) {
    throw new Error(`a fresh plan is not empty: exit ${plan.exit} ${JSON.stringify(plan.steps)} ${JSON.stringify(plan.error)}`); // prettier-ignore
  }
  const again = await image.run(toArgv(request, shelf));
  if (again.exit !== 0 || again.status !== "unchanged") {
    throw new Error(`the same request again: exit ${again.exit} ${again.status} ${JSON.stringify(again.error)}`);
  }
  expectSame(met, image.look(), "a run without anything to do has changed", { times: true, directoryTimes: true });
  // Without --repair a run looks at what tells a change, not at every file.
  if ((history.isDamaged || history.isBroken) && !request.flags.includes("--repair")) return;
  const found = [...met].flatMap(([path, entry]) =>
    path.startsWith("/usr/local/go/") && entry.kind !== "directory"
      ? [[path.slice("/usr/local/go/".length), entry] as const]
      : [],
  );
  const release = shelf.releases[request.version];
  const wanted = [release.filesOf("file"), release.filesOf("zip")];
  const isRelease = wanted.some(
    (files) => files.size === found.length && found.every(([name, entry]) => files.get(name) === entry.sha256),
  );
  if (!isRelease) throw new Error(`/usr/local/go is not ${request.version}: ${found.length} files`);
}

async function checkGivenBack(image: Image, first: Look, request: HostRequest, history: History): Promise<void> {
  const { start } = image;
  const edited = new Map([...history.edited].map((path) => [path, readText(image, path)] as const));
  const run = await image.run(["uninstall"]);
  if (run.exit !== 0) throw new Error(`uninstall: exit ${run.exit} ${JSON.stringify(run.error)}`);
  const last = image.look();
  const isDiscarding = [request, ...start.history.flatMap((event) => ("request" in event ? [event.request] : []))].some(
    ({ flags }) => flags.includes("--discard-foreign"),
  );
  // A release that somebody unpacked over readygo's is not readygo's to delete.
  const isForeignNow = start.history.some(
    (event) => event.kind === "damaged" && event.what === "another release unpacked over it",
  );
  const isMarked = (path: string): boolean =>
    start.rcFiles.some((file) => path.endsWith(file.name.split("/").at(-1) ?? "") && hasOurMarks(file.text));
  const isLeftOut = (path: string): boolean =>
    edited.has(path) ||
    (start.rcFiles.some(({ text }) => hasOurMarks(text)) && path.startsWith(`${image.home}/`)) ||
    (start.profile === "ours" && path.startsWith("/etc/profile.d")) ||
    (isForeignNow && path.startsWith("/usr/local/.readygo")) ||
    (isDiscarding && (path === "/usr/local/go" || path.startsWith("/usr/local/go/")));
  expectSame(first, last, "uninstall has not given back", { isLeftOut });
  if (isDiscarding && last.has("/usr/local/go") && !first.has("/usr/local/go")) {
    throw new Error("uninstall has left a tree");
  }
  for (const [path, text] of edited) {
    if (isMarked(path) || text === undefined) continue;
    const wanted = removeBlock(text);
    const found = readText(image, path) ?? "";
    if (found !== wanted) throw new Error(`uninstall: ${path} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`); // prettier-ignore
  }
}

function readText(image: Image, path: string): string | undefined {
  const real = image.path(path);
  return existsSync(real) ? readFileSync(real, "latin1") : undefined;
}

interface Sameness {
  readonly times?: boolean;
  readonly directoryTimes?: boolean;
  readonly isLeftOut?: (path: string) => boolean;
}

/** Of times only those of files below /usr/local count unless asked for: a file that is given back is written anew. */
function expectSame(before: Look, after: Look, what: string, options: Sameness): void {
  const reduce = (path: string, entry: SnapshotEntry | undefined): string => {
    if (entry === undefined) return "absent";
    const isTimed =
      entry.kind === "directory"
        ? options.directoryTimes === true
        : options.times === true || path.startsWith("/usr/local/");
    return JSON.stringify({ ...entry, mtimeNs: isTimed ? entry.mtimeNs : "" });
  };
  const differences = [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => options.isLeftOut?.(path) !== true)
    .filter((path) => reduce(path, before.get(path)) !== reduce(path, after.get(path)))
    .map((path) => `${path}: ${reduce(path, before.get(path))} -> ${reduce(path, after.get(path))}`);
  if (differences.length > 0) throw new Error(`${what}:\n${differences.slice(0, 12).join("\n")}`);
}
