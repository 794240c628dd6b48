import { rcContexts, type RcContext, type RcSight, type RcSights, probeBin } from "./rc-look.ts";

// Nothing of readygo's own code decides here: only what real shells were seen to have.
const goBin = "/usr/local/go/bin";
const goroot = /^\/usr\/local\/go\/?$/;
// mise and direnv pack a copy of PATH into variables of their own.
const noise: ReadonlySet<string> = new Set(["_", "PATH", "GOROOT", "SHLVL"]);

export interface RcLooks {
  readonly before: RcSights;
  /** As `before`, with a line at the end of each file that puts `probeBin` first. */
  readonly probed: RcSights;
  readonly after: RcSights;
}

/** Whether the last lines of the shell's files decide which go it finds: else no block could. */
export function isReached({ probed }: Pick<RcLooks, "probed">, context: RcContext): boolean {
  return probed[context].go === `${probeBin}/go`;
}

/**
 * Whether a go of a version manager is what a login or a terminal of the account finds. One that has become another shell
 * (by `exec`, with LAB_IN) is not the account's own. Undefined where a manager is on PATH behind something else, such as a
 * hook of direnv's that knows this directory alone, or where a terminal became another shell: then either way is right.
 */
export function hasManager({ before }: Pick<RcLooks, "before">, managerPlaces: readonly string[]): boolean | undefined {
  const own = [before.login, before.terminal].filter(({ env }) => env["LAB_IN"] === undefined);
  const isOf = (text: string): boolean => managerPlaces.some((place) => text.includes(place));
  if (own.some(({ go }) => isOf(go))) return true;
  if (own.length < 2 && managerPlaces.length > 0) return undefined;
  return own.some(({ env }) => isOf(`${env["PATH"]?.replaceAll(":", "/:")}/`)) ? undefined : false;
}

/** What is worse than before, or not as promised; an empty list where all is well. */
export function judgeLooks(looks: RcLooks, managerPlaces: readonly string[] = []): readonly string[] {
  const isManaged = hasManager(looks, managerPlaces);
  return rcContexts.flatMap((context) => {
    const faults = compare(looks.before[context], looks.probed[context], looks.after[context]);
    const { go } = looks.after[context];
    const was = looks.before[context].go;
    if (isManaged === true && managerPlaces.some((place) => was.includes(place)) && go !== was) {
      faults.push(`the manager's go was ${was}, now ${go}`);
    }
    if (isManaged === false && isReached(looks, context) && go !== `${goBin}/go`) {
      faults.push(`go is ${go || "none"}, where a line at the end decides`);
    }
    const [countWas, count] = [looks.before, looks.after].map((sights) =>
      countGo(sights[context].env["PATH"] ?? ""),
    ) as [number, number];
    if (isManaged === false && isReached(looks, context) && count > countWas + 1) {
      faults.push(`PATH has ${goBin} ${count} times`);
    }
    return faults.map((fault) => `${context}: ${fault}`);
  });
}

function compare(before: RcSight, probed: RcSight, after: RcSight): string[] {
  const faults: string[] = [];
  if (before.status === probed.status && after.status !== before.status) {
    faults.push(`exit status ${before.status}, now ${after.status}`);
  }
  const fresh = after.lines.filter((line) => !before.lines.includes(line) && !probed.lines.includes(line));
  if (fresh.length > 0) faults.push(`prints what it did not: ${fresh.slice(0, 3).join(" | ")}`);
  if (!before.hasAnswered) return faults;
  if (!after.hasAnswered) return [...faults, "does not come to its prompt any more"];
  for (const name of new Set([...Object.keys(before.env), ...Object.keys(after.env)])) {
    const was = before.env[name];
    if (noise.has(name) || /^(?:__MISE_|DIRENV_)/.test(name) || was !== probed.env[name]) continue;
    if (withoutGo(after.env[name]) !== withoutGo(was))
      faults.push(`${name} was ${show(was)}, now ${show(after.env[name])}`);
  }
  const [rootWas = "", root = ""] = [before.env["GOROOT"], after.env["GOROOT"]];
  if (root !== rootWas && (root !== "" || goroot.test(rootWas))) faults.push(`GOROOT was ${rootWas}, now ${root}`);
  faults.push(...comparePaths(before.env["PATH"] ?? "", probed.env["PATH"] ?? "", after.env["PATH"] ?? ""));
  if (after.go !== before.go && !/^\/usr\/local\/(?:go\/)?bin\/go$/.test(after.go)) {
    faults.push(`go was ${before.go}, now ${after.go}`);
  }
  return faults;
}

function comparePaths(before: string, probed: string, after: string): readonly string[] {
  const rest = (path: string, ...taken: readonly string[]): readonly string[] =>
    path.split(":").filter((entry) => !taken.includes(entry));
  const [was, wasAgain, is] = [rest(before, goBin), rest(probed, goBin, probeBin), rest(after, goBin)];
  // What is not the same from one start to the next has no order that could be kept.
  const isVolatile = was.join(":") !== wasAgain.join(":");
  const lost = was.filter((entry) => !is.includes(entry) && wasAgain.includes(entry));
  const gained = is.filter((entry) => !was.includes(entry) && !wasAgain.includes(entry));
  const faults = [
    ...(lost.length > 0 ? [`PATH has lost ${lost.join(", ")}`] : []),
    ...(gained.length > 0 ? [`PATH has gained ${gained.map(show).join(", ")}`] : []),
  ];
  if (faults.length === 0 && !isVolatile && is.join(":") !== was.join(":")) {
    faults.push(`PATH has another order: ${before}, now ${after}`);
  }
  if (countGo(before) > 0 && countGo(after) === 0) faults.push(`PATH has lost ${goBin}`);
  return faults;
}

function countGo(path: string): number {
  return path.split(":").filter((entry) => entry === goBin).length;
}

/** Tools keep a copy of PATH: it may gain what PATH may gain. */
function withoutGo(value: string | undefined): string | undefined {
  return value?.includes(":") === true
    ? value
        .split(":")
        .filter((entry) => entry !== goBin)
        .join(":")
    : value;
}

function show(value: string | undefined): string {
  return value === undefined ? "unset" : value === "" ? "empty" : value;
}
