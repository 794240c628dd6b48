import { RequestFailure } from "../../errors/request-failure.ts";
import { advise, type Remedy, runAsRoot } from "../../errors/remedy.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import { places } from "../../host/places.ts";
import { diagnostic, findWarning } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { listFailures } from "./describe-lists.ts";

export const clockWrong = diagnostic({
  id: "clock-wrong",
  group: "network",
  severity: "warning",
  sees: "a clock that is wrong: before the release was made, or by hours off what servers say",
  why: "Certificates count as expired or not valid yet, and nothing comes over https.",
  needs: ["running"],
  async run(context) {
    const evidence = compareWithRelease(context) ?? (await compareWithServers(context));
    if (evidence === null) return [];
    return [
      findWarning({
        evidence: `this host's clock is wrong: ${evidence}`,
        remedy: adviseClock(context),
      }),
    ];
  },
});

function adviseClock({ files }: DoctorContext): Remedy {
  return files.resolve(absolutePath("/usr/bin/timedatectl")) === undefined
    ? advise("set the clock:  date -u -s 'YYYY-MM-DD hh:mm:ss'  as root")
    : runAsRoot("timedatectl", "set-ntp", "true");
}

const hourMs = 3_600_000;

/** A host that starts without a battery says 1970, or the day on which its system was built. */
function compareWithRelease({ files, clock, release }: DoctorContext): string | null {
  const text = files.readStart(absolutePath(places.goroot, "VERSION"), 256)?.toString("utf8") ?? "";
  return release === undefined ? null : describeEarlyClock(text, clock.now());
}

/** Null where the clock is not before the time that a release's VERSION states for itself. */
export function describeEarlyClock(versionFile: string, now: Date): string | null {
  const [, name, time] = /^(go\S+)\ntime (\S+)/.exec(versionFile) ?? [];
  const made = new Date(time ?? "");
  if (name === undefined || Number.isNaN(made.getTime()) || now.getTime() > made.getTime() - hourMs) return null;
  return `it says ${format(now)}, and ${name} was made at ${format(made)}`;
}

/** Asked only where go has refused a certificate for its dates. */
async function compareWithServers(context: DoctorContext): Promise<string | null> {
  if ((await context.whyNotRun()) !== null) return null;
  const failures = await listFailures(context, (kind) => kind === "certificate-time");
  return failures.length === 0 ? null : findWrongClock(context);
}

const answers = new WeakMap<DoctorContext, Promise<string | null>>();

/** What the publisher's server shows of this host's clock, asked once in a run; null where that is not the fault. */
export function findWrongClock(context: DoctorContext): Promise<string | null> {
  let answer = answers.get(context);
  if (answer === undefined) answers.set(context, (answer = askPublisher(context)));
  return answer;
}

async function askPublisher({ http }: DoctorContext): Promise<string | null> {
  try {
    await http.readText("https://go.dev/VERSION?m=text", { maxBytes: 4096, timeoutMs: 8_000 });
    return null;
  } catch (error) {
    if (!(error instanceof RequestFailure)) throw error;
    return error.kind === "clock-wrong" ? error.message.replace(/^this host's clock is wrong: /, "") : null;
  }
}

function format(time: Date): string {
  return time.toISOString().slice(0, 16).replace("T", " ");
}
