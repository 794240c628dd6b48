import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { places } from "../../../src/host/places.ts";
import { type BaseRoot, baseRoot } from "./base-root.ts";
import { type CommandOptions, type CommandResult, type RunningCommand, startCommand } from "./command.ts";
import { makeLabBundle } from "./lab-bundle.ts";
import { checkout, labCache } from "../suite/lab-cache.ts";
import { findOfficialTree } from "../releases/machine-go.ts";
import { officialRelease, officialVersions } from "../releases/releases.ts";
import { type Mirror, type MirrorOptions, startMirror } from "../servers/mirror.ts";
import { followInside, locateInside } from "./inside-root.ts";
import { type SnapshotEntry, type SnapshotOptions, takeSnapshot } from "./snapshot.ts";

export interface HostOptions {
  /** The root to start from: this machine's own, or a cached Debian one. Default: machine. */
  readonly lower?: "machine" | BaseRoot;
  /**
   * `redirect` (default) lets a directory of the lower layer be renamed and exchanged; on `plain` that is EXDEV, as in
   * most containers.
   */
  readonly overlay?: "redirect" | "plain";
  /** `official`: a whole release that nobody has put a receipt to stands at /usr/local/go. Default: none. */
  readonly goAtStart?: "none" | "official";
  /** `none` (default): a namespace with nothing but a loopback interface. */
  readonly network?: "none" | "machine";
  /** Read-only binds of paths on this machine. */
  readonly bind?: readonly { readonly from: string; readonly to: string }[];
  /** Further paths of the lower layer that must not exist in the host. */
  readonly without?: readonly string[];
  readonly hostname?: string;
  /** Size of the writable layer in MiB: a small one is a full disk. Default 3072. */
  readonly sizeMiB?: number;
}

