import { posix } from "node:path";
import { findActiveManager } from "../../environment/version-manager.ts";
import type { ContextRow } from "../../errors/event.ts";
import { redactUrl } from "../../errors/redact-url.ts";
import { advise, edit, type Remedy, runAsRoot } from "../../errors/remedy.ts";
import { places } from "../../host/places.ts";
import type { Account } from "../../host/ports.ts";
import { askShell } from "../../verify/ask-shells.ts";
import { lookAsAccount } from "../../verify/look-as-account.ts";
import { findCommandOrigin, findDirectoryOrigin } from "../../verify/trace-origins.ts";
import { diagnostic, type DoctorFinding, findInfo, findWarning } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { findRows } from "../settings.ts";
import { isWholeWithout, listOwnLines, parsePlace, readRcTexts } from "./rc-texts.ts";
import { describeContexts, putLinksFirst } from "./path-remedy.ts";

export const contextNone = diagnostic({
  id: "context-none",
  group: "environment",
  severity: "warning",
  sees: "a launch context (login shell, sudo, cron, ssh …) that finds no Go",
  why: "`go` is not found there, although it is on the host.",
  needs: ["running"],
  async run(context) {
    // Where there is no Go at all, other diagnostics say so.
    if (context.release === undefined) return [];
    const findings: DoctorFinding[] = [];
    for (const account of context.accounts) {
      const rows = (await findRows(context, account)).filter(({ go, why }) => go === null && why === undefined);
      for (const group of Map.groupBy(rows, ({ variables }) => describePath(variables["PATH"])).values()) {
        findings.push(tellNone(context, account, group));
      }
    }
    return findings;
  },
});

function describePath(path: ContextRow["variables"][string] | undefined): string {
  return path === undefined ? "PATH is not set" : `PATH is ${path.value}, of ${path.origin}`;
}

/** The sudoers that Debian's sudo brings since 2025 leaves /usr/local out. */
function isStockPath(path: ContextRow["variables"][string] | undefined): boolean {
  return path?.value === "/usr/sbin:/usr/bin:/sbin:/bin" && parsePlace(path.origin)?.file === "/etc/sudoers";
}

function tellNone(context: DoctorContext, account: Account, rows: readonly ContextRow[]): DoctorFinding {
  const [row] = rows;
  const path = row?.variables["PATH"];
  const hasLinks = context.receipt === undefined || context.receipt.links.length > 0;
  const isStock = rows.every(({ status }) => status === "info") || isStockPath(path) || !hasLinks;
  const place = path === undefined ? undefined : parsePlace(path.origin);
  const shape = {
    account: account.name,
    evidence: `${describeContexts(rows)} of ${account.name} find${rows.length === 1 ? "s" : ""} no go: ${describePath(path)}`,
    origins: place === undefined || path === undefined ? [] : [path.origin],
    remedy: adviseNone(context, account, row),
  };
  return isStock ? findInfo(shape) : findWarning(shape);
}

function adviseNone(context: DoctorContext, account: Account, row: ContextRow | undefined): Remedy {
  const { version, receipt } = context.of(account);
  const path = row?.variables["PATH"];
  if (row === undefined || path === undefined) return advise(`write ${places.goBinary} there`);
  const isReached = path.value.split(":").includes(places.linkDirectory);
  if (isReached && (receipt === undefined || receipt.links?.length === 0))
    return runAsRoot("readygo", "install", version);
  if (row.how === "started" && path.origin.startsWith("the files of ")) {
    return runAsRoot("readygo", "install", version, "--user", account.name);
  }
  if (path.value.split(":").includes(places.linkDirectory)) return runAsRoot("readygo", "install", version);
  return (
    putLinksFirst(context, path) ??
    advise(
      row.typed.startsWith("crontab")
        ? `write ${places.goBinary} in the crontab, or let this be its first line:  PATH=${places.linkDirectory}:/usr/bin:/bin`
        : `write ${places.goBinary} there, or add ${places.linkDirectory} to PATH (${path.origin})`,
    )
  );
}

export const contextOther = diagnostic({
  id: "context-other",
  group: "environment",
  severity: "warning",
  sees: "a launch context that finds another Go",
  why: "What is built there is built by another release than everywhere else.",
  needs: ["running"],
  async run(context) {
    if (context.release === undefined) return [];
    const findings = await Promise.all(context.accounts.map((account) => findOthers(context, account)));
    return findings.flat();
  },
});

async function findOthers(context: DoctorContext, account: Account): Promise<readonly DoctorFinding[]> {
  const rows = (await findRows(context, account)).filter(({ go, status }) => status === "warn" && isProgram(go));
  if (rows.length === 0) return [];
  const { seen } = await lookAsAccount(context.of(account), [...new Set(rows.map(({ go }) => go ?? ""))]);
  const ours = new Set(seen.filter(({ target }) => target === places.goBinary).map(({ path }) => path));
  // One in which only GOROOT is wrong is told of by goroot.
  const others = rows.filter(({ go }) => go !== null && !ours.has(go));
  const groups = Map.groupBy(others, ({ go, variables }) => JSON.stringify([go, variables["PATH"]?.origin]));
  return Promise.all([...groups.values()].map((group) => tellOther(context, account, group)));
}

