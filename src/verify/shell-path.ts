import { posix } from "node:path";
import { absolutePath, parseAbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import { askShell } from "./ask-shells.ts";
import { type Check, type CheckContext, fail, type Finding, pass, skip, warn } from "./check.ts";
import type { ShellMode } from "./shell-question.ts";

const goDirectory = absolutePath(places.goroot, "bin");

export const loginShell: Check = {
  id: "login-shell",
  layer: 2,
  proves: `${goDirectory} is the first entry of PATH that holds a \`go\` in a clean login shell of the account`,
  needsRunning: true,
  run: (context) => judgePath(context, "login"),
};

export const interactiveShell: Check = {
  id: "interactive-shell",
  layer: 2,
  proves: `${goDirectory} is the first entry of PATH that holds a \`go\` in a clean interactive shell of the account`,
  needsRunning: true,
  run: (context) => judgePath(context, "interactive"),
};

async function judgePath(context: CheckContext, mode: ShellMode): Promise<Finding> {
  const answer = await askShell(context, mode);
  if (answer.kind === "unasked") return skip(answer.why);
  if (answer.kind === "silent") return warn(answer.why, silentShellRemedy(context, mode));
  const failOrWarn = isReachedWithoutHome(context, mode) ? fail : warn;
  const where = `in ${context.account.name}'s ${mode} shell (${posix.basename(context.account.shell)})`;
  const holders = (answer.env["PATH"] ?? "").split(":").filter((entry) => holdsGo(context, entry));
  const [first, ...others] = holders;
  if (first === undefined) {
    return failOrWarn(
      `no entry of PATH holds a go ${where}: ${answer.env["PATH"] ?? "PATH is not set"}`,
      pathRemedy(context, mode),
    );
  }
  const resolved = context.files.resolve(absolutePath(first, "go"));
  if (resolved !== places.goBinary) {
    return failOrWarn(`${first} comes before ${goDirectory} on PATH ${where}`, pathRemedy(context, mode));
  }
  const link = absolutePath(first) === goDirectory ? "" : `, a link to ${places.goBinary}`;
  const behind = others.filter(
    (entry) => absolutePath(entry) !== goDirectory && absolutePath(entry) !== absolutePath(first),
  );
  return pass(`${first}/go${link} comes first ${where}${behind.length === 0 ? "" : `, before ${behind.join(", ")}`}`);
}

/** Relative and empty entries mean the current directory, which holds no go of anybody's. */
function holdsGo({ files }: CheckContext, entry: string): boolean {
  const directory = parseAbsolutePath(entry);
  if (directory === undefined) return false;
  const target = files.resolve(absolutePath(directory, "go"));
  const stat = target === undefined ? undefined : files.stat(target);
  return stat?.kind === "file" && (stat.mode & 0o111) !== 0;
}

/**
 * /etc/profile.d reaches the login shells of the Bourne family only; with `--no-rc` nothing of ours is there for others,
 * and putting the former Go back would not change that.
 */
export function isReachedWithoutHome(context: CheckContext, mode: ShellMode): boolean {
  const isBourne = ["bash", "sh", "dash"].includes(posix.basename(context.account.shell));
  return context.isHomeManaged !== false || (mode === "login" && isBourne);
}

export function pathRemedy(context: CheckContext, mode: ShellMode): string {
  if (!isReachedWithoutHome(context, mode)) return "readygo install  without --no-rc";
  return `put ${goDirectory} first on PATH in ${context.account.name}'s files, after every other line that sets PATH`;
}

export function silentShellRemedy({ account }: CheckContext, mode: ShellMode): string {
  return `see what ${account.name}'s files do in  ${account.shell} ${mode === "login" ? "-l" : "-i"} -c true </dev/null`;
}
