import { ProvisionError } from "../errors/provision-error.ts";
import { redactUrl } from "../errors/redact-url.ts";
import { RequestFailure } from "../errors/request-failure.ts";
import { isLoopbackHost } from "../fetch/http/loopback-host.ts";
import { absolutePath, parseAbsolutePath } from "../host/absolute-path.ts";
import { appendPath } from "../sources/goproxy-list.ts";
import { openOwnRelease, readReleaseKeys } from "./self-update/open-own-release.ts";
import type { Session } from "./session.ts";

const mostBootstrapBytes = 1024 * 1024;
const bootstrapTimeoutMs = 30_000;

/** What a new machine brings readygo with. */
export interface Bootstrap {
  readonly script: string;
  /** The base URL that it was read from; undefined for a directory. */
  readonly url: string | undefined;
}

/**
 * Read now, so that the machine runs nothing at its boot that was not pinned when its user-data was made, and held against the
 * release's signature.
 *
 * @throws ProvisionError `sources-failed`, `usage`, and as openOwnRelease
 */
export async function readBootstrap(session: Session, base: string): Promise<Bootstrap> {
  const url = /^https?:\/\//i.test(base) ? base : undefined;
  if (url !== undefined && !isTamperProof(new URL(url))) {
    throw new ProvisionError(
      "usage",
      `${redactUrl(base)} would give the machine's root a script that anybody on the way can change`,
      {
        remedy: ["serve the release over https, or name a directory that holds it: readygo cloud-init --base DIR"],
      },
    );
  }
  const script =
    readReleaseKeys().length > 0
      ? (await (await openOwnRelease(session, base)).read("bootstrap.sh")).toString("utf8")
      : await readUnsigned(session, base, url);
  if (script?.startsWith("#!/bin/sh\n") !== true) throw withoutRelease(base, "has no bootstrap.sh of readygo");
  // A checkout's own, which builds readygo there.
  if (/^release_files=''$/m.test(script)) throw withoutRelease(base, "has a bootstrap.sh without a release in it");
  return { script, url };
}

/** For a readygo that no release made: it knows no key. */
async function readUnsigned(session: Session, base: string, url: string | undefined): Promise<string | undefined> {
  return url === undefined
    ? session.machine
        .read(absolutePath(parseAbsolutePath(base) ?? absolutePath(session.port.cwd, base), "bootstrap.sh"))
        ?.toString("utf8")
    : await fetchBootstrap(session, appendPath(url, "bootstrap.sh"));
}

/** The script's own hashes guard all that it fetches, and nothing but TLS guards the script. */
function isTamperProof({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || isLoopbackHost(hostname.replace(/^\[(.*)\]$/, "$1"));
}

function withoutRelease(base: string, what: string): ProvisionError {
  return new ProvisionError("usage", `${redactUrl(base)} ${what}`, { remedy: ["npm run release -- --base URL"] });
}

async function fetchBootstrap(session: Session, url: string): Promise<string> {
  const bounds = { maxBytes: mostBootstrapBytes, timeoutMs: bootstrapTimeoutMs, signal: session.stop };
  try {
    return await session.http.readText(url, bounds);
  } catch (cause) {
    if (!(cause instanceof RequestFailure)) throw cause;
    throw new ProvisionError("sources-failed", `${redactUrl(url)} could not be fetched`, {
      cause,
      remedy: ["name a directory that holds the release instead: readygo cloud-init --base DIR"],
    });
  }
}
