import { formatRemedy, runAs } from "../errors/remedy.ts";
import { listPublicProxies } from "../sources/public-proxies.ts";
import { readAccountSettings } from "./account-settings.ts";
import type { CheckContext } from "./check.ts";
import type { DownloadFault } from "./diagnose-download.ts";

/** What another proxy can cure. Never what came with a wrong hash: no other source is asked for a better answer. */
const curable: ReadonlySet<DownloadFault> = new Set([
  "ipv6",
  "no-network",
  "no-name",
  "refused",
  "tls",
  "timeout",
  "cut",
  "hang",
  "status",
]);

/**
 * The command that points the account's go at the well-known public proxies that answer now, where its own proxy does not and
 * nobody has chosen that one: a company's proxy has modules that no public one has, and their names are not for others.
 * Undefined where there is nothing to offer.
 */
export async function offerProxies(context: CheckContext, fault: DownloadFault): Promise<string | undefined> {
  if (context.askPublicProxies === undefined || !curable.has(fault) || !(await isUnchosen(context))) return undefined;
  const answering = await context.askPublicProxies(context.module);
  if (answering.length === 0) return undefined;
  const list = `GOPROXY=${[...answering.map(({ url }) => url), "direct"].join(",")}`;
  // Through none of them: then by the database's own name for mainland China, under the same key.
  const database = answering.some(({ hasChecksums }) => hasChecksums) ? [] : ["GOSUMDB=sum.golang.google.cn"];
  return formatRemedy(runAs(context.account.name, "go", "env", "-w", list, ...database));
}

/** Whether the account's proxy is the one that its Go came with, or public ones of our own list: then `go env -w` holds. */
async function isUnchosen(context: CheckContext): Promise<boolean> {
  const { environments, env, goenv } = await readAccountSettings(context);
  const isInEnvironment = [...environments.map((each) => each.env), env, context.passedEnvironment].some(
    ({ GOPROXY = "" }) => GOPROXY !== "",
  );
  if (isInEnvironment || goenv === null) return false;
  const entries = (goenv.settings["GOPROXY"] ?? "").split(/[,|]/).map((entry) => entry.trim().replace(/\/+$/, ""));
  return entries.every((entry) => ["", "direct", ...listPublicProxies()].includes(entry));
}
