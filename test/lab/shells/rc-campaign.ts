import { isDeepStrictEqual } from "node:util";
import { readJson } from "../hosts/read-json.ts";
import type { CommandResult } from "../hosts/command.ts";
import type { LabHost } from "../hosts/throw-away-host.ts";
import type { ReleaseShelf } from "../releases/release-shelf.ts";
import { filesOf, type RcCase, rcShells, type RcShell } from "./rc-case.ts";
import { casesOfHost, generateCases, smallerCases } from "./rc-generator.ts";
import { withRcHost } from "./rc-host.ts";
import { hasManager, isReached, judgeLooks, type RcLooks } from "./rc-judge.ts";
import { lookAt, rcContexts, type LookRequest } from "./rc-look.ts";
import { homeFiles } from "./rc-pieces.ts";

export interface RcOutcome {
  readonly number: number;
  readonly case: RcCase;
  readonly faults: readonly string[];
  readonly isManaged: boolean;
  /** In how many contexts the end of the files decides. */
  readonly reached: number;
}

interface Played {
  readonly number: number;
  readonly case: RcCase;
  readonly user: string;
  readonly home: string;
  readonly request: LookRequest;
  readonly last: readonly string[];
  readonly faults: string[];
}

/** Makes another bundle of readygo's: to see that a harmful one is caught. */
export type Spoil = (bundle: string) => string;
type Readygo = (words: readonly string[]) => Promise<CommandResult>;

/** Plays cases on one host: all are looked at before the first install, and again after the last. */
async function playOnHost(
  cases: readonly (readonly [number, RcCase])[],
  spoil: Spoil = (bundle) => bundle,
): Promise<readonly RcOutcome[]> {
  return await withRcHost(async ({ host, shelf }) => {
    host.write("/opt/readygo-played.mjs", spoil(host.read("/opt/readygo/dist/readygo.mjs")));
    const readygo: Readygo = (words) =>
      host.run(["/opt/readygo/node", "/opt/readygo-played.mjs", ...words], { timeoutMs: 180_000 });
    const all: Played[] = [];
    for (const [number, each] of cases) all.push(await arrange(host, number, each));
    const first = await eachOf(all, async ({ request, last, case: { shell } }) => {
      // fish keeps what a first start has set for all that come after it.
      if (shell === "fish") await lookAt(host, request);
      return {
        before: await lookAt(host, request),
        probed: await lookAt(host, { ...request, probed: last }),
      };
    });
    const homes = all.map(({ home }) => seeHome(host, home));
    for (const [at, played] of all.entries()) {
      const isManaged = hasManager(first[at] ?? never(), managerPlacesOf(played.case)) === true;
      played.faults.push(...(await installTwice({ host, readygo, shelf }, played, homes[at] ?? never(), isManaged)));
    }
    const looks = await eachOf(all, async ({ request, case: each }, at): Promise<RcLooks> => {
      const earlier = first[at] ?? never();
      const one = { ...earlier, after: await lookAt(host, request) };
      // What a busy machine does to a terminal is nobody's fault: a fault is seen twice.
      return judgeLooks(one, managerPlacesOf(each)).length === 0 ? one : { ...earlier, after: await lookAt(host, request) }; // prettier-ignore
    });
    const end = await readygo(["uninstall", "--json"]);
    return all.map((played, at): RcOutcome => {
      const { number, case: each, home, faults } = played;
      const look = looks[at] ?? never();
      faults.push(...judgeLooks(look, managerPlacesOf(each)));
      if (end.status !== 0) faults.push(`uninstall: ${readJson(end).error?.summary ?? end.stderr}`);
      faults.push(...differences(homes[at] ?? never(), seeHome(host, home)).map((what) => `after uninstall: ${what}`));
      return {
        number,
        case: each,
        faults,
        isManaged: hasManager(look, managerPlacesOf(each)) === true,
        reached: rcContexts.filter((context) => isReached(look, context)).length,
      };
    });
  });
}

function managerPlacesOf({ pieces }: RcCase): readonly string[] {
  return pieces.flatMap(({ managerPlace }) => (managerPlace === undefined ? [] : [managerPlace]));
}

async function arrange(host: LabHost, number: number, each: RcCase): Promise<Played> {
  const user = each.account === "root" ? "root" : `user${number}`;
  const home = each.account === "root" ? "/root" : `/home/${user}`;
  const shell = { bash: "/bin/bash", zsh: "/usr/bin/zsh", fish: "/usr/bin/fish", dash: "/bin/dash" }[each.shell];
  if (each.account === "root") await host.must(["usermod", "--shell", shell, "root"]);
  else await host.addUser(user, shell);
  const skeletons = new Map([".bashrc", ".profile"].map((name) => [name, host.read(`${home}/${name}`)]));
  const { texts, last, links } = filesOf(each, (name) => skeletons.get(name) ?? never());
  const bare = each.shell === "bash" && each.base !== "stock" ? [".bashrc"] : [];
  for (const name of [...skeletons.keys()].filter(
    (name) => ![...last, ...bare].includes(name) || texts[name] === undefined,
  )) {
    if (each.shell === "bash" || each.shell === "dash") await host.must(["rm", "-f", `${home}/${name}`]);
  }
  for (const [name, text] of Object.entries({ ...homeFiles, ...texts })) {
    const isProgram = name.endsWith("/go") || name.includes("bin/");
    host.write(`${home}/${name}`, Buffer.from(text, "utf8"), isProgram ? 0o755 : 0o644);
  }
  for (const [from, to] of Object.entries(links)) {
    await host.script(`mkdir -p "$(dirname '${home}/${from}')"; ln -s '${home}/${to}' '${home}/${from}'`);
  }
  await host.must(["chown", "-R", "-h", `${user}:`, home]);
  const tools = each.pieces.map(({ kind }) => kind);
  const environment = { user, env: { HOME: home } };
  if (tools.includes("real-direnv-go")) await host.must(["direnv", "allow", home], environment);
  return { number, case: each, user, home, request: { user, home, shell: each.shell }, last, faults: [] };
}

