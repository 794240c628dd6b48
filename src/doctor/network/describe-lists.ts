import { redactUrl } from "../../errors/redact-url.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import type { Diagnosis, DownloadFault } from "../../verify/diagnose-download.ts";
import { type DoctorFinding, findInfo, findWarning } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";
import type { AskedEntry } from "../../verify/proxies/ask-proxy-entry.ts";
import { askProxies, type AskedList } from "./ask-proxies.ts";
import { findNetworkSettings } from "./read-network-settings.ts";

/** An entry that fails, and its place in its list. */
export interface FailedEntry extends AskedEntry {
  readonly diagnosis: Diagnosis;
  readonly at: number;
}

/** Whose a list is, in words. */
export function nameAccounts({ accounts }: AskedList): string {
  const names = accounts.map(({ name }) => name);
  return names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(" and ");
}

/** Null where several have it, as they have the release's own default. */
export function ownerOf({ accounts }: AskedList): string | null {
  return accounts.length === 1 ? accounts[0].name : null;
}

/** `GOPROXY=…`, without passwords. */
export function nameList({ settings }: AskedList): string {
  return redactUrl(`GOPROXY=${settings["GOPROXY"] ?? ""}`);
}

/** Files and lines that give a variable the value that a list has; empty for the release's own. */
export async function findListOrigins(
  context: DoctorContext,
  { accounts, settings }: AskedList,
  name: Parameters<typeof findNetworkSettings>[2],
): Promise<readonly string[]> {
  const found = await Promise.all(accounts.map((account) => findNetworkSettings(context, account, name)));
  const origins = found.flat().filter(({ value }) => value === settings[name]);
  return [...new Set(origins.flatMap((setting) => setting.origins))];
}

/** For each list the entries that fail in one of these ways; lists without any are left out. */
export async function listFailures(
  context: DoctorContext,
  isMeant: (kind: DownloadFault, entry: AskedEntry) => boolean,
): Promise<readonly { readonly list: AskedList; readonly failed: readonly [FailedEntry, ...FailedEntry[]] }[]> {
  const lists = await askProxies(context);
  return lists.flatMap((list) => {
    const [first, ...others] = list.entries.flatMap((entry, at): readonly FailedEntry[] => {
      const { diagnosis } = entry;
      return diagnosis !== null && entry.outcome !== "absent" && isMeant(diagnosis.kind, entry)
        ? [{ ...entry, diagnosis, at }]
        : [];
    });
    return first === undefined ? [] : [{ list, failed: [first, ...others] as const }];
  });
}

/** A warning where modules do not come because of these; else they come another way, and it is only good to know. */
export function judgeList(
  { verdict }: AskedList,
  failed: readonly FailedEntry[],
): (shape: Parameters<typeof findWarning>[0]) => DoctorFinding {
  return !verdict.isWorking && failed.some(({ at }) => at <= verdict.at) ? findWarning : findInfo;
}

/** The host itself, and what containers and virtual machines on it are connected by. */
const inside = /^(?:lo|docker|br-|veth|virbr|lxcbr|lxdbr|podman|cni)/;

/** Whether the kernel has a way to anywhere but this host itself. */
export function hasRoute({ machine }: DoctorContext): boolean {
  const lines = (path: string): readonly string[] =>
    (machine.read(absolutePath(path))?.toString("utf8") ?? "").split("\n");
  const isWay = (device: string | undefined): boolean => device !== undefined && device !== "" && !inside.test(device);
  return (
    lines("/proc/net/route")
      .slice(1)
      .some((line) => isWay(line.split(/\s+/)[0])) ||
    // What every device has, link-local and multicast, leads to no server.
    lines("/proc/net/ipv6_route").some((line) => !/^(?:fe8|ff0)/.test(line) && isWay(line.trim().split(/\s+/).at(-1)))
  );
}
