import type { Account } from "../../host/ports.ts";
import { advise } from "../../errors/remedy.ts";
import { readAccountSettings } from "../../verify/account-settings.ts";
import { lookAsAccount } from "../../verify/look-as-account.ts";
import { diagnostic, type DoctorFinding, findInfo } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";

export const gitMissing = diagnostic({
  id: "git-missing",
  group: "host",
  severity: "info",
  sees: "no git on an account's PATH",
  why: "go asks git for modules that no proxy has: private ones, and all with GOPROXY=direct.",
  needs: ["running"],
  run: (context) =>
    findMissing(context, {
      programs: () => ["git"],
      describe: (accounts) =>
        `${accounts} no git: modules that no module proxy has, private ones above all, cannot be fetched`,
      advice: "sudo apt-get install git  where such modules are used",
    }),
});

export const compilerMissing = diagnostic({
  id: "compiler-missing",
  group: "host",
  severity: "info",
  sees: "no C compiler on an account's PATH",
  why: "go then builds without cgo, and go test -race and packages that need C cannot be built.",
  needs: ["running"],
  run: (context) =>
    findMissing(context, {
      // The first word of CC, and what go itself looks for.
      programs: (settings) => {
        const [own] = (settings["CC"] ?? "").trim().split(/\s+/);
        return own === undefined || own === "" ? ["gcc", "clang"] : [own];
      },
      describe: (accounts, programs) =>
        `${accounts} no C compiler (${programs.join(", ")}): go builds without cgo, and -race cannot be used`,
      advice: "sudo apt-get install gcc libc6-dev  where cgo or -race is used",
    }),
});

interface Question {
  programs(settings: Readonly<Record<string, string | undefined>>): readonly string[];
  describe(accounts: string, programs: readonly string[]): string;
  readonly advice: string;
}

/** Accounts that lack the same programs are one finding: it is most often the host that has none. */
async function findMissing(context: DoctorContext, question: Question): Promise<readonly DoctorFinding[]> {
  const lacking = await Promise.all(context.accounts.map((account) => lookFor(context, account, question)));
  const byPrograms = Map.groupBy(lacking.flat(), ({ programs }) => programs.join("\0"));
  return [...byPrograms.values()].map((group) => {
    const names = group.map(({ account }) => account.name);
    return findInfo({
      account: names.length === 1 ? (names[0] ?? null) : null,
      evidence: question.describe(
        `${names.join(" and ")} ${names.length === 1 ? "has" : "have"}`,
        group[0]?.programs ?? [],
      ),
      remedy: advise(question.advice),
    });
  });
}

interface Lack {
  readonly account: Account;
  readonly programs: readonly string[];
}

async function lookFor(context: DoctorContext, account: Account, question: Question): Promise<readonly Lack[]> {
  const check = context.of(account);
  const { env, goenv } = await readAccountSettings(check);
  const programs = question.programs({ ...goenv?.settings, ...env });
  const entries = (env["PATH"] ?? "").split(":").filter((entry) => entry.startsWith("/"));
  const places = programs.flatMap((name) =>
    name.includes("/") ? [name] : entries.map((entry) => `${entry.replace(/\/+$/, "")}/${name}`),
  );
  const { seen, unseen } = await lookAsAccount(check, places);
  const isThere = unseen !== undefined || seen.some(({ target }) => target !== undefined);
  return isThere ? [] : [{ account, programs }];
}
