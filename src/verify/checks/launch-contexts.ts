import { createContextAsker } from "../../environment/ask-contexts.ts";
import type { ContextRow } from "../../errors/event.ts";
import { type Check, type CheckContext, type Finding, pass, skip, warn } from "../check.ts";
import { places } from "../../host/places.ts";
import { openShells } from "../ask-shells.ts";
import { composeRows } from "../context-row.ts";

const mostNamed = 3;

/**
 * A warning where something of the account's or the host's is in the way: with which PATH a process starts is not
 * readygo's to decide.
 */
export const launchContexts: Check = {
  id: "launch-contexts",
  layer: 2,
  proves: "however a process of the account or of root starts (shells, sudo, ssh, services …), `go` is this tree's",
  cost: "start",
  bound: 6,
  needsRunning: true,
  async run(context) {
    const { files, processes, accounts = [context.account], version } = context;
    const options = { shellMs: Math.min(context.timeoutMs, 10_000), shells: await openShells(context) };
    const asker = createContextAsker({ files, processes }, options);
    const answers = (await Promise.all(accounts.map((account) => asker.ask(account)))).flat();
    const rows = await composeRows({ files, processes }, answers, version);
    context.onContexts?.(rows);
    return judge(context, rows);
  },
};

function judge(context: CheckContext, rows: readonly ContextRow[]): Finding {
  const seen = rows.filter(({ status }) => status !== "skip");
  const names = [...new Set(rows.map(({ account }) => account))].join(" and ");
  if (seen.length === 0) return skip(`no launch context of ${names} could be seen`);
  const passed = rows.filter(({ status }) => status === "pass");
  const failed = rows.filter(({ status }) => status === "warn");
  const none = rows.filter(({ status }) => status === "info");
  const parts = [
    `${passed.length} of ${rows.length} launch contexts of ${names} find this Go`,
    ...(failed.length === 0 ? [] : [listRows(failed)]),
    ...(none.length === 0 ? [] : [`none is found by ${listNames(none)} (PATH is /usr/bin and /bin)`]),
    ...(seen.length === rows.length ? [] : [`${rows.length - seen.length} could not be seen`]),
  ];
  const [first] = failed;
  return first === undefined ? pass(parts.join("; ")) : warn(parts.join("; "), advise(context, first));
}

function listRows(rows: readonly ContextRow[]): string {
  const named = rows.slice(0, mostNamed).map(({ account, typed, go, version, variables, why }) => {
    const root = variables["GOROOT"];
    const found = go === null ? (why ?? "nothing") : version === null ? go : `${go} (${version})`;
    return `${account}: \`${typed}\` ${root === undefined ? `finds ${found}` : `has GOROOT=${root.value} of ${root.origin}`}`;
  });
  return [...named, ...(rows.length > mostNamed ? [`and ${rows.length - mostNamed} more`] : [])].join("; ");
}

function listNames(rows: readonly ContextRow[]): string {
  return [...new Set(rows.map(({ typed }) => `\`${typed}\``))].join(", ");
}

/** The first remedy that cures it, makes no context worse, and is of the account that it is for. */
function advise({ receipt, version }: CheckContext, { account, go, how, typed, variables }: ContextRow): string {
  if (receipt?.links !== undefined && receipt.links.length === 0) return `readygo install ${version}`;
  const path = variables["PATH"];
  const place = path?.origin ?? "its files";
  if (how === "started") {
    if (go === null || go.startsWith("/")) return `readygo install ${version} --user ${account}`;
    return `if that is not wanted, give it another name than go in ${account}'s files`;
  }
  // cron, or a sudo without /usr/local/bin: what starts the process decides, and no file of a shell.
  if (path?.value.split(":").includes(places.linkDirectory) === true) {
    return `let ${places.linkDirectory} stand before the other Go's directory in PATH (${place})`;
  }
  return `for \`${typed}\`: write ${places.goBinary}, or add ${places.linkDirectory} to PATH there (${place})`;
}
