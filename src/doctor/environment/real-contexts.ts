import type { ContextRow } from "../../errors/event.ts";
import { advise } from "../../errors/remedy.ts";
import { describeRun } from "../../host/child/describe-run.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import type { Account } from "../../host/ports.ts";
import { diagnostic, type DoctorFinding, findInfo, findWarning } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";

/** Text for sh. */
const findGo = "command -v go || echo none";
/** The same for an account's own shell, fish and tcsh too. */
const startSh = `exec sh -c '${findGo}'`;

/** Contexts that root can start at once, without a password and without a change: how, by their names in docs/contexts.md. */
const starters: Readonly<Record<string, (account: string) => readonly [string, ...string[]]>> = {
  su: (account) => ["su", account, "-c", startSh],
  "su-login": (account) => ["su", "-", account, "-c", startSh],
  "sudo-as": (account) => ["sudo", "-n", "-u", account, "sh", "-c", findGo],
  service: (account) => [...runUnit, `--uid=${account}`, "sh", "-c", findGo],
  "user-service": (account) => [...runUnit, "--user", `--machine=${account}@.host`, "sh", "-c", findGo],
};

const runUnit = ["systemd-run", "--quiet", "--wait", "--pipe", "--collect"] as const;

export const contextReal = diagnostic({
  id: "context-real",
  group: "environment",
  severity: "warning",
  sees: "a launch context (su, sudo, a systemd service) that finds another go when it is started for real than by what decides it",
  why: "Something on this host decides what is found there that readygo does not know of, and other findings on it may be wrong.",
  needs: ["root", "running"],
  isDeep: true,
  async run(context) {
    const findings: DoctorFinding[] = [];
    const started: string[] = [];
    for (const account of context.accounts) {
      const rows = (await context.rows()).filter((row) => row.account === account.name);
      for (const row of rows) {
        const answer = await start(context, account, row);
        if (answer === undefined) continue;
        const name = `${row.typed} of ${account.name}`;
        started.push("found" in answer ? name : `${name} (${answer.failure})`);
        const finding = "found" in answer ? compare(account, row, answer.found) : undefined;
        if (finding !== undefined) findings.push(finding);
      }
    }
    if (started.length === 0) return findings;
    const traces = findInfo({
      evidence: `started for real: ${started.join(", ")}; cron jobs and ssh were not, since that would change the host or need a key`,
      remedy: advise(
        "nothing has to be done; lines of these sessions are in the journal and in /var/log/auth.log, and su and sudo may have written to lastlog",
      ),
    });
    return [...findings, traces];
  },
});

/** What `go` is there, or why that is not known; undefined where there is no such program. */
async function start(
  context: DoctorContext,
  account: Account,
  row: ContextRow,
): Promise<{ readonly found: string } | { readonly failure: string } | undefined> {
  const argv = starters[row.context]?.(account.name);
  if (argv === undefined) return undefined;
  try {
    const result = await context.processes.run({
      argv,
      env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
      cwd: absolutePath("/"),
      timeoutMs: context.timeoutMs,
    });
    const said = result.stdout.trimEnd().split("\n").at(-1) ?? "";
    if (result.status === 0 && said !== "") return { found: said };
    return { failure: describeRun(result, context.timeoutMs) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function compare(account: Account, row: ContextRow, found: string): DoctorFinding | undefined {
  // An alias is no program's, and sh does not have it.
  const derived = row.go === null ? "none" : row.go;
  if (row.status !== "skip" && (derived === found || !/^(?:none$|\/)/.test(derived))) return undefined;
  const isOurs = /^\/usr\/local\/(?:go\/)?bin\/go$/.test(found);
  if (row.status === "skip" && isOurs) return undefined;
  const expected =
    row.status === "skip"
      ? `it could not be told before (${row.why ?? "unknown"})`
      : `by what decides it, it would be ${derived}`;
  return findWarning({
    account: account.name,
    evidence: `${row.typed} of ${account.name} finds ${found === "none" ? "no go" : found}; ${expected}`,
    remedy: advise(`look for what sets PATH there:  docs/contexts.md says what decides \`${row.context}\``),
  });
}