function isProgram(go: string | null): boolean {
  return go?.startsWith("/") === true;
}

async function tellOther(
  context: DoctorContext,
  account: Account,
  rows: readonly ContextRow[],
): Promise<DoctorFinding> {
  const [row] = rows;
  const go = row?.go ?? "";
  const path = row?.variables["PATH"];
  const check = context.of(account);
  const isOfShell = path?.origin.startsWith("the files of ") === true;
  const traced = isOfShell
    ? await Promise.all(
        (["login", "interactive"] as const).map((mode) => findDirectoryOrigin(check, mode, posix.dirname(go))),
      )
    : [parsePlace(path?.origin ?? "") === undefined ? undefined : path?.origin];
  const origins = [...new Set(traced.filter((origin) => origin !== undefined))];
  const by = origins.length === 0 ? (path?.origin ?? "") : origins.join(" and ");
  const version = row?.version === null || row === undefined ? "" : ` (${row.version})`;
  return findWarning({
    account: account.name,
    evidence: `${describeContexts(rows)} of ${account.name} find${rows.length === 1 ? "s" : ""} ${go}${version}, by PATH of ${by}`,
    origins,
    remedy: await adviseOther(context, account, { row, origins, isOfShell }),
  });
}

async function adviseOther(
  context: DoctorContext,
  account: Account,
  found: { readonly row: ContextRow | undefined; readonly origins: readonly string[]; readonly isOfShell: boolean },
): Promise<Remedy> {
  const { row, origins, isOfShell } = found;
  const check = context.of(account);
  const go = row?.go ?? "";
  const path = row?.variables["PATH"];
  const manager = findActiveManager({
    login: await askShell(check, "login"),
    interactive: await askShell(check, "interactive"),
  });
  if (manager?.go === go) return advise(`if that is not wanted, as ${account.name}:  ${manager.handOver}`);
  const isLinkReached = path?.value.split(":").includes(places.linkDirectory) === true;
  if (go.startsWith(`${places.linkDirectory}/`) || (check.receipt === undefined && isLinkReached)) {
    return runAsRoot("readygo", "install", check.version);
  }
  if (!isOfShell) {
    const [at, links] = [posix.dirname(go), places.linkDirectory].map((each) => path?.value.split(":").indexOf(each));
    const isBehind = at !== undefined && links !== undefined && links >= 0 && at > links;
    if (isBehind) return runAsRoot("readygo", "install", check.version);
    const written = `write ${places.goBinary} there, or let ${places.linkDirectory} come first in PATH`;
    return (path === undefined ? undefined : putLinksFirst(context, path)) ?? advise(written);
  }
  const blocks = (await readRcTexts(context, account)).filter(({ block }) => block !== undefined);
  const isLast = blocks.every((rc) => !listOwnLines(rc).some(({ number }) => number > (rc.block?.end ?? 0)));
  // The block is last already: what comes before it in this context is out of its reach.
  if (blocks.length > 0 && isLast) {
    return advise(`take ${posix.dirname(go)} off PATH${origins.length === 0 ? "" : ` in ${origins.join(" and ")}`}, or put it last`); // prettier-ignore
  }
  return runAsRoot("readygo", "install", check.version, "--user", account.name);
}

export const contextAlias = diagnostic({
  id: "context-alias",
  group: "environment",
  severity: "warning",
  sees: "a shell in which `go` is an alias or a function",
  why: "What is typed is not the command that is installed.",
  needs: ["running"],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const account of context.accounts) {
      const rows = (await findRows(context, account)).filter(({ go }) => go !== null && !isProgram(go));
      for (const [text, group] of Map.groupBy(rows, ({ go }) => go ?? "")) {
        const check = context.of(account);
        const origin = (await findCommandOrigin(check, "interactive")) ?? (await findCommandOrigin(check, "login"));
        findings.push(
          findWarning({
            account: account.name,
            evidence: `in ${describeContexts(group)} of ${account.name} \`go\` is ${redactUrl(text)
              .replace(/^alias: (?:alias )?/, "the alias ")
              .replace(/^function: /, "the function ")}`,
            origins: origin === undefined ? [] : [origin],
            remedy: await adviseAlias(context, account, origin),
          }),
        );
      }
    }
    return findings;
  },
});

async function adviseAlias(context: DoctorContext, account: Account, origin: string | undefined): Promise<Remedy> {
  const otherwise = advise(
    `if that is not wanted, give it another name than go${origin === undefined ? "" : ` in ${origin}`}`,
  );
  const place = parsePlace(origin ?? "");
  const rc = (await readRcTexts(context, account)).find(({ path }) => path === place?.file);
  const from = place === undefined ? undefined : rc?.lines[place.line - 1];
  if (place === undefined || rc === undefined || from === undefined) return otherwise;
  const isAlone = /^alias go(?:=|\s)(?:"[^"`$]*"|'[^']*'|[^\s"'`;&|()<>]*)\s*(?:#.*)?$/.test(from);
  return isAlone && (await isWholeWithout(context, account, rc, place.line))
    ? edit(place.file, place.line, from, null)
    : otherwise;
}
