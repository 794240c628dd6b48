import { type InferOutput, literal } from "valibot";
import { absolutePath, type AbsolutePath } from "../../host/absolute-path.ts";
import { places } from "../../host/places.ts";
import { closed, pathWhere } from "../../host/state/state-shapes.ts";
import type { ApplyPorts } from "./act.ts";
import { isBelow } from "./record-parts.ts";

export const stageRecord = closed({
  kind: literal("stage"),
  path: pathWhere((path) => isBelow(path, places.staging, 1)),
});

/** A tree manifest is 1.7 MB, an rc file at most 1 MiB: on a full disk an undo needs this, and has it once staging is gone. */
const undoRoomBytes = 4 * 1024 * 1024;

export function makeStaging({ system }: ApplyPorts, staging: AbsolutePath): void {
  system.makeDirectory(staging, 0o700);
  system.reserveRoom(absolutePath(staging, "room"), undoRoomBytes);
}

export function undoStage({ system }: ApplyPorts, { path }: InferOutput<typeof stageRecord>): void {
  system.removeOwnTree(path);
}
