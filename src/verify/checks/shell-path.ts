import { posix } from "node:path";
import { absolutePath, parseAbsolutePath } from "../../host/absolute-path.ts";
import { places } from "../../host/places.ts";
import { askShell } from "../ask-shells.ts";
import { type Check, type CheckContext, fail, type Finding, pass, skip, warn } from "../check.ts";
import { isProfileLost } from "../own-parts.ts";
import { findActiveManager } from "../../environment/version-manager.ts";
import { findCommandOrigin, findDirectoryOrigin } from "../trace-origins.ts";
import { lookAsAccount } from "../look-as-account.ts";
import type { OwnShellMode } from "../../environment/shell-answer.ts";

export const loginShell: Check = {
  id: "login-shell",
  layer: 2,
  proves: `${places.goBin} is the first entry of PATH that holds a \`go\` in a clean login shell of the account`,
  cost: "start",
  bound: 4,
  needsRunning: true,
  run: (context) => judgePath(context, "login"),
};

export const interactiveShell: Check = {
  id: "interactive-shell",
  layer: 2,
  proves: `${places.goBin} is the first entry of PATH that holds a \`go\` in a clean interactive shell of the account`,
  cost: "start",
  bound: 4,
  needsRunning: true,
  run: (context) => judgePath(context, "interactive"),
};

async function judgePath(context: CheckContext, mode: OwnShellMode): Promise<Finding> {
  const answer = await askShell(context, mode);
  if (answer.kind === "unasked") return skip(answer.why);
  if (answer.kind === "silent") return warn(answer.why, silentShellRemedy(context, mode));
  const { go } = answer;
  if (go.kind === "alias" || go.kind === "function") return judgeAlias(context, mode, go);
  const where = `in ${context.account.name}'s ${mode} shell (${posix.basename(context.account.shell)})`;
  // Relative and empty entries mean the current directory, which holds no go of anybody's.
  const entries = (answer.env["PATH"] ?? "").split(":").filter((entry) => parseAbsolutePath(entry) !== undefined);
  const { seen, unseen } = await lookAsAccount(
    context,
    entries.map((entry) => `${entry}/go`),
  );
  const holders = seen.flatMap(({ target }, at) =>
    target === undefined ? [] : [{ entry: entries[at] ?? "", target }],
  );
  const [first, ...others] = holders;
  const unseenWords = unseen === undefined ? "" : `${posix.dirname(unseen.path)} cannot be looked at (${unseen.why})`;
  if (first === undefined && unseen !== undefined) {
    return warn(
      `an entry of PATH ${where} that comes before any go: ${unseenWords}`,
      `see why ${posix.dirname(unseen.path)} does not answer, or take it from PATH in ${context.account.name}'s files`,
    );
  }
  if (first === undefined) {
    return judgeOtherGo(
      context,
      mode,
      `no entry of PATH holds a go ${where}: ${answer.env["PATH"] ?? "PATH is not set"}`,
    );
  }
  if (first.target !== places.goBinary) {
    const origin = await findDirectoryOrigin(context, mode, first.entry);
    const by = origin === undefined ? "" : `, put there by ${origin}`;
    return judgeOtherGo(context, mode, `${first.entry} comes before ${places.goBin} on PATH ${where}${by}`);
  }
  const link = absolutePath(first.entry) === places.goBin ? "" : `, a link to ${places.goBinary}`;
  // A link to this Go is none of the others.
  const behind = others
    .filter(({ target }) => target !== places.goBinary)
    .map(({ entry }) => entry)
    .filter((entry) => absolutePath(entry) !== places.goBin && absolutePath(entry) !== absolutePath(first.entry));
  const rest = [
    ...(behind.length === 0 ? [] : [`before ${behind.join(", ")}`]),
    ...(unseenWords === "" ? [] : [unseenWords]),
  ];
  return pass([`${first.entry}/go${link} comes first ${where}`, ...rest].join(", "));
}

/**
 * What an account's own files do to PATH is the account's: a warning. That readygo's own part is gone from the host is an
 * error, and its cure is another install, which also lets the block of an account that was set up stand last again.
 */
export async function judgeOtherGo(context: CheckContext, mode: OwnShellMode, evidence: string): Promise<Finding> {
  const { account, version } = context;
  const install = `readygo install ${version}`;
  if (mode === "login" && isProfileLost(context))
    return fail(`${evidence}; ${places.profile} is gone or was changed`, install);
  const answers = { login: await askShell(context, "login"), interactive: await askShell(context, "interactive") };
  const manager = findActiveManager(answers);
  if (manager !== undefined) {
    return warn(`${evidence}: ${manager.name} chooses it`, `if that is not wanted:  ${manager.handOver}`);
  }
  if (context.isHomeManaged === false) return warn(evidence, `${install}  without --no-rc`);
  return warn(evidence, `${install} --user ${account.name}`);
}

export async function judgeAlias(
  context: CheckContext,
  mode: OwnShellMode,
  { kind, text }: { readonly kind: "alias" | "function"; readonly text: string },
): Promise<Finding> {
  const origin = await findCommandOrigin(context, mode);
  const from = origin === undefined ? "" : ` of ${origin}`;
  return warn(
    `\`go\` in ${context.account.name}'s ${mode} shell is ${kind === "alias" ? "an alias" : "a function"}${from}: ${text.slice(0, 80)}`,
    `if that is not wanted, give it another name than go${origin === undefined ? "" : ` in ${origin}`}`,
  );
}

export function silentShellRemedy({ account }: CheckContext, mode: OwnShellMode): string {
  return `see what ${account.name}'s files do in  ${account.shell} ${mode === "login" ? "-l" : "-i"} -c true </dev/null`;
}
