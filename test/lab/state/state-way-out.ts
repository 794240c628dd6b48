import { spawnSync } from "node:child_process";
import type { StateImage, StateRun } from "./state-image.ts";
import { judgeOwn, judgeUninstalled, refusals, type Breakage, type JudgedStart } from "./state-laws.ts";
import { installWords, sourceWords, stateVersions, type StateShelf } from "./state-shelf.ts";

const law = "the printed remedy leads out";
const programs = new Set(["chown", "chmod", "mv", "rm", "rmdir", "mkdir", "install", "ls", "lsattr", "df", "cp", "ln", "umount", "readygo"]); // prettier-ignore

/**
 * Does what an error says, literally and in its order, and looks whether the host can be used again: the error is gone,
 * `install` succeeds, a second plan is empty, and `uninstall` gives back each user's own text.
 */
export async function followRemedies(
  image: StateImage,
  shelf: StateShelf,
  error: NonNullable<StateRun["error"]>,
  start: JudgedStart,
): Promise<readonly Breakage[]> {
  const remedies = readRemedies(error.remedy);
  const commands = remedies.filter((text) => programs.has(text.split(/\s/)[0] ?? ""));
  if (commands.length === 0) {
    return [{ law, what: `${error.code}: nothing to run: ${generalise(remedies.join(" | "), image)}` }];
  }
  const notes: string[] = [];
  for (const text of commands) {
    const failure = text.startsWith("readygo ") ? await runReadygo(image, shelf, text) : runInImage(image, text);
    if (failure !== undefined) notes.push(`\`${generalise(text, image)}\`: ${failure}`);
  }
  const told = notes.length === 0 ? `after ${generalise(commands.join(" | "), image)}` : notes.join("; ");
  const plan = await image.run(planWords(shelf));
  if (plan.error?.code === error.code) return [{ law, what: `${error.code} again: ${told}` }];
  return judgeConverged(image, shelf, { start, law, told: `${error.code}: ${told}` });
}

interface ConvergedOptions {
  readonly start: JudgedStart;
  readonly law: string;
  /** What was done before, for the words. */
  readonly told: string;
  /** Whether `uninstall` may refuse what `install` did not need to look at, and say what then leads out. */
  readonly mayRefuse?: boolean;
}

/** `install`, then an empty plan, then an `uninstall` that leaves nothing. */
export async function judgeConverged(
  image: StateImage,
  shelf: StateShelf,
  { start, law: broken, told, mayRefuse = false }: ConvergedOptions,
): Promise<readonly Breakage[]> {
  const fail = (what: string): readonly Breakage[] => [{ law: broken, what: `${told}: ${what}` }];
  const install = await image.run(installWords(shelf, "1.30.3"));
  if (install.exit !== 0) return fail(`install ends with ${install.exit} ${install.error?.code ?? ""}`);
  const plan = await image.run(planWords(shelf));
  if (plan.exit !== 0 || plan.steps?.length !== 0) return fail("a second plan is not empty");
  const uninstall = await image.run(["uninstall"]);
  if (mayRefuse && uninstall.error !== null && uninstall.error !== undefined && refusals.has(uninstall.error.code)) {
    return followRemedies(image, shelf, uninstall.error, start);
  }
  if (uninstall.exit !== 0) return fail(`uninstall ends with ${uninstall.exit} ${uninstall.error?.code ?? ""}`);
  // What a damaged backup held of the admin's file cannot be given back: then there is none.
  return [...judgeUninstalled(image), ...judgeOwn(image, start, { mayLackProfile: true })].flatMap(
    ({ law: name, what }) => fail(`then ${name}: ${what}`),
  );
}

export function planWords(shelf: StateShelf): readonly string[] {
  return ["plan", "1.30.3", ...sourceWords(shelf, "1.30.3")];
}

/** A remedy is a text, or data with the words of a command. */
function readRemedies(remedies: readonly unknown[]): readonly string[] {
  return remedies.map((remedy) => {
    if (typeof remedy === "string") return (remedy.split(/ {2,}/)[0] ?? "").replace(/^sudo /, "");
    const { argv, text } = remedy as { readonly argv?: readonly string[]; readonly text?: string };
    return (
      argv?.map((word) => (/^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ") ??
      text ??
      ""
    );
  });
}

/** With the arguments that every command of the matrix has; undefined where it has succeeded. */
async function runReadygo(image: StateImage, shelf: StateShelf, text: string): Promise<string | undefined> {
  const [, ...words] = splitWords(text.replaceAll(/\bVERSION\b/g, "1.30.3"));
  const root = words.indexOf("--root");
  const argv = root === -1 ? words : words.toSpliced(root, 2);
  const version = stateVersions.find((known) => argv.includes(known)) ?? "1.30.3";
  const isSourced = argv.includes("--source");
  const command = argv[0] ?? "";
  const source = (command === "install" || command === "plan") && !isSourced ? sourceWords(shelf, version) : [];
  const isGated = command === "install" || command === "rollback";
  const run = await image.run([...argv, ...source, ...(isGated && !argv.includes("--no-verify") ? ["--no-verify"] : [])]); // prettier-ignore
  return run.exit === 0 ? undefined : `exit ${run.exit} ${run.error?.code ?? ""}`;
}

/** Only where each path that it names lies inside the image. */
function runInImage(image: StateImage, text: string): string | undefined {
  const paths = text.match(/(?<=^|[\s'"=;&|(])\/[^\s'";&|)]*/g) ?? [];
  if (paths.some((path) => !path.startsWith(`${image.directory}/`) || path.includes("/../"))) {
    return "names a path of this machine";
  }
  const { status, stderr } = spawnSync("sh", ["-c", text], { cwd: image.directory, encoding: "utf8", timeout: 30_000 });
  return status === 0 ? undefined : `exit ${status}: ${generalise(stderr.split("\n")[0] ?? "", image)}`;
}

function splitWords(text: string): readonly string[] {
  const { stdout } = spawnSync("sh", ["-c", `for word in ${text}; do printf '%s\\n' "$word"; done`], {
    encoding: "utf8",
  });
  return stdout.split("\n").filter((word) => word !== "");
}

function generalise(text: string, { directory }: StateImage): string {
  return text.replaceAll(directory, "DIR").replaceAll(/\d{8}T\d{9}Z/g, "ID");
}
