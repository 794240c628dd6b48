import { posix } from "node:path";
import { absolutePath } from "../../host/absolute-path.ts";
import { advise, edit, type Remedy, runAs, runAsRoot } from "../../errors/remedy.ts";
import { findActiveManager } from "../../environment/version-manager.ts";
import { programOf } from "../../environment/shell-answer.ts";
import { places } from "../../host/places.ts";
import type { Account } from "../../host/ports.ts";
import { askShell } from "../../verify/ask-shells.ts";
import { lookAsAccount } from "../../verify/look-as-account.ts";
import { findDirectoryOrigin } from "../../verify/trace-origins.ts";
import { diagnostic, type DoctorFinding, findInfo, findWarning } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { askAccount } from "./ask-account.ts";
import { putBehind } from "./path-remedy.ts";
import { isGoLine } from "./rc-lines.ts";
import { listOwnLines, parsePlace, type RcText, readRcTexts, readSystemFile } from "./rc-texts.ts";

function findText(texts: readonly RcText[], name: string): RcText | undefined {
  return texts.find(({ path }) => posix.basename(path) === name);
}

export const profileHidden = diagnostic({
  id: "profile-hidden",
  group: "environment",
  severity: "warning",
  sees: "a ~/.bash_profile or ~/.bash_login that hides ~/.profile",
  why: "bash reads the first of them alone: what ~/.profile sets is missing in its login shells.",
  needs: [],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const account of context.accounts) {
      if (posix.basename(account.shell) !== "bash") continue;
      const texts = await readRcTexts(context, account);
      const [hiding] = [".bash_profile", ".bash_login"].flatMap((name) => findText(texts, name) ?? []);
      const hidden = findText(texts, ".profile");
      if (hiding === undefined || hidden === undefined) continue;
      if (listOwnLines(hiding).some(({ text }) => /\.profile\b/.test(text))) continue;
      const lines = listOwnLines(hidden).filter(({ text }) => isGoLine(text));
      const shape = {
        account: account.name,
        evidence: `${hiding.path} hides ${hidden.path}${lines.length === 0 ? "" : `, which sets something for Go in line ${lines.map(({ number }) => number).join(", ")}`}`,
        origins: [hiding.path, ...lines.map(({ number }) => `${hidden.path}:${number}`)],
        remedy: readFirst(context, account, hiding, hidden),
      };
      findings.push(lines.length === 0 ? findInfo(shape) : findWarning(shape));
    }
    return findings;
  },
});

/** Read first, so that all that the other file sets still counts. */
function readFirst({ root }: DoctorContext, account: Account, hiding: RcText, hidden: RcText): Remedy {
  const name = posix.basename(hiding.path);
  if (root !== "" || listOwnLines(hidden).some(({ text }) => text.includes(name))) {
    return advise(`let ${hiding.path} read what it needs of ${hidden.path}`);
  }
  return runAs(account.name, "sed", "-i", "--follow-symlinks", "1i [ ! -r ~/.profile ] || . ~/.profile", hiding.path);
}

export const profileOrder = diagnostic({
  id: "profile-order",
  group: "environment",
  severity: "warning",
  sees: "a login file that puts another Go in front after it has read ~/.bashrc",
  why: "A login shell finds another Go than a terminal.",
  needs: ["running"],
  async run(context) {
    const findings = await Promise.all(context.accounts.map((account) => judgeOrder(context, account)));
    return findings.flat();
  },
});

async function judgeOrder(context: DoctorContext, account: Account): Promise<readonly DoctorFinding[]> {
  const check = context.of(account);
  const [login, interactive] = [await askShell(check, "login"), await askShell(check, "interactive")];
  const go = programOf(login);
  if (go === undefined || findActiveManager({ login, interactive }) !== undefined) return [];
  const { seen } = await lookAsAccount(check, [go]);
  if (seen.length === 0 || seen[0]?.target === places.goBinary) return [];
  const place = parsePlace((await findDirectoryOrigin(check, "login", posix.dirname(go))) ?? "");
  const rc = (await readRcTexts(context, account)).find(({ path }) => path === place?.file);
  if (place === undefined || rc === undefined || ![".profile", ".bash_profile", ".bash_login"].includes(posix.basename(rc.path))) return []; // prettier-ignore
  const reading = listOwnLines(rc).findLast(
    ({ number, text }) => number < place.line && /(?:^|[\s;&])(?:\.|source)\s+\S*\.bashrc\b/.test(text),
  );
  if (reading === undefined) return [];
  return [
    findWarning({
      account: account.name,
      evidence: `${rc.path}:${place.line} puts ${posix.dirname(go)} in front after line ${reading.number} has read ~/.bashrc`,
      origins: [`${rc.path}:${place.line}`],
      // The block stands last again then.
      remedy: runAsRoot("readygo", "install", check.version, "--user", account.name),
    }),
  ];
}

const directory = absolutePath("/etc/profile.d");

export const profileDLater = diagnostic({
  id: "profile-d-later",
  group: "environment",
  severity: "warning",
  sees: `a file in ${directory} that sorts after readygo.sh and puts another Go in front`,
  why: "Login shells of every account without readygo's block find that Go.",
  needs: ["running"],
  async run(context) {
    const [account] = context.accounts;
    const later = context.files.list(directory).filter((name) => name > posix.basename(places.profile) && name.endsWith(".sh")); // prettier-ignore
    if (account === undefined || later.length === 0 || !context.files.list(directory).includes("readygo.sh")) return [];
    const said = await askAccount(context, account, `exec /bin/bash --norc -p -c '${followFiles}' bash`);
    const steps = said.split("\0").slice(0, -1);
    const findings: DoctorFinding[] = [];
    let before = "";
    for (let at = 0; at + 1 < steps.length; at += 2) {
      const [file = "", go = ""] = steps.slice(at, at + 2);
      const isOurs = before === places.goBinary;
      before = go;
      if (isOurs && go !== "" && go !== places.goBinary && later.includes(posix.basename(file))) {
        findings.push(tellLater(context, file, go));
      }
    }
    return findings;
  },
});

/** The files of /etc/profile.d, read in their order as a login shell does, and where go leads after each of them. */
const followFiles = `PATH=/usr/local/bin:/usr/bin:/bin
for readygo_file in ${directory}/*.sh; do
  [ -r "$readygo_file" ] && . "$readygo_file" >/dev/null 2>&1
  printf "%s\\\\0%s\\\\0" "$readygo_file" "$(/usr/bin/readlink -f -- "$(builtin type -P go)")"
done`;

function tellLater(context: DoctorContext, file: string, go: string): DoctorFinding {
  const lines = (readSystemFile(context, absolutePath(file)) ?? "").split("\n");
  const candidates = lines.flatMap((text, at) =>
    /^\s*(?:export\s+)?PATH=/.test(text) ? [{ text, number: at + 1 }] : [],
  );
  const [line] = candidates;
  const isSure = candidates.length === 1 && line !== undefined;
  const better = isSure ? putBehind(line.text) : undefined;
  const origin = isSure ? `${file}:${line.number}` : file;
  return findWarning({
    evidence: `${origin} puts ${posix.dirname(go)} in front of ${places.goBin}, after ${places.profile}`,
    origins: [origin],
    remedy:
      isSure && better !== undefined
        ? edit(file, line.number, line.text, better)
        : advise(`let ${file} put ${posix.dirname(go)} behind $PATH, or take it away if nobody needs that Go`),
  });
}
