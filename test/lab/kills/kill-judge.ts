import { readygoArgv } from "./kill-host.ts";
import type { Goal } from "./kill-operations.ts";
import type { Recording } from "./kill-replay.ts";
import type { KillRoom, RoomState } from "./kill-room.ts";

/** What holds at the very moment of a kill, before any other command. */
export function judgeCut({ before, after, disk, prepared }: Recording, now: RoomState): readonly string[] {
  const why: string[] = [];
  const tree = below(now, "/usr/local/go");
  const allowed = [below(before, "/usr/local/go"), below(after, "/usr/local/go")];
  const isAway =
    (disk === "plain" && !tree.has("/usr/local/go/bin")) || (prepared.isExchangeRefused && tree.size === 0);
  if (!isAway && !allowed.some((state) => differences(state, tree).length === 0)) {
    const [first] = allowed.map((state) => differences(state, tree)).toSorted((a, b) => a.length - b.length);
    why.push(`at the kill /usr/local/go is neither the old nor the new: ${(first ?? []).slice(0, 3).join("; ")}`);
  }
  for (const path of new Set([...before.keys(), ...after.keys(), ...now.keys()])) {
    if (!/^\/(?:etc|home|root)\//.test(path) || /\/\.[^/]+\.readygo-new$/.test(path)) continue;
    const entry = JSON.stringify(now.get(path));
    if (entry !== JSON.stringify(before.get(path)) && entry !== JSON.stringify(after.get(path)))
      why.push(`at the kill ${path} is neither the old nor the new`);
  }
  return why;
}

/** The next command ends well, has nothing left to do, and leaves what a run that nobody cut off would. */
export async function goFor(
  { prepared, reached }: Recording,
  room: KillRoom,
  goalAt: number,
): Promise<readonly string[]> {
  const goal: Goal | undefined = prepared.goals[goalAt % prepared.goals.length];
  const wanted = reached[goalAt % prepared.goals.length];
  if (goal === undefined || wanted === undefined) throw new Error("an operation needs a goal");
  const next = await room.run(readygoArgv(goal.argv));
  if (next.status !== 0) return [`the next ${goal.argv[0]} ends with ${next.status}: ${next.stderr.trim()}`];
  const why = compareStates(wanted, room.look()).map((line) => `after the next ${goal.argv[0]}: ${line}`);
  if (goal.plan !== undefined) {
    const plan = await room.run(readygoArgv(goal.plan));
    if (plan.status !== 0) why.push(`plan ends with ${plan.status} afterwards: ${plan.stdout.trim()}`);
  }
  return why.slice(0, 5);
}

/** Differences but for what tells the time: the receipt's bytes. */
export function compareStates(wanted: RoomState, found: RoomState): readonly string[] {
  const withoutTimes = (state: RoomState): RoomState =>
    new Map(
      [...state].map(([path, entry]) => [
        path,
        path === "/var/lib/readygo/receipt.json" ? { ...entry, sha256: "", size: 0 } : entry,
      ]),
    );
  return differences(withoutTimes(wanted), withoutTimes(found));
}

function below(state: RoomState, top: string): RoomState {
  return new Map([...state].filter(([path]) => path === top || path.startsWith(`${top}/`)));
}

function differences(wanted: RoomState, found: RoomState): readonly string[] {
  const lines: string[] = [];
  for (const [path, entry] of wanted) {
    const other = found.get(path);
    if (other === undefined) lines.push(`${path} is missing`);
    else if (JSON.stringify(other) !== JSON.stringify(entry)) {
      const what = Object.keys(entry).filter((key) => Reflect.get(entry, key) !== Reflect.get(other, key));
      lines.push(`${path} has another ${what.join(", ")}`);
    }
  }
  for (const path of found.keys()) if (!wanted.has(path)) lines.push(`${path} is too much`);
  return lines;
}
