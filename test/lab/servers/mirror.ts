import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fetchTiles } from "../releases/checksum-tiles.ts";
import { listPublicProxies } from "../../../src/sources/public-proxies.ts";
import { checkout } from "../suite/lab-cache.ts";
import {
  type Faults,
  type FromServer,
  type MirrorRequest,
  type ServerOptions,
  type Signatures,
  type ToServer,
  mirrorNames,
} from "./mirror-protocol.ts";
import { fetchModule, smallModules, toolchainModule } from "../releases/modules.ts";
import type { LabArchive } from "../releases/releases.ts";
import { makeLabKey, signArchive } from "../releases/signing-key.ts";
import type { LabHost } from "../hosts/throw-away-host.ts";
import { makeCertificates } from "./certificates.ts";

export interface MirrorOptions {
  /** What the publisher has, newest last or first: it is sorted. */
  readonly releases: readonly LabArchive[];
  /**
   * `path@version` of what the module proxy and the checksum database have. Default: the toolchain of each release that
   * really exists, the newer real one, and layer 3's small modules.
   */
  readonly modules?: readonly string[];
  readonly faults?: Faults;
  /** Whether the publisher serves a signature beside each archive, as it does. Default: yes. */
  readonly isSigning?: boolean;
  /**
   * Whether the checksum database answers as it did when test/fixtures/recorded-log was made, as far as that goes: a
   * mirror's heads and tiles are others from one machine to the next. Default: no.
   */
  readonly isLogRecorded?: boolean;
  /** Which names lead to the mirror; the host knows no others. Default: all of `mirrorNames`. */
  readonly names?: readonly string[];
}

export interface Mirror {
  /** Replaces all faults, and counts their `times` anew. */
  setFaults(faults: Faults): Promise<void>;
  /** Replaces what the publisher has. */
  setReleases(releases: readonly LabArchive[]): Promise<void>;
  /** What was asked since the start or the last `forgetRequests`, in that order. */
  requests(): Promise<readonly MirrorRequest[]>;
  forgetRequests(): Promise<void>;
  /** The lab's certificate authority on the host, one PEM certificate. */
  readonly caFile: string;
  readonly proxyUrl: string;
  stop(): Promise<void>;
}

/** Whose network the mirror is in, and whose files lead to it. */
type MirrorHost = Pick<LabHost, "initPid" | "exists" | "read" | "write">;

/** Where its server lies as one JavaScript file, which starts in a third of the time (global-setup.ts). */
export const mirrorProgram = "READYGO_MIRROR_PROGRAM";

const hostCaFile = "/usr/local/share/ca-certificates/readygo-lab.crt";
const bundle = "/etc/ssl/certs/ca-certificates.crt";

/** Modules that a mirror serves unless told otherwise: real releases only, since the checksum database knows no others. */
function usualModules(releases: readonly LabArchive[]): string[] {
  const toolchains = releases
    .filter((release) => !release.path.includes("/small/"))
    .map((release) => toolchainModule(release.version.replace(/^go/, ""), release.arch));
  return [...new Set([...toolchains, ...smallModules])];
}

/**
 * A mirror of the publisher, the module proxy and the checksum database, on 127.0.0.1:443 of `host` under their own
 * names, in a process of its own. The host trusts its certificate from then on.
 */
export async function startMirror(host: MirrorHost, options: MirrorOptions): Promise<Mirror> {
  const modules = [];
  for (const name of options.modules ?? usualModules(options.releases)) modules.push(await fetchModule(name));
  const certificates = await makeCertificates();
  const serverOptions: ServerOptions = {
    archives: options.releases,
    signatures: await signAll(options.releases, options.isSigning),
    publicProxies: listPublicProxies(),
    moduleDirectories: [
      ...(options.isLogRecorded === true ? [join(checkout, "test/fixtures/recorded-log")] : []),
      ...modules.map((module) => module.directory),
      await fetchTiles(modules),
    ],
    key: certificates.serverKey,
    certificate: certificates.serverCertificate,
    badCertificates: certificates.bad,
    address: "127.0.0.1",
    port: 443,
    faults: options.faults ?? {},
  };
  trust(host, readFileSync(certificates.authority, "utf8"));
  mapNames(host, options.names ?? Object.values(mirrorNames));

  const node = join(checkout, "node_modules/.bin/node");
  const intoNetwork = ["--pdeathsig", "KILL", "nsenter", "--target", String(host.initPid), "--net", "--"];
  const program = process.env[mirrorProgram] ?? join(import.meta.dirname, "mirror-server.ts");
  const server = [node, program, JSON.stringify(serverOptions)];
  const child = spawn("setpriv", [...intoNetwork, ...server], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    detached: true,
  });
  const ask = await connect(child);
  return {
    async setFaults(faults) {
      await ask({ kind: "faults", faults });
    },
    async setReleases(archives) {
      await ask({ kind: "archives", archives, signatures: await signAll(archives, options.isSigning) });
    },
    requests: async () => await ask({ kind: "requests" }),
    async forgetRequests() {
      await ask({ kind: "forget" });
    },
    caFile: hostCaFile,
    proxyUrl: `https://${mirrorNames.proxy}`,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function signAll(archives: readonly LabArchive[], isSigning = true): Promise<Signatures> {
  const { keyFile } = await makeLabKey();
  const byArchive: Record<string, string> = {};
  for (const archive of isSigning ? archives : []) byArchive[archive.sha256] = await signArchive(archive);
  return { keyFile, byArchive };
}

type Question = ToServer extends infer Q ? (Q extends ToServer ? Omit<Q, "id"> : never) : never;

/** Waits until the server listens, and gives a way to ask it. */
async function connect(child: ChildProcess): Promise<(question: Question) => Promise<readonly MirrorRequest[]>> {
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  const waiting = new Map<number, { resolve(requests: readonly MirrorRequest[]): void; reject(error: Error): void }>();
  await new Promise<void>((resolve, reject) => {
    child.on("message", (message: FromServer) => {
      if (message.kind === "listening") {
        resolve();
      } else {
        waiting.get(message.id)?.resolve(message.requests);
        waiting.delete(message.id);
      }
    });
    child.once("error", reject);
    child.once("exit", () => {
      const error = new Error(`the mirror ended: ${complaint.trim()}`);
      reject(error);
      for (const asker of waiting.values()) asker.reject(error);
      waiting.clear();
    });
  });
  let last = 0;
  return async (question) => {
    if (!child.connected) throw new Error(`the mirror has ended: ${complaint.trim()}`);
    return await new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      child.send({ ...question, id: last });
    });
  };
}

function trust(host: MirrorHost, authority: string): void {
  const present = host.exists(bundle) ? host.read(bundle) : "";
  if (!present.includes(authority)) host.write(bundle, present + authority);
  host.write(hostCaFile, authority);
}

function mapNames(host: MirrorHost, names: readonly string[]): void {
  const others = host
    .read("/etc/hosts")
    .split("\n")
    .filter((line) => line !== "" && !line.endsWith("# lab mirror"));
  host.write("/etc/hosts", [...others, `127.0.0.1 ${names.join(" ")} # lab mirror`, ""].join("\n"));
}
