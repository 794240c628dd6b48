import { redactUrl } from "../../errors/redact-url.ts";
import { advise, edit } from "../../errors/remedy.ts";
import type { Account } from "../../host/ports.ts";
import type { OwnShellMode } from "../../environment/shell-answer.ts";
import { askShell } from "../../verify/ask-shells.ts";
import { silentShellRemedy } from "../../verify/checks/shell-path.ts";
import { diagnostic, type DoctorFinding, findInfo, findWarning } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { isTopLevel, isWholeWithout, listOwnLines, type RcLine, type RcText, readRcTexts } from "./rc-texts.ts";

const variables = String.raw`GO(?:111MODULE|ARCH|AUTH|BIN|(?:MOD)?CACHE|ENV|EXPERIMENT|FLAGS|INSECURE|OS|PATH|PRIVATE|ROOT|(?:NO)?PROXY|(?:NO)?SUMDB|TMPDIR|TOOLCHAIN|VCS|WORK)`;
const setsVariable = new RegExp(String.raw`^(?:export\s+|set\s+(?:-\w+\s+)+)?${variables}[=\s]`);

/** A line that sets PATH for Go, or a variable of Go's. */
export function isGoLine(text: string): boolean {
  const line = text.trim();
  if (setsVariable.test(line)) return true;
  const isPath = /^(?:export\s+|set\s+(?:-\w+\s+)+)?(?:PATH|fish_user_paths)[=\s]|^fish_add_path\s/.test(line);
  return isPath && /\bgo\b|go1\.|\bGO(?:ROOT|PATH|BIN)\b/.test(line);
}

export const rcDuplicates = diagnostic({
  id: "rc-duplicates",
  group: "environment",
  severity: "info",
  sees: "the same line for Go several times in a file of a shell",
  why: "PATH grows with each of them, and who changes one is puzzled by the other.",
  needs: ["running"],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const account of context.accounts) {
      for (const rc of await readRcTexts(context, account)) {
        for (const { kept, surplus } of listRepeated(rc)) {
          const isWhole = await isWholeWithout(context, account, rc, surplus.number);
          findings.push(
            findInfo({
              account: account.name,
              evidence: `${rc.path}:${surplus.number} says the same as line ${kept.number}: ${redactUrl(surplus.text)}`,
              origins: [`${rc.path}:${surplus.number}`, `${rc.path}:${kept.number}`],
              remedy:
                isWhole && redactUrl(surplus.text) === surplus.text
                  ? edit(rc.path, surplus.number, surplus.text, null)
                  : advise(`let only one of them stand in ${rc.path}`),
            }),
          );
        }
      }
    }
    return findings;
  },
});

interface Repeated {
  readonly kept: RcLine;
  readonly surplus: RcLine;
}

/**
 * Of what puts a directory before PATH the last line decides, of what puts one behind it the first. The surplus lines come
 * from below to above, so that one can be deleted after the other.
 */
export function listRepeated(rc: RcText): readonly Repeated[] {
  const lines = listOwnLines(rc).filter(({ text }) => /^\S/.test(text) && isGoLine(text));
  const groups = [...Map.groupBy(lines, ({ text }) => text.trimEnd()).values()];
  return groups
    .flatMap((group): readonly Repeated[] => {
      const isAppending = /\bPATH="?\$\{?PATH\b/.test(group[0]?.text ?? "");
      const kept = isAppending ? group[0] : group.at(-1);
      return kept === undefined ? [] : group.filter((line) => line !== kept).map((surplus) => ({ kept, surplus }));
    })
    .toSorted((a, b) => b.surplus.number - a.surplus.number);
}

