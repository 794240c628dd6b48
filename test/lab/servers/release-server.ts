import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { makeCertificates } from "./certificates.ts";
import { checkout } from "../suite/lab-cache.ts";
import { releaseName } from "./mirror-protocol.ts";
import type { LabHost } from "../hosts/throw-away-host.ts";

interface ReleaseServer {
  readonly base: string;
  /** Paths that were asked for since the start, or whole addresses where it was asked as a proxy. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

export const releaseBase = "http://127.0.0.1:8099";

/** With `isTls`: by a certificate of the lab's authority, for a name that the host has to know. */
export const releaseTlsBase = `https://${releaseName}:8443`;

interface ReleaseServerOptions {
  /** Of this file one bit is turned over. */
  readonly flip?: { readonly path: string; readonly byte: number };
  readonly isTls?: boolean;
}

/**
 * Serves files on the loopback interface of `host`, and, in plain HTTP, as a proxy for any name: `directories` by the
 * first part of the path, "" for the rest.
 */
export async function startReleaseServer(
  host: Pick<LabHost, "initPid">,
  directories: Readonly<Record<string, string>>,
  { flip, isTls = false }: ReleaseServerOptions = {},
): Promise<ReleaseServer> {
  const node = join(checkout, "node_modules/.bin/node");
  const { serverKey, serverCertificate } = await makeCertificates();
  const tls = isTls ? { key: serverKey, certificate: serverCertificate } : undefined;
  const options = JSON.stringify({ directories, flip, tls, port: isTls ? 8443 : 8099 });
  const intoNetwork = ["--pdeathsig", "KILL", "nsenter", "--target", String(host.initPid), "--net", "--"];
  const child = spawn("setpriv", [...intoNetwork, node, join(import.meta.dirname, "release-server-main.ts"), options], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const requests: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once("exit", (status) => reject(new Error(`the release server ended with ${status}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line === "listening") resolve();
      else requests.push(line);
    });
  });
  return {
    base: isTls ? releaseTlsBase : releaseBase,
    requests,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    },
  };
}
