import type { CheckResult, ContextRow, Emit, Timing } from "../errors/event.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { type DownloadLimits } from "../fetch/download/download-limits.ts";
import { createHttpClient, type HttpClient } from "../fetch/http/http-client.ts";
import { createPublisher, type Publisher } from "../sources/publisher.ts";
import { absolutePath, parseAbsolutePath } from "../host/absolute-path.ts";
import { systemEnvironment } from "../host/host-facts.ts";
import { findAccount, readAccounts } from "../host/home/accounts.ts";
import { chooseAccount } from "./choose-account.ts";
import { openHome, type HomeFiles } from "../host/home/home-files.ts";
import type { Account, Clock, Processes, ReadFiles } from "../host/ports.ts";
import { realClock } from "../host/real-clock.ts";
import { createRealFiles } from "../host/real-files.ts";
import { type BoundMeans, createRealProcesses } from "../host/child/real-processes.ts";
import { createSystemFiles, type SystemFiles } from "../host/system-files.ts";
import type { ProcessPort } from "../host/process-port.ts";
import type { CommonRequest } from "./request.ts";

/** Everything that a command works with, opened once. */
export interface Session {
  readonly port: ProcessPort;
  readonly request: CommonRequest;
  /** `readygo VERSION`, as state files name who wrote them. */
  readonly writtenBy: string;
  /** The host being provisioned; DIR under --root. */
  readonly files: ReadFiles;
  /** This machine. */
  readonly machine: ReadFiles;
  readonly system: SystemFiles;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly stop: AbortSignal;
  readonly emit: Emit;
  readonly accounts: readonly Account[];
  /** Whose login and rc files are meant. @throws ProvisionError `user-unknown` */
  readonly account: () => Account;
  readonly http: HttpClient;
  readonly publisher: Publisher;
  readonly limits: DownloadLimits;
  /** Results so far, for `--json` where the command then fails. */
  readonly checks: CheckResult[];
  /** The launch contexts that were looked at. */
  readonly contexts: ContextRow[];
  /** How long each check and diagnostic took. */
  readonly timings: Timing[];
  /** The home of an account of the host; one child process an account, opened when first asked for. */
  readonly home: (owner: string) => HomeFiles;
  close(): Promise<void>;
}

export function openSession(port: ProcessPort, request: CommonRequest, emit: Emit): Session {
  requireProc();
  const files = createRealFiles(request.root);
  const machine = request.root === "" ? files : createRealFiles("");
  const accounts = readAccounts(files);
  let account: Account | undefined;
  const homes = new Map<string, HomeFiles>();
  const processes = createRealProcesses(port.stop, (means) => {
    emit({ kind: "detail", text: `children are bounded by ${describeMeans[means]}` });
  });
  const http = createHttpClient({
    readAptConfig: () => readAptConfig(processes),
    readNetrc: () => readNetrc(session),
    env: port.env,
    onWay(text) {
      emit({ kind: "detail", text });
    },
    userAgent: `readygo/${port.version}`,
    connectTimeoutMs: request.limits.connectMs,
    stallTimeoutMs: request.limits.stallMs,
    ...(request.proxy === undefined ? {} : { proxy: request.proxy, proxyNamedBy: request.proxyNamedBy }),
    ...(request.noProxy === undefined ? {} : { noProxy: request.noProxy }),
    ...(request.caFile === undefined ? {} : { caFile: request.caFile }),
  });
  const session: Session = {
    port,
    request,
    files,
    writtenBy: `readygo ${port.version}`,
    machine,
    accounts,
    emit,
    http,
    checks: [],
    contexts: [],
    timings: [],
    limits: request.limits,
    system: createSystemFiles(files),
    processes,
    clock: realClock,
    stop: port.stop,
    // Not before it is needed: the user-data of another machine names an account of that machine.
    account: () => (account ??= chooseAccount({ files, machine, port, emit }, request)),
    publisher: createPublisher(http, port.stop, request.limits),
    home(owner) {
      const open = homes.get(owner);
      if (open !== undefined) return open;
      const account = findAccount(files, owner, request.root === "");
      if (account === undefined) throw new ProvisionError("user-unknown", `the host has no account ${owner}`);
      const home = openHome({ account, root: request.root, entry: port.entry });
      homes.set(owner, home);
      return home;
    },
    async close() {
      await Promise.all([...homes.values()].map((home) => home.close()));
      await http.close();
    },
  };
  return session;
}

/**
 * By it readygo knows its own lock and its children.
 *
 * @throws ProvisionError `host-unreadable`
 */
function requireProc(): void {
  if (createRealFiles("").stat(absolutePath("/proc/self")) !== undefined) return;
  throw new ProvisionError("host-unreadable", "/proc is not mounted", { remedy: ["mount -t proc proc /proc"] });
}

const describeMeans: Readonly<Record<BoundMeans, string>> = {
  cgroup: "a cgroup",
  limits: "RLIMIT_DATA and a subreaper",
};

/** As the go command of the account: NETRC where readygo was started by it, else ~/.netrc, read as the account. */
async function readNetrc({ account, home, machine, port, request }: Session): Promise<string> {
  if (request.root !== "") return "";
  try {
    const { name, uid, home: directory } = account();
    const named = uid === port.uid ? parseAbsolutePath(port.env["NETRC"] ?? "") : undefined;
    if (named !== undefined) return machine.read(named, 1024 * 1024)?.toString("utf8") ?? "";
    const file = await home(name).read(absolutePath(directory, ".netrc"));
    return file?.content.toString("utf8") ?? "";
  } catch {
    // A home that cannot be read stops nothing: the server says what it lacks.
    return "";
  }
}

/** This machine's, also under --root; nothing where there is no apt. */
async function readAptConfig(processes: Processes): Promise<string> {
  const request = { env: systemEnvironment, cwd: absolutePath("/"), timeoutMs: 5_000 };
  try {
    return (await processes.run({ argv: ["apt-config", "dump"], ...request })).stdout;
  } catch {
    return "";
  }
}