/** A host made of namespaces. It lives until `destroy`, or until the process that made it ends, however it ends. */
export interface LabHost {
  readonly options: HostOptions;
  /** Process 1 of the host, as this machine numbers it. */
  readonly initPid: number;
  /** Runs a command to its end. The default environment is PATH, HOME, USER, LOGNAME and nothing else. */
  run(argv: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** `run` that throws, with what was printed, unless the exit status is 0. */
  must(argv: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** `must` of a bash script, fed by stdin. */
  script(text: string, options?: CommandOptions): Promise<CommandResult>;
  spawn(argv: readonly string[], options?: CommandOptions): RunningCommand;
  /** The built bundle, with the lab's signing key pinned, under the checkout's own Node; both seen read-only at /opt/readygo. */
  readygo(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  spawnReadygo(args: readonly string[], options?: CommandOptions): RunningCommand;
  /** Where this machine sees `path` of the host; links on the way are followed inside the host, the last one is not. */
  path(path: string): string;
  exists(path: string): boolean;
  read(path: string): string;
  /** Writes as root, making parents; a link is replaced, not followed. Mode 0644 unless given. */
  write(path: string, content: string | Buffer, mode?: number): void;
  snapshot(paths: readonly string[], options?: SnapshotOptions): Map<string, SnapshotEntry>;
  /** A user with a home from /etc/skel. */
  addUser(name: string, shell?: string): Promise<void>;
  startMirror(options: MirrorOptions): Promise<Mirror>;
  /** Bytes received on loopback since the host began; every try to reach a name that the mirror serves adds to it. */
  loopbackBytes(): number;
  destroy(): Promise<void>;
}

/** What lies below another of the paths is gone with that. */
function outermost(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)].filter((path) => !paths.some((other) => path.startsWith(`${other}/`)));
}

const makeHost = join(import.meta.dirname, "make-host.sh");
const standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const authorityBundle = "/etc/ssl/certs/ca-certificates.crt";

let made = 0;

export async function createHost(options: HostOptions = {}): Promise<LabHost> {
  const network = options.network ?? "none";
  const lower = options.lower ?? "machine";
  const root = lower === "machine" ? "/" : await baseRoot(lower);
  const mountPoint = join(labCache, "mount-point");
  mkdirSync(mountPoint, { recursive: true });
  const without = [...(options.without ?? [])];
  const older = officialVersions.older;
  const isOfficialHere = lower === "machine" && findOfficialTree(older) === places.goroot;
  if (options.goAtStart !== "official" || !isOfficialHere) without.push(places.goroot);
  // Where readygo was tried on this machine: README's first command comes before its second.
  if (lower === "machine")
    without.push(
      places.store,
      places.state,
      places.profile,
      places.config,
      "/usr/local/bin/readygo",
      "/usr/local/bin/go",
      "/usr/local/bin/gofmt",
    );
  const labBundle = await makeLabBundle();
  const redirect = (options.overlay ?? "redirect") === "redirect";
  const namespaces = ["--mount", "--uts", "--ipc", "--pid", ...(network === "none" ? ["--net"] : [])];
  made += 1;
  const hostname = options.hostname ?? `lab-${process.pid}-${made}`;
  // The death signal ends the host with the process that made it, even one that is killed; what the host had mounted
  // and started goes with its namespaces.
  const keeper = spawn(
    "setpriv",
    ["--pdeathsig", "KILL", "unshare", ...namespaces, "--fork", "--kill-child=KILL", "--", "bash", makeHost],
    {
      env: {
        PATH: standardPath,
        LAB_MOUNT: mountPoint,
        LAB_LOWER: root,
        LAB_OPTIONS: redirect ? "redirect_dir=on,metacopy=on" : "redirect_dir=off",
        LAB_SIZE: `${options.sizeMiB ?? 3072}m`,
        LAB_HOSTNAME: hostname,
        LAB_WITHOUT: outermost(without).join("\n"),
        LAB_FRESH_PEOPLE: lower === "machine" ? "yes" : "no",
        LAB_BINDS: [...ownBinds(labBundle), ...(options.bind ?? [])].map(({ from, to }) => `${from}\t${to}`).join("\n"),
        LAB_LOOPBACK: network === "none" ? "yes" : "no",
      },
      stdio: ["ignore", "ignore", "pipe", "pipe"],
      detached: true,
    },
  );
  const ended = new Promise<void>((resolve) => keeper.once("close", () => resolve()));
  await ready(keeper);
  keeper.unref();
  const initPid = onlyChild(keeper.pid ?? 0);
  const hostRoot = `/proc/${initPid}/root`;
  const running = new Set<Promise<boolean>>();
  let mirror: Mirror | undefined;

  const host: LabHost = {
    options,
    initPid,
    spawn(argv, commandOptions = {}) {
      const command = startCommand(
        { initPid, hasOwnNetwork: network === "none", hostRoot, standardPath },
        argv,
        commandOptions,
      );
      // The `nsenter` around a command ends a moment after it; `destroy` waits for that.
      const over: Promise<boolean> = command.exited.then(
        () => running.delete(over),
        () => running.delete(over),
      );
      running.add(over);
      return command;
    },
    async run(argv, commandOptions) {
      return await host.spawn(argv, commandOptions).exited;
    },
    async must(argv, commandOptions) {
      const result = await host.run(argv, commandOptions);
      if (result.status !== 0) {
        const how = result.signal ?? `exit ${result.status}`;
        throw new Error(`${argv.join(" ")}: ${how}\n${result.stdout}${result.stderr}`);
      }
      return result;
    },
    async script(text, commandOptions) {
      return await host.must(["bash", "-eu", "-o", "pipefail", "-s"], { ...commandOptions, input: text });
    },
    async readygo(args, commandOptions) {
      return await host.spawnReadygo(args, commandOptions).exited;
    },
    spawnReadygo(args, commandOptions) {
      if (!existsSync(join(hostRoot, "opt/readygo/dist/readygo.mjs"))) {
        throw new Error("dist/readygo.mjs was not there when this host was made: npm run build");
      }
      return host.spawn(["/opt/readygo/node", "/opt/readygo/dist/readygo.mjs", ...args], commandOptions);
    },
    path: (path) => locateInside(hostRoot, path),
    exists(path) {
      return lstatSync(host.path(path), { throwIfNoEntry: false }) !== undefined;
    },
    read: (path) => readFileSync(followInside(hostRoot, path), "utf8"),
    write(path, content, mode = 0o644) {
      mkdirSync(dirname(host.path(path)), { recursive: true });
      const real = host.path(path);
      writeFileSync(`${real}.lab`, content);
      chmodSync(`${real}.lab`, mode);
      renameSync(`${real}.lab`, real);
    },
    snapshot: (paths, snapshotOptions) => takeSnapshot((path) => host.path(path), paths, snapshotOptions),
    async addUser(name, shell = "/bin/bash") {
      await host.must(["useradd", "--create-home", "--user-group", "--shell", shell, name]);
    },
    async startMirror(mirrorOptions) {
      if (network !== "none") throw new Error("a mirror needs a host with a network of its own");
      await mirror?.stop();
      mirror = await startMirror(host, mirrorOptions);
      return mirror;
    },
    loopbackBytes() {
      const line = readFileSync(`/proc/${initPid}/net/dev`, "utf8")
        .split("\n")
        .find((text) => /^\s*lo:/.test(text));
      return Number(line?.split(":")[1]?.trim().split(/\s+/)[0] ?? 0);
    },
    async destroy() {
      await mirror?.stop();
      if (keeper.exitCode !== null || keeper.signalCode !== null) return;
      keeper.ref();
      // The end of process 1 ends the host, and `unshare` reaps it; killed first, it would leave that to this
      // machine's own process 1, which may take seconds.
      process.kill(initPid, "SIGKILL");
      await ended;
      await Promise.all(running);
    },
  };
  try {
    knowNames(host, hostname);
    if (options.goAtStart === "official" && !isOfficialHere) await unpackOfficial(host);
  } catch (error) {
    await host.destroy();
    throw error;
  }
  return host;
}

/** Makes a host for the time of `work`. */
export async function withHost<T>(options: HostOptions, work: (host: LabHost) => Promise<T>): Promise<T> {
  const host = await createHost(options);
  try {
    return await work(host);
  } finally {
    await host.destroy();
  }
}

async function unpackOfficial(host: LabHost): Promise<void> {
  const { path } = await officialRelease(officialVersions.older);
  await host.must(["tar", "-xz", "--no-same-owner", "-C", "/usr/local"], { input: readFileSync(path) });
}

/** Waits for the set-up to say that the new root stands; throws what it printed when it ended before that. */
async function ready(keeper: ChildProcess): Promise<void> {
  let complaint = "";
  keeper.stderr?.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  const signal = keeper.stdio[3];
  if (!(signal instanceof Readable)) throw new Error("unshare was started without a pipe");
  const isReady = await new Promise<boolean>((resolve, reject) => {
    keeper.once("error", reject);
    signal.once("data", () => resolve(true));
    keeper.once("close", () => resolve(false));
  });
  if (!isReady) throw new Error(`a throw-away host could not be made: ${complaint.trim() || "no reason given"}`);
  signal.destroy();
  keeper.stderr?.destroy();
}

function onlyChild(pid: number): number {
  const child = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim());
  if (!Number.isInteger(child) || child <= 0) throw new Error(`process ${pid} has no single child`);
  return child;
}

