import { absolutePath } from "../../host/absolute-path.ts";
import { redactUrl } from "../../errors/redact-url.ts";
import { advise, edit } from "../../errors/remedy.ts";
import { diagnostic, type DoctorFinding, findWarning } from "../diagnostic.ts";
import { readSystemFile } from "./rc-texts.ts";

const file = absolutePath("/etc/environment");
const usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** What people take from a shell's file; a `$` in a value of another kind may be meant. */
const reference = /\$\{?(?:PATH|HOME|USER|GO[A-Z0-9]*)\b/;

export const environmentLiteral = diagnostic({
  id: "environment-literal",
  group: "environment",
  severity: "warning",
  sees: `a variable in a value of ${file}, which no shell reads`,
  why: "PAM takes it letter by letter: a PATH of such words has lost the directories that it should be added to.",
  needs: [],
  run(context) {
    const lines = (readSystemFile(context, file) ?? "").split("\n");
    return Promise.resolve(
      lines.flatMap((line, at): readonly DoctorFinding[] => {
        const [, name, value = ""] = /^\s*(?:export )?([A-Za-z_]\w*)=(.*)$/.exec(line) ?? [];
        const used = reference.exec(value.replace(/#.*$/, ""))?.[0];
        if (name === undefined || used === undefined) return [];
        // A value of another kind may be a secret: it is not repeated.
        const isShown = (name === "PATH" || name.startsWith("GO")) && redactUrl(line) === line;
        const better = name === "PATH" ? `PATH="${expandPath(value)}"` : null;
        return [
          findWarning({
            evidence: `${file}:${at + 1} has ${used.replace("{", "")} in ${name}, which is taken literally${isShown ? `: ${line.trim()}` : ""}`,
            origins: [`${file}:${at + 1}`],
            remedy: isShown
              ? edit(context.files.locate(file), at + 1, line, better)
              : advise(`write the value of ${name} out in ${file}:${at + 1}`),
          }),
        ];
      }),
    );
  },
});

/** The usual PATH in the place of `$PATH`; entries with other variables, which lead nowhere, are left out. */
export function expandPath(value: string): string {
  const bare = value
    .replace(/#.*$/, "")
    .trim()
    .replace(/^["']|["']$/g, "");
  const entries = bare.split(":").flatMap((entry) => {
    if (/^\$\{?PATH\}?$/.test(entry)) return usualPath.split(":");
    return entry === "" || entry.includes("$") ? [] : [entry];
  });
  // Without them a login finds no command at all.
  return [...new Set([...entries, ...usualPath.split(":")])].join(":");
}
