import { findActiveManager, findGoBringer, goBringers, type GoBringerName } from "../../environment/version-manager.ts";
import { advise } from "../../errors/remedy.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import type { Account } from "../../host/ports.ts";
import { askShell } from "../../verify/ask-shells.ts";
import { type Diagnostic, diagnostic, type DoctorFinding, findInfo, findWarning } from "../diagnostic.ts";
import { type DoctorContext, oncePerAccount } from "../doctor-context.ts";
import { readRcTexts } from "../environment/rc-texts.ts";
import { findSeenGos, nameContexts } from "./seen-gos.ts";
import { findShellLines } from "./shell-lines.ts";
import { nameSome } from "../../errors/name-some.ts";

/** Titles where the name alone says little. */
const titles: Partial<Record<GoBringerName, string>> = {
  brew: "Homebrew",
  g: "g (voidint/g)",
  nix: "Nix",
  webi: "Webi",
};

/** One for each way in which Go comes to an account; the table is environment/version-manager.ts'. */
function broughtGo<const Name extends GoBringerName>(name: Name): Diagnostic<`${Name}-go`> {
  const title = titles[name] ?? name;
  return diagnostic({
    id: `${name}-go`,
    group: "go",
    severity: "warning",
    sees: `a Go of ${title}, and the lines that start it`,
    why: `Where ${title} decides what go is, readygo's release is not what runs, and its updates change nothing there.`,
    needs: [],
    run: async (context) => (await Promise.all(context.accounts.map((account) => look(context, account, name)))).flat(),
  });
}

async function look(context: DoctorContext, account: Account, name: GoBringerName): Promise<readonly DoctorFinding[]> {
  const { place, line, files, handOver, isForGoAlone } = findGoBringer(name);
  const isRunning = context.root === "";
  const kept = isRunning ? ((await findKept(context, account)).get(name) ?? []) : [];
  const active = isRunning ? await findActive(context, account, { name, place }) : [];
  if (kept.length === 0 && active.length === 0 && !isForGoAlone) return [];
  const lines = await findShellLines(context, account, line, files);
  if (kept.length === 0 && active.length === 0 && lines.length === 0) return [];
  const origins = [...lines, ...active.map(({ path }) => path), ...kept.slice(0, 3)];
  const contexts = active.flatMap((each) => each.contexts);
  const [first] = active;
  if (first !== undefined) {
    const evidence = `${first.path} of ${name} is the go of ${account.name} in ${nameContexts(contexts)}`;
    return [findWarning({ account: account.name, evidence, origins, remedy: advise(`if that is not wanted, as ${account.name}:  ${handOver}${await adviseBlock(context, account)}`) })]; // prettier-ignore
  }
  // What lies in no home is every account's, and told once.
  const isOfHost = origins.every((origin) => !origin.startsWith(`${account.home}/`));
  const who = isOfHost ? "this host" : account.name;
  const evidence =
    kept.length === 0
      ? `${who} has lines that start ${name}, and no Go of it was found`
      : `${who} has a Go of ${name} (${nameSome(kept)}), which decides nothing here`;
  return [findInfo({ account: isOfHost ? null : account.name, evidence, origins, remedy: advise(`nothing; to leave the choice to the host for good:  ${handOver}`) })]; // prettier-ignore
}

/** Where a manager chooses, `install` puts no block into the account's files; once it does not any more, one is wanted. */
async function adviseBlock(context: DoctorContext, account: Account): Promise<string> {
  const hasBlock = (await readRcTexts(context, account)).some(({ block }) => block !== undefined);
  if (hasBlock || context.receipt === undefined) return "";
  return `;  then, as root:  readygo install ${context.receipt.version} --user ${account.name}`;
}

/** What lies at the places of all of them, by name; asked of each account once in a run. */
const findKept = oncePerAccount(listKept);

/** Patterns are the table's own: they stand in the script as they are, for bash to expand. */
async function listKept(context: DoctorContext, account: Account): Promise<ReadonlyMap<string, readonly string[]>> {
  const loops = goBringers.map(
    ({ name, keeps }) =>
      `for path in ${keeps.join(" ")}; do if [ -e "$path" ]; then printf '%s\\0%s\\0' ${name} "$path"; fi; done`,
  );
  const { stdout } = await context.processes.run({
    argv: ["/bin/bash", "-c", ["cd 2>/dev/null", ...loops].join("\n")],
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C", HOME: account.home },
    cwd: absolutePath("/"),
    asUser: account,
    timeoutMs: Math.min(context.timeoutMs, 10_000),
  });
  const words = stdout.split("\0");
  const kept = new Map<string, string[]>();
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [name = "", path = ""] = words.slice(at, at + 2);
    const paths = kept.get(name) ?? [];
    kept.set(name, [...paths, path.startsWith("/") ? path : `${account.home}/${path}`]);
  }
  return kept;
}

interface ActiveGo {
  readonly path: string;
  readonly contexts: readonly string[];
}

async function findActive(
  context: DoctorContext,
  account: Account,
  { name, place }: { readonly name: GoBringerName; readonly place: RegExp },
): Promise<readonly ActiveGo[]> {
  const seen = (await findSeenGos(context)).filter((go) => go.account === account && go.contexts.length > 0);
  const active = seen.filter(({ path, target }) => place.test(path) || place.test(target));
  if (active.length > 0) return active;
  // Where a variable names its place, the shell alone knows that.
  const check = context.of(account);
  const answers = { login: await askShell(check, "login"), interactive: await askShell(check, "interactive") };
  const manager = findActiveManager(answers);
  return manager?.name === name ? [{ path: manager.go, contexts: [`the ${manager.shell} shell`] }] : [];
}

export const broughtGos = [
  broughtGo("conda"),
  broughtGo("brew"),
  broughtGo("nix"),
  broughtGo("gvm"),
  broughtGo("goenv"),
  broughtGo("asdf"),
  broughtGo("mise"),
  broughtGo("vfox"),
  broughtGo("proto"),
  broughtGo("aqua"),
  broughtGo("g"),
  broughtGo("goup"),
  broughtGo("gobrew"),
  broughtGo("gimme"),
  broughtGo("webi"),
  broughtGo("update-golang"),
] as const;