/** The checkout's Node and the bundle, as far as they are there: a lab test needs neither. */
function ownBinds(labBundle: string | undefined): { from: string; to: string }[] {
  const node = join(checkout, "node_modules/.bin/node");
  const binds: { from: string; to: string }[] = [];
  if (existsSync(node)) binds.push({ from: realpathSync(node), to: "/opt/readygo/node" });
  if (labBundle !== undefined) binds.push({ from: labBundle, to: "/opt/readygo/dist" });
  return binds;
}

/** Names: the host knows itself, or what this machine knows where it shares this machine's network. */
function knowNames(host: LabHost, hostname: string): void {
  if (host.options.network === "machine") {
    for (const file of ["/etc/hosts", "/etc/resolv.conf"].filter((path) => existsSync(path))) {
      host.write(file, readFileSync(file));
    }
    trustAsMachine(host);
  } else {
    host.write("/etc/hosts", `127.0.0.1 localhost ${hostname}\n`);
  }
}

/**
 * The authorities that this machine trusts, its operator's own among them, kept as single files too: installing
 * ca-certificates in the host makes the bundle anew from those.
 */
function trustAsMachine(host: LabHost): void {
  if ((host.options.lower ?? "machine") === "machine" || !existsSync(authorityBundle)) return;
  const bundle = readFileSync(authorityBundle, "utf8");
  host.write(authorityBundle, bundle);
  const certificates = bundle.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----\n/g) ?? [];
  for (const [at, certificate] of certificates.entries()) {
    host.write(`/usr/local/share/ca-certificates/machine-${at}.crt`, certificate);
  }
}