async function installTwice(
  { host, readygo, shelf }: { readonly host: LabHost; readonly readygo: Readygo; readonly shelf: ReleaseShelf },
  { case: each, user, home }: Played,
  homeBefore: HomeSight,
  isManaged: boolean,
): Promise<readonly string[]> {
  const faults: string[] = [];
  const words = ["install", ...shelf.words("1.30.1"), "--user", user, "--json"];
  const run = await readygo([...words, ...(each.isGated ? [] : ["--no-verify"])]);
  if (run.status !== 0) return [`install ends with ${run.status}: ${readJson(run).error?.summary ?? run.stderr}`];
  const after = seeHome(host, home);
  if (isManaged) {
    faults.push(...differences(homeBefore, after).map((what) => `a version manager is active, and install: ${what}`));
  }
  const again = await readygo([...words, "--no-verify"]);
  const { status, error } = readJson(again);
  if (status !== "unchanged") faults.push(`a second install is ${status} ${error?.summary ?? ""}`);
  return [...faults, ...differences(after, seeHome(host, home)).map((what) => `a second install: ${what}`)];
}

type HomeSight = ReadonlyMap<string, unknown>;

/** Bytes, modes and owners; what a shell writes by itself when it is started is left out. */
function seeHome(host: LabHost, home: string): HomeSight {
  const own = [".bash_history", ".zsh_history", ".local", ".cache", ".config/fish/fish_variables"];
  const found = host.snapshot([home], { except: own.map((name) => `${home}/${name}`), isReread: true });
  const kept = [...found].filter(([path]) => !/\/\.zcompdump|\/\.zsh_history|fish_variables/.test(path));
  return new Map(kept.map(([path, entry]) => [path, { ...entry, mtimeNs: "" }]));
}

function differences(one: HomeSight, other: HomeSight): readonly string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].flatMap((name) =>
    isDeepStrictEqual(one.get(name), other.get(name))
      ? []
      : [`${name} ${!one.has(name) ? "is new" : !other.has(name) ? "is gone" : "has changed"}`],
  );
}

export interface RcTally {
  readonly outcomes: readonly RcOutcome[];
  readonly broken: readonly RcOutcome[];
}

export interface CampaignOptions {
  readonly seed: number;
  readonly cases: number;
  readonly shells?: readonly RcShell[];
  /** How many hosts at once. */
  readonly hosts?: number;
  /** Plays these alone. */
  readonly only?: readonly number[];
  readonly onBroken?: (outcome: RcOutcome) => void;
  readonly onProgress?: (done: number) => void;
}

export async function runRcCampaign(options: CampaignOptions): Promise<RcTally> {
  const { seed, cases, shells = rcShells, hosts = 2, only } = options;
  const numbered = [...generateCases(seed, cases, shells).entries()].filter(([at]) => only === undefined || only.includes(at)); // prettier-ignore
  // Two of root's cannot share a host.
  const batches =
    only !== undefined
      ? numbered.map((each) => [each])
      : Array.from({ length: Math.ceil(numbered.length / casesOfHost) }, (_, at) =>
          numbered.slice(at * casesOfHost, (at + 1) * casesOfHost),
        );
  const outcomes: RcOutcome[] = [];
  const work = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      const played = await playOnHost(batch);
      outcomes.push(...played);
      for (const outcome of played) if (outcome.faults.length > 0) options.onBroken?.(outcome);
      options.onProgress?.(outcomes.length);
    }
  };
  await Promise.all(Array.from({ length: hosts }, work));
  outcomes.sort((one, other) => one.number - other.number);
  return { outcomes, broken: outcomes.filter(({ faults }) => faults.length > 0) };
}

/** One case alone on a host. */
export async function playCase(each: RcCase, number = 0, spoil?: Spoil): Promise<RcOutcome> {
  const [outcome] = await playOnHost([[number, each]], spoil);
  return outcome ?? never();
}

/** The smallest case near a broken one that is still broken in some way, in at most so many tries. */
export async function shrinkCase(outcome: RcOutcome, tries = 30): Promise<RcOutcome> {
  let left = tries;
  let smallest = outcome;
  for (let isSmaller = true; isSmaller && left > 0;) {
    isSmaller = false;
    for (const smaller of smallerCases(smallest.case)) {
      if (left-- <= 0) break;
      const played = await playCase(smaller, outcome.number);
      if (played.faults.length === 0) continue;
      smallest = played;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

async function eachOf<Item, Result>(
  items: readonly Item[],
  work: (item: Item, at: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const left = [...items.entries()];
  const one = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift())
      results[next[0]] = await work(next[1], next[0]);
  };
  await Promise.all([one(), one(), one()]);
  return results;
}

function never(): never {
  throw new Error("a case without its look");
}
