import { quoteForShell } from "../errors/aim-at-image.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { redactUrl } from "../errors/redact-url.ts";
import { absolutePath } from "../host/absolute-path.ts";
import { readHostVersions } from "../host/host-versions.ts";
import { checkSystemDirectory } from "../host/state/own-places.ts";
import { places } from "../host/places.ts";
import { leastTreeBytes, leastTreeInodes } from "../host/tree-room.ts";
import { compareGoVersions, type GoVersion } from "../release/go-version.ts";
import { listMissedFloors, readSupportFloor } from "../release/support-floor.ts";
import type { PreparedInstall } from "./prepare-install.ts";
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
 * @throws ProvisionError `place-unsafe`, `mount-in-the-way`, `space-missing`, `host-too-old`
 */
export async function checkHostFits(session: Session, prepared: PreparedInstall): Promise<void> {
  checkPlaces(session);
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
  if (prepared.unrunnable === null) await checkFloor(session, prepared.desired.version);
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
  const neededBytes = prepared.observed.tree.kind === "absent" ? leastTreeBytes.fresh : leastTreeBytes.upgrade;
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
