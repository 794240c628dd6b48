import { posix } from "node:path";
import { absolutePath } from "../../host/absolute-path.ts";
import { advise } from "../../errors/remedy.ts";
import { contentLines } from "../../release/version-files/version-word.ts";
import { diagnostic, type DoctorFinding, findWarning } from "../diagnostic.ts";
import { holds } from "./ask-account.ts";

export const homeWorkspace = diagnostic({
  id: "home-workspace",
  group: "environment",
  severity: "warning",
  sees: "a go.work in the home that names a module which is not there",
  why: "It counts in every directory below the home, and each go command that reads modules stops at it.",
  needs: ["running"],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const account of context.accounts) {
      const file = absolutePath(account.home, "go.work");
      const text = await context.readHome(account, file);
      if (text === undefined) continue;
      for (const { directory, line } of listUses(text)) {
        const place = posix.resolve(account.home, directory);
        if (await holds(context, account, '[ -f "$1/go.mod" ]', place)) continue;
        findings.push(
          findWarning({
            account: account.name,
            evidence: `${file} of ${account.name} uses ${directory}, and there is no ${place}/go.mod`,
            origins: [`${file}:${line}`],
            remedy: advise(`take ${directory} out of ${file}, or set it aside: mv ${file} ${file}.away`),
          }),
        );
      }
    }
    return findings;
  },
});

/** The directories of a go.work's `use` lines, alone or in a block. */
export function listUses(text: string): readonly { readonly directory: string; readonly line: number }[] {
  const uses: { readonly directory: string; readonly line: number }[] = [];
  let isInside = false;
  for (const [at, whole] of text.split("\n").entries()) {
    const [content = ""] = contentLines(whole, "//");
    const [, alone] = /^use\s+([^\s(]+)$/.exec(content) ?? [];
    if (alone !== undefined) uses.push({ directory: unquote(alone), line: at + 1 });
    else if (/^use\s*\($/.test(content)) isInside = true;
    else if (content.startsWith(")")) isInside = false;
    else if (isInside && content !== "") uses.push({ directory: unquote(content), line: at + 1 });
  }
  return uses;
}

function unquote(word: string): string {
  return word.replace(/^["`](.*)["`]$/, "$1");
}
