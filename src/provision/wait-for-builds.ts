import { ProvisionError } from "../errors/provision-error.ts";
import { places } from "../host/places.ts";
import { listRunningPrograms, type RunningProgram } from "../host/child/running-programs.ts";
import type { PlanNote } from "../plan/plan.ts";
import type { BusyPolicy } from "./request.ts";
import type { Session } from "./session.ts";

const pollMs = 250;

/**
 * An exchange under a running build breaks that build. So builds are waited for, and then, as asked, the tree is
 * replaced all the same, or the run gives up.
 *
 * @throws ProvisionError `builds-running`
 */
export async function waitForBuilds(session: Session, policy: BusyPolicy, waitSeconds: number): Promise<void> {
  // Under --root, what runs on this machine runs from this machine's own tree.
  if (session.request.root !== "" || policy === "replace") return;
  const end = session.clock.monotonicMs() + waitSeconds * 1000;
  let isTold = false;
  for (;;) {
    const builds = listBuilds(session);
    if (builds.length === 0) return;
    const isOver = session.clock.monotonicMs() >= end;
    if (policy === "fail" || isOver) {
      if (policy === "wait") {
        session.emit({
          kind: "warning",
          text: `still running from ${places.goroot} after ${waitSeconds} s, and replaced under it: ${describe(builds)}`,
          remedy: "start that build again",
        });
        return;
      }
      throw new ProvisionError("builds-running", `programs run from ${places.goroot}`, {
        details: Object.fromEntries(builds.map(({ pid, command }) => [`pid ${pid}`, command])),
      });
    }
    if (!isTold) {
      session.emit({ kind: "notice", text: `waiting up to ${waitSeconds} s for ${describe(builds)}` });
      session.emit({ kind: "step", text: "waiting for builds" });
    }
    isTold = true;
    await session.clock.sleep(pollMs, session.stop);
  }
}

/** What a plan says of builds that its exchange would disturb. */
export function noteBuilds(session: Session): readonly PlanNote[] {
  if (session.request.root !== "") return [];
  return listBuilds(session).map(({ pid, command }) => ({
    text: `${command} (pid ${pid}) runs from ${places.goroot}; install waits for it (--wait-builds, --busy)`,
  }));
}

/** Long-lived programs that have read the former tree. */
export function listServers(session: Session): readonly RunningProgram[] {
  if (session.request.root !== "") return [];
  return listRunningPrograms(session.files.locate(places.goroot)).filter(({ kind }) => kind === "server");
}

function listBuilds(session: Session): readonly RunningProgram[] {
  return listRunningPrograms(session.files.locate(places.goroot)).filter(({ kind }) => kind === "build");
}

function describe(programs: readonly RunningProgram[]): string {
  const shown = programs.slice(0, 3).map(({ pid, command }) => `${command} (pid ${pid})`);
  return programs.length > shown.length
    ? `${shown.join(", ")} and ${programs.length - shown.length} more`
    : shown.join(", ");
}