/** What ends a file for whoever reads it, if nothing is around it. */
export function isEnding(text: string): boolean {
  if (/^(?:exit|return)(?:\s+\d+)?\s*;?\s*(?:#.*)?$/.test(text)) return true;
  // With redirections alone, exec changes the shell and ends nothing.
  return /^exec\s+(?:-[cl]+\s+|-a\s+\S+\s+)*[\w./~$"'][^&|;]*$/.test(text) && !/^exec\s+\d*[<>]/.test(text);
}

/** The first line of a file at which it always ends. */
async function findEnding(context: DoctorContext, account: Account, rc: RcText): Promise<RcLine | undefined> {
  for (const line of listOwnLines(rc)) {
    if (isEnding(line.text) && (await isTopLevel(context, account, rc, line.number))) return line;
  }
  return undefined;
}

export const rcUnreachable = diagnostic({
  id: "rc-unreachable",
  group: "environment",
  severity: "warning",
  sees: "lines for Go behind an exit, return or exec that ends the file",
  why: "They are never run.",
  needs: ["running"],
  run: (context) =>
    eachEnding(context, (account, rc, ending) => {
      const dead = listOwnLines(rc).filter(({ number, text }) => number > ending.number && isGoLine(text));
      if (dead.length === 0) return [];
      const numbers = dead.map(({ number }) => number);
      const lines = `${numbers.length === 1 ? "line" : "lines"} ${numbers.join(", ")}`;
      return [
        findWarning({
          account: account.name,
          evidence: `${lines} of ${rc.path} for Go ${numbers.length === 1 ? "is" : "are"} never run: line ${ending.number} ends the file (${redactUrl(ending.text.trim())})`,
          origins: [...numbers, ending.number].map((number) => `${rc.path}:${number}`),
          remedy: advise(`move ${lines} of ${rc.path} above line ${ending.number}, or delete them`),
        }),
      ];
    }),
});

export const rcExec = diagnostic({
  id: "rc-exec",
  group: "environment",
  severity: "warning",
  sees: "an exit, return or exec that ends a file of a shell before readygo's block",
  why: "The shell never comes to the lines that put Go first on PATH.",
  needs: ["running"],
  run: (context) =>
    eachEnding(context, (account, rc, ending) =>
      rc.block === undefined || rc.block.begin < ending.number
        ? []
        : [
            findWarning({
              account: account.name,
              evidence: `${rc.path}:${ending.number} ends the file before readygo's block in line ${rc.block.begin}: ${redactUrl(ending.text.trim())}`,
              origins: [`${rc.path}:${ending.number}`],
              remedy: advise(
                `move line ${ending.number} of ${rc.path} to its end, below the block, or make it depend on something`,
              ),
            }),
          ],
    ),
});

async function eachEnding(
  context: DoctorContext,
  judge: (account: Account, rc: RcText, ending: RcLine) => readonly DoctorFinding[],
): Promise<readonly DoctorFinding[]> {
  const asked = context.accounts.map(async (account) => {
    const texts = await readRcTexts(context, account);
    const found = await Promise.all(
      texts.map(async (rc) => {
        const ending = await findEnding(context, account, rc);
        return ending === undefined ? [] : judge(account, rc, ending);
      }),
    );
    return found.flat();
  });
  return (await Promise.all(asked)).flat();
}

export const shellSilent = diagnostic({
  id: "shell-silent",
  group: "environment",
  severity: "warning",
  sees: "an account's shell that does not come to the end of its files",
  why: "Nobody can tell what such a shell finds, and editors and scripts that start it wait in vain.",
  needs: ["running"],
  async run(context) {
    const asked = context.accounts.flatMap((account) =>
      (["login", "interactive"] as const).map((mode) => judgeSilence(context, account, mode)),
    );
    return (await Promise.all(asked)).flat();
  },
});

async function judgeSilence(
  context: DoctorContext,
  account: Account,
  mode: OwnShellMode,
): Promise<readonly DoctorFinding[]> {
  const check = context.of(account);
  const answer = await askShell(check, mode);
  if (answer.kind !== "silent") return [];
  const texts = await readRcTexts(context, account);
  const origins = texts.flatMap((rc) =>
    listOwnLines(rc)
      .filter(({ text }) => /(?:^|[\s;&|({])(?:exec\s+[^\s\d<>&{]|exit\b)/.test(text))
      .map(({ number }) => `${rc.path}:${number}`),
  );
  const where = origins.length === 0 ? "" : `; it may end at ${origins.join(" or ")}`;
  return [
    findWarning({
      account: account.name,
      evidence: `${account.name}'s ${mode} shell: ${answer.why}${where}`,
      origins,
      remedy: advise(silentShellRemedy(check, mode)),
    }),
  ];
}
