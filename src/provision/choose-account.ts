import type { Emit } from "../errors/event.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { absolutePath } from "../host/absolute-path.ts";
import { findAccount, readAccounts } from "../host/home/accounts.ts";
import type { Account, ReadFiles } from "../host/ports.ts";
import type { ProcessPort } from "../host/process-port.ts";
import type { CommonRequest } from "./request.ts";

interface AccountPorts {
  /** The host's; DIR's under --root. */
  readonly files: ReadFiles;
  readonly machine: ReadFiles;
  readonly port: Pick<ProcessPort, "env" | "uid" | "isTerminal">;
  readonly emit: Emit;
}

/** No session has a login uid, proc(5). */
const noLogin = 0xffff_ffff;

/**
 * Whose login and rc files are meant: `--user` or the config's, else who became root to call us (sudo, doas, or a root shell
 * on the terminal of another login), else root. A caller that the host does not know is named in a warning.
 *
 * @throws ProvisionError `user-unknown`
 */
export function chooseAccount(ports: AccountPorts, request: Pick<CommonRequest, "user" | "root">): Account {
  const { files, port, emit } = ports;
  const isNative = request.root === "";
  if (request.user !== undefined) {
    const named = findAccount(files, request.user, isNative);
    if (named === undefined) throw new ProvisionError("user-unknown", `the host has no account ${request.user}`);
    return named;
  }
  const caller = findCaller(ports, isNative);
  const found = caller === undefined ? undefined : findAccount(files, caller.key, isNative);
  if (found !== undefined) return found;
  const root = readAccounts(files).find(({ uid }) => uid === 0);
  if (root === undefined) throw new ProvisionError("user-unknown", "/etc/passwd has no account with uid 0");
  // Under --root it is nobody's fault that an image does not know who builds it.
  if (caller !== undefined && isNative && port.uid === 0) {
    emit({
      kind: "warning",
      text: `${caller.from} names ${caller.key}, an account that the host does not have: root's shells are looked after instead`,
      remedy: "readygo install --user NAME",
    });
  }
  return root;
}

interface Caller {
  readonly key: string | number;
  readonly from: string;
}

function findCaller({ machine, port }: AccountPorts, isNative: boolean): Caller | undefined {
  for (const from of ["SUDO_USER", "DOAS_USER"] as const) {
    const key = port.env[from];
    if (key !== undefined && key !== "") return { key, from };
  }
  // `su` and the like say nothing; a service, a cron job and a container have no terminal or no login.
  if (!isNative || port.uid !== 0 || !port.isTerminal) return undefined;
  const text = machine.read(absolutePath("/proc/self/loginuid"))?.toString("utf8").trim() ?? "";
  const uid = /^\d+$/.test(text) ? Number(text) : noLogin;
  return uid === noLogin || uid === 0 ? undefined : { key: uid, from: "the login of this terminal" };
}
