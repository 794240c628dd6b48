import { ProvisionError } from "../../errors/provision-error.ts";
import { redactUrl } from "../../errors/redact-url.ts";
import { type AbsolutePath, absolutePath } from "../../host/absolute-path.ts";
import { readCarriedBase } from "../../host/carried-text.ts";
import { systemEnvironment } from "../../host/host-facts.ts";
import { acquireLock } from "../../host/lock/lock.ts";
import {
  findRunningFile,
  isOwnProgramTidy,
  nameOwnProgram,
  NotUnpacked,
  ownForms,
  type OwnProgram,
  removeNext,
  takeFormer,
  takePlace,
  tidyOwnProgram,
  writeNext,
} from "../../host/own-program.ts";
import { parseElfArchitecture } from "../../release/architecture.ts";
import { compareOwnVersions, type OwnVersion, parseOwnVersion } from "../../release/own-version.ts";
import { requireRoot } from "../preflight.ts";
import type { Session } from "../session.ts";
import { findOwnFile } from "./find-manager.ts";
import { openOwnRelease, type OwnRelease } from "./open-own-release.ts";

/** What stands at `path` now, and what stood there before. */
export interface SelfUpdateResult {
  readonly path: AbsolutePath;
  readonly version: string;
  /** The former, which `--rollback` brings back; undefined where nothing was changed. */
  readonly former: string | undefined;
}

/**
 * Replaces readygo itself by the newest release of its base.
 *
 * @param named `--base`; undefined: READYGO_BASE, else where this release said that it is served from
 */
export async function selfUpdate(session: Session, named: string | undefined): Promise<SelfUpdateResult> {
  const program = await findOwnProgram(session);
  const { path } = program;
  const base = named ?? (session.port.env["READYGO_BASE"] || readCarriedBase());
  if (base === "") {
    throw new ProvisionError("usage", "it is not known where releases of readygo are served", {
      remedy: ["readygo self-update --base URL"],
    });
  }
  session.emit({ kind: "step", text: `asking ${redactUrl(base)} for readygo` });
  const release = await openOwnRelease(session, base);
  const present = presentVersion(session);
  const order = compareOwnVersions(release.version, present);
  if (order < 0) throw describeLower(release, present, base);
  const isNewer = order > 0;
  // Nothing is written, and no lock taken, where there is nothing to do.
  if (isNewer || !isOwnProgramTidy(program)) {
    await withLock(session, program, async () => {
      if (!isNewer) return;
      await bringNext(session, program, release);
      takePlace(program);
    });
  }
  return { path, version: release.version, former: isNewer ? present : undefined };
}

/** Exchanges readygo with the one before it; again: forward. */
export async function rollBackSelf(session: Session): Promise<SelfUpdateResult> {
  const program = await findOwnProgram(session);
  const { path, former } = program;
  return await withLock(session, program, async () => {
    const stat = session.machine.stat(former);
    if (stat === undefined) {
      throw new ProvisionError("previous-missing", "no former readygo is kept", { remedy: ["readygo self-update"] });
    }
    if (stat.kind !== "file" || stat.uid !== 0 || (stat.mode & 0o022) !== 0) {
      throw new ProvisionError("place-unsafe", `${former} is not a file that only root can write`, {
        remedy: [`rm ${former}`],
      });
    }
    const version = await askVersion(session, former);
    takeFormer(program);
    return { path, version, former: session.port.version };
  });
}

async function findOwnProgram(session: Session): Promise<OwnProgram> {
  if (session.request.root !== "") {
    throw new ProvisionError("usage", "self-update replaces the readygo that runs, and knows no --root", {
      remedy: ["run the bootstrap.sh of a release in the image"],
    });
  }
  requireRoot(session, "self-update");
  return nameOwnProgram(await findOwnFile(session));
}

/** As the only readygo on this host: a run that has begun starts its children by the file's path. */
async function withLock<Result>(
  { request, machine, clock, stop }: Session,
  program: OwnProgram,
  work: () => Promise<Result>,
): Promise<Result> {
  const lock = await acquireLock(machine, clock, "readygo self-update", request.waitSeconds * 1000, stop);
  try {
    // Another self-update may have been faster: what was decided then no longer holds.
    if (findRunningFile() !== program.path) {
      throw new ProvisionError("step-failed", `${program.path} was replaced by another run; nothing was changed`);
    }
    tidyOwnProgram(program);
    return await work();
  } catch (error) {
    throw describeFault(error, program);
  } finally {
    lock.release();
  }
}

/** A refusal of the system becomes an error with its cause; the present program is as it was. */
function describeFault(error: unknown, { path }: OwnProgram): unknown {
  if (!(error instanceof Error && "syscall" in error)) return error;
  const isReadOnly = "code" in error && (error.code === "EROFS" || error.code === "EPERM");
  return new ProvisionError(isReadOnly ? "place-read-only" : "step-failed", `${path} could not be replaced; a whole readygo stands there`, { cause: error }); // prettier-ignore
}

function presentVersion({ port }: Session): OwnVersion {
  const version = parseOwnVersion(port.version);
  if (version === undefined) throw new Error(`${port.version} is no version of readygo`);
  return version;
}

function describeLower(release: OwnRelease, present: OwnVersion, base: string): ProvisionError {
  const summary = `what is served there is readygo ${release.version}, older than this one (${present})`;
  return new ProvisionError("self-version-lower", summary, {
    details: { base: redactUrl(base), "signed by": release.keyId },
  });
}

/** Fetched, held against its sum, unpacked beside its place, and started once: one that does not run here never takes it. */
async function bringNext(session: Session, program: OwnProgram, release: OwnRelease): Promise<void> {
  const architecture = parseElfArchitecture(session.machine.readStart(program.path, 20) ?? Buffer.alloc(0));
  const form = ownForms.find((ending) => release.has(`readygo-linux-${architecture}.${ending}`));
  if (form === undefined) {
    throw new ProvisionError("arch-unsupported", `readygo ${release.version} has no file for ${architecture}`, {
      remedy: ["readygo self-update --base URL with another base"],
    });
  }
  session.emit({ kind: "step", text: `fetching readygo ${release.version}` });
  const packed = await release.read(`readygo-linux-${architecture}.${form}`);
  session.emit({ kind: "step", text: `putting readygo ${release.version} at ${program.path}` });
  try {
    await writeNext(program, packed, form);
    const version = await askVersion(session, program.next);
    if (version !== release.version) {
      throw new ProvisionError("step-failed", `the new program says that it is readygo ${version}, and not ${release.version}; nothing was changed`); // prettier-ignore
    }
  } catch (error) {
    removeNext(program);
    // zlib's: what was signed is no packed file, or one without an end.
    if (!(error instanceof NotUnpacked)) throw error;
    throw new ProvisionError("step-failed", "the new program cannot be unpacked; nothing was changed", {
      cause: error,
    });
  }
}

/** @throws ProvisionError `step-failed` where it does not run */
async function askVersion({ processes }: Session, path: AbsolutePath): Promise<string> {
  const argv = [path, "--version"] as const;
  const run = processes.run({ argv, env: systemEnvironment, cwd: absolutePath("/"), timeoutMs: 30_000 });
  const { status, stdout, stderr } = await run.catch((cause: unknown) => {
    throw new ProvisionError("step-failed", `${path} cannot be started; nothing was changed`, { cause });
  });
  const [version = ""] = stdout.trim().split(" ");
  if (status === 0 && version !== "") return version;
  throw new ProvisionError("step-failed", `${path} does not run on this host; nothing was changed`, {
    details: { output: stderr.trim() || `status ${status}` },
  });
}
