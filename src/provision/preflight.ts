import { quoteForShell } from "../errors/aim-at-image.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { redactUrl } from "../errors/redact-url.ts";
import { posix } from "node:path";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { readHostVersions } from "../host/host-versions.ts";
import { checkSystemDirectory } from "../host/state/own-places.ts";
import { places } from "../host/places.ts";
import { estimateTreeRoom, leastTreeInodes } from "../host/tree-room.ts";
import { listScratchPlaces } from "../host/scratch.ts";
import { noteExchange } from "../plan/note-exchange.ts";
import type { Plan } from "../plan/plan.ts";
import { compareGoVersions, type GoVersion } from "../release/go-version.ts";
import { listMissedFloors, readSupportFloor } from "../release/support-floor.ts";
import { type PreparedInstall, readFileSystem } from "./prepare-install.ts";
import type { InstallRequest } from "./request.ts";
import type { Session } from "./session.ts";

/** @throws ProvisionError `rights-missing` */
export function requireRoot(session: Session, what: string): void {
  if (session.port.uid === 0) return;
  const command = `sudo readygo ${session.port.argv.map(quoteForShell).join(" ")}`;
  throw new ProvisionError(
    "rights-missing",
    `readygo ${what} needs root: what it looks at in /var/lib and homes is not everybody's`,
    {
      // With a password cut out it could not be pasted.
      remedy: [redactUrl(command) === command ? command : `run the same command with sudo: sudo readygo ${what} …`],
    },
  );
}

/**
 * Everything that makes this host unfit, before the first byte is fetched.
 *
 * @throws ProvisionError `place-unsafe`, `place-read-only`, `mount-in-the-way`, `space-missing`, `host-too-old`
 */
export async function checkHostFits(
  session: Session,
  prepared: PreparedInstall,
  { isVerifying }: Pick<InstallRequest, "isVerifying">,
): Promise<void> {
  checkPlaces(session);
  checkWritable(session, prepared.plan);
  const step = prepared.plan.steps.find(({ kind }) => kind === "install-tree");
  if (step === undefined) return;
  if (prepared.observed.tree.kind === "mount") {
    throw new ProvisionError(
      "mount-in-the-way",
      `${places.goroot} is a mount point, and a mount point cannot be exchanged`,
    );
  }
  if (prepared.observed.tree.kind === "other") {
    throw new ProvisionError("place-unsafe", `${places.goroot} is neither a directory nor a link`, {
      remedy: [`move ${places.goroot} away, then run readygo again`],
    });
  }
  checkSpace(session, prepared);
  if (prepared.unrunnable !== null) return;
  await checkFloor(session, prepared.desired.version);
  if (isVerifying) checkScratch();
}

/** On a host where readygo has no places yet; those that it has are checked before anything is read from them. */
function checkPlaces(session: Session): void {
  for (const path of [absolutePath("/usr"), places.usrLocal, absolutePath("/var/lib"), absolutePath("/etc")]) {
    checkSystemDirectory(session.files, path);
    if (session.files.stat(path) !== undefined) continue;
    // Under --root DIR what is said to be done would else be done to this machine.
    const at = session.files.locate(path);
    throw new ProvisionError("host-unreadable", `${at} does not exist`, { remedy: [`install -d -m 755 ${at}`] });
  }
}

function checkSpace(session: Session, prepared: PreparedInstall): void {
  const { freeBytes, freeInodes } = session.files.space(places.usrLocal);
  const { tree } = prepared.observed;
  const mayCopy = tree.kind === "directory" && noteExchange(readFileSystem(session)).length > 0;
  const neededBytes = estimateTreeRoom(findArchiveSize(prepared), { mayCopy });
  if (freeBytes >= neededBytes && freeInodes >= leastTreeInodes) return;
  throw new ProvisionError(
    "space-missing",
    `too little room under ${places.usrLocal} for archive, staging and previous tree`,
    {
      details: {
        "free bytes": `${freeBytes}, needed ${neededBytes}`,
        "free inodes": `${freeInodes}, needed ${leastTreeInodes}`,
      },
    },
  );
}

function findArchiveSize({ release, desired }: PreparedInstall): number | undefined {
  const statements = release?.archives[desired.architecture]?.statements ?? [];
  return statements.find(({ size }) => size !== undefined)?.size;
}

/** The builds of the gate would else fail with the whole tree in place. */
function checkScratch(): void {
  const directories = listScratchPlaces();
  if (directories.some(({ obstacle }) => obstacle === undefined)) return;
  throw new ProvisionError("space-missing", "in no temporary directory can the checks build and run a program", {
    details: Object.fromEntries(directories.map(({ path, obstacle = "" }) => [path, obstacle])),
    remedy: ["run it with TMPDIR=DIR, a directory of root's with room where programs may run; or with --no-verify"],
  });
}

/**
 * Read-only and immutable directories, before a step finds them.
 *
 * @throws ProvisionError `place-read-only`
 */
export function checkWritable({ files }: Pick<Session, "files">, plan: Plan): void {
  const isTree = plan.steps.some(({ target }) => target === places.goroot);
  const isProfile = plan.steps.some(({ target }) => target === places.profile);
  const isThere = (path: AbsolutePath): boolean => files.stat(path)?.kind === "directory";
  // What is missing is made in the directory above it.
  const orAbove = (path: AbsolutePath): AbsolutePath => (isThere(path) ? path : absolutePath(posix.dirname(path)));
  const wanted = [
    ...(isTree ? [places.usrLocal, orAbove(places.store)] : []),
    ...(isProfile ? [orAbove(absolutePath("/etc/profile.d"))] : []),
    orAbove(places.state),
    orAbove(places.runDirectory),
  ];
  const found = wanted.find((path) => isThere(path) && !files.isWritable(path));
  if (found === undefined) return;
  const at = files.locate(found);
  throw new ProvisionError("place-read-only", `${at} cannot be written: it is mounted read-only, or immutable`, {
    remedy: [`findmnt -T ${quoteForShell(at)}; lsattr -d ${quoteForShell(at)}  show which; make it writable, then run readygo again`], // prettier-ignore
  });
}

async function checkFloor(session: Session, version: GoVersion): Promise<void> {
  const floor = await readSupportFloor(version, compareGoVersions);
  const { kernel, glibc, libc } = await readHostVersions(session.machine, session.processes);
  if (glibc === undefined)
    throw new ProvisionError("host-too-old", "this host's C library is not glibc", {
      details: { "getconf GNU_LIBC_VERSION": libc || "no answer" },
    });
  const [miss] = listMissedFloors(floor, { kernel, glibc });
  if (miss === undefined) return;
  throw new ProvisionError(
    "host-too-old",
    `${version} needs ${miss.name} ${miss.least}, and this host has ${miss.found}`,
    {
      details: { source: floor.source },
    },
  );
}
