import {
  type DoctorHost,
  diagnose,
  listLosses,
  look,
  obey,
  ownFindings,
  script,
  type Somebody,
  useGo,
} from "./play-plant.ts";
import type { Faults } from "../servers/mirror-protocol.ts";
import { type Plant, plants } from "./plant.ts";

export type Pair = readonly [string, string];

/** Those that can stand together, in an order that the seed gives. */
export function listPairs(seed: number): readonly Pair[] {
  const ids = Object.entries<Plant>(plants).flatMap(([id, { alone }]) => (alone === undefined ? [id] : []));
  const pairs = ids.flatMap((one, at) => ids.slice(at + 1).map((other): Pair => [one, other]));
  const random = createRandom(seed);
  return pairs
    .map((pair) => ({ pair, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ pair }) => pair);
}

/** mulberry32: the same numbers for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Plants both, looks, fixes, obeys, and looks again; an empty list where all is well. Undefined where the two cannot stand
 * together: planted beside the other one, one of them does no harm.
 */
export async function playPair(doctor: DoctorHost, pair: Pair): Promise<readonly string[] | undefined> {
  const [one, other] = pair;
  // What breaks go comes second: without a go that works nobody could have done the other.
  return (await playInOrder(doctor, pair)) ?? (await playInOrder(doctor, [other, one]));
}

async function playInOrder(doctor: DoctorHost, pair: Pair): Promise<readonly string[] | undefined> {
  const somebody = await doctor.meet();
  const both = pair.map(findPlant);
  for (const { before } of both) if (before !== undefined) await script(doctor, somebody, before);
  const before = await look(doctor, somebody);
  const planted: Plant[] = [];
  try {
    for (const plant of both) {
      planted.push(plant);
      if (!(await succeeds(script(doctor, somebody, plant.plant)))) return undefined;
    }
    await doctor.mirror.setFaults(Object.assign({}, ...both.map(({ faults }) => faults ?? {})) as Faults);
    const unseen = await listUnseen(doctor, somebody, pair, planted);
    if (unseen.length > 0) return (await areBothHarmful(doctor, somebody, both)) ? unseen : undefined;
    await doctor.mirror.setFaults({});
    await clear(doctor, somebody, pair);
    // One remedy may have run a go that the other problem had put in its place: whoever still reads of it obeys again.
    await clear(doctor, somebody, await listLeft(doctor, somebody, pair, planted));
    const left = await listLeft(doctor, somebody, pair, planted);
    return [...left.map((id) => `${id} is left`), ...listLosses(before, await look(doctor, somebody))];
  } finally {
    await doctor.mirror.setFaults({});
    for (const { undo } of planted) if (undo !== undefined) await script(doctor, somebody, undo);
  }
}

function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

async function areBothHarmful(doctor: DoctorHost, somebody: Somebody, both: readonly Plant[]): Promise<boolean> {
  for (const plant of both) if (!plant.hurts.ill.test(await useGo(doctor, somebody, plant))) return false;
  return true;
}

function findPlant(id: string): Plant {
  const plant = (plants as Readonly<Record<string, Plant>>)[id];
  if (plant === undefined) throw new Error(`there is no plant ${id}`);
  return plant;
}

type Findings = Awaited<ReturnType<typeof diagnose>>["findings"];

function isFound(findings: Findings, somebody: Somebody, id: string, plant: Plant | undefined): boolean {
  return ownFindings(findings, somebody, id).some(({ evidence }) => plant?.found.says.test(evidence) === true);
}

async function listUnseen(
  doctor: DoctorHost,
  somebody: Somebody,
  pair: Pair,
  planted: readonly Plant[],
): Promise<readonly string[]> {
  const { findings } = await diagnose(doctor, somebody, ...pair);
  return pair.flatMap((id, at) =>
    isFound(findings, somebody, id, planted[at]) || isToldOtherwise(findings, somebody, id)
      ? []
      : [`${id} is not found`],
  );
}

async function listLeft(
  doctor: DoctorHost,
  somebody: Somebody,
  pair: Pair,
  planted: readonly Plant[],
): Promise<readonly string[]> {
  const { findings } = await diagnose(doctor, somebody, ...pair);
  return pair.filter((id, at) => isFound(findings, somebody, id, planted[at]));
}

/** Of two version managers the one that comes second decides nothing any more: it is reported as info. */
function isToldOtherwise(findings: Findings, { user }: Somebody, id: string): boolean {
  return id.endsWith("-go") && findings.some((each) => each.id === id && each.account === user);
}

/** By --fix what can be fixed, and then by what is advised, in the order of the report. */
async function clear(doctor: DoctorHost, somebody: Somebody, ids: readonly string[]): Promise<void> {
  const rest = ids.map((id) => ({ id, plant: findPlant(id) }));
  if (rest.some(({ plant }) => plant.clear === "fix")) await diagnose(doctor, somebody, ...ids, "--fix");
  const failed: typeof rest = [];
  for (const each of rest) if (!(await succeeds(clearOne(doctor, somebody, each)))) failed.push(each);
  // One may need what the other has broken: once that is cured it has to go.
  for (const each of failed) await clearOne(doctor, somebody, each);
}

async function clearOne(
  doctor: DoctorHost,
  somebody: Somebody,
  { id, plant }: { readonly id: string; readonly plant: Plant },
): Promise<void> {
  if (plant.clear === "fix") return;
  if (typeof plant.clear === "object") {
    await script(doctor, somebody, plant.clear.done);
    return;
  }
  const { findings } = await diagnose(doctor, somebody, id);
  const found = ownFindings(findings, somebody, id).find(({ evidence }) => plant.found.says.test(evidence));
  // What the other one's remedy has cleared along with its own needs nothing more.
  if (found !== undefined) await obey(doctor, somebody, found);
}
