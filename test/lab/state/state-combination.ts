import type { Damage } from "../damages/state-damage.ts";
import type { StateImage, StateRun } from "./state-image.ts";
import { judgeRun, readStart, refusals, type Breakage } from "./state-laws.ts";
import { installWords, type StateShelf } from "./state-shelf.ts";
import { followRemedies, judgeConverged, planWords } from "./state-way-out.ts";

export const stateCommands = ["plan", "install", "verify", "rollback", "uninstall", "list", "doctor"] as const;
export type StateCommand = (typeof stateCommands)[number];

export interface CombinationResult {
  readonly exit: number;
  readonly code: string;
  readonly broken: readonly Breakage[];
}

/** Plays damage × command on copies of a host, all of them at the same place, so that the same error says the same. */
export function createPlayer(host: StateImage, directory: string, shelf: StateShelf) {
  // The same host, untouched, and the same remedies: what following them leads to is known.
  const known = new Map<string, readonly Breakage[]>();
  return async (damage: Damage, command: StateCommand): Promise<CombinationResult> => {
    const image = host.copyTo(directory);
    try {
      damage.apply(image);
      const start = readStart(image);
      const run = await image.run(commandWords(shelf, command));
      const broken = judgeRun(image, run, { command, isLikeCrash: damage.isLikeCrash === true, ...start });
      const key = broken.length > 0 ? "" : JSON.stringify([damage.name, run.error?.code, run.error?.remedy]);
      const followed = known.get(key) ?? (await follow(image, shelf, { run, command, start }));
      if (key !== "" && run.error !== null && run.error !== undefined) known.set(key, followed);
      return { exit: run.exit, code: run.error?.code ?? "", broken: [...broken, ...followed] };
    } finally {
      image.destroy();
    }
  };
}

interface Followed {
  readonly run: StateRun;
  readonly command: StateCommand;
  readonly start: ReturnType<typeof readStart>;
}

async function follow(
  image: StateImage,
  shelf: StateShelf,
  { run, command, start }: Followed,
): Promise<readonly Breakage[]> {
  // prettier-ignore
  if (run.error !== null && run.error !== undefined && refusals.has(run.error.code)) {
    return followRemedies(image, shelf, run.error, start);
  }
  if (command !== "install" || run.exit !== 0) return [];
  return judgeConverged(image, shelf, {
    start,
    law: "what install has mended stays whole",
    told: "after install",
    mayRefuse: true,
  });
}

export function commandWords(shelf: StateShelf, command: StateCommand): readonly string[] {
  if (command === "plan") return planWords(shelf);
  if (command === "install") return installWords(shelf, "1.30.3");
  return command === "rollback" ? ["rollback", "--no-verify"] : [command];
}
