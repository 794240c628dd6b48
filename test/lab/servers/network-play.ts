import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DrawnFault } from "./network-faults.ts";
import type { Mirror } from "./mirror.ts";
import { readJson } from "../hosts/read-json.ts";
import { type LabArchive, makeSmallRelease } from "../releases/releases.ts";
import type { SnapshotEntry } from "../hosts/snapshot.ts";
import { createHost, type LabHost } from "../hosts/throw-away-host.ts";

let scratch: string | undefined;

/** A directory that goes with the lab, or with the process: a test runner's worker is ended without any word. */
export function makeScratch(): string {
  if (scratch !== undefined) return scratch;
  const made = mkdtempSync(join(tmpdir(), "readygo-network-"));
  process.once("exit", () => rmSync(made, { recursive: true, force: true }));
  scratch = made;
  return made;
}

function removeScratch(): void {
  if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  scratch = undefined;
}

/** A host with a Go that readygo did not install, and a publisher whose network is at fault. */
export interface NetworkLab {
  readonly host: LabHost;
  readonly mirror: Mirror;
  readonly release: LabArchive;
  readonly other: LabArchive;
  play(fault: DrawnFault): Promise<Played>;
  destroy(): Promise<void>;
}

interface Played {
  readonly exit: number | null;
  readonly code: string;
  /** What is wrong with how it ended; empty where nothing is. */
  readonly complaints: readonly string[];
  readonly seconds: number;
  readonly stderr: string;
  readonly stdout: string;
}

const looked = ["/usr/local", "/etc", "/root", "/home", "/var/lib/readygo", "/run/readygo"];
const partial = "/usr/local/.readygo/partial";

/** Bounds that make a stall a matter of a second. */
export const shortBounds = ["--stall-timeout", "1", "--connect-timeout", "5", "--download-timeout", "30"] as const;

/** @param release what is installed; default: a small one */
export async function openNetworkLab(release?: LabArchive): Promise<NetworkLab> {
  const wanted = release ?? (await makeSmallRelease("1.30.2"));
  const other = await makeSmallRelease("1.30.1");
  const host = await createHost();
  const mirror = await host.startMirror({ releases: [wanted, other], modules: [] });
  await host.script(
    "mkdir -p /usr/local/go/bin; echo foreign >/usr/local/go/VERSION; echo '#!/bin/sh' >/usr/local/go/bin/go",
  );
  const version = wanted.version.slice(2);
  const install = ["install", version, "--source", "publisher", "--no-verify", "--json", ...shortBounds];
  // Once undisturbed: what a right end looks like, and places (/etc/profile.d) that every later run finds there too.
  readJson(await host.readygo(install));
  const right = look(host, ["/usr/local/go"]);
  if ((await host.readygo(["uninstall"])).status !== 0) throw new Error("the lab's own uninstall failed");
  const before = look(host, looked);
  return {
    host,
    mirror,
    release: wanted,
    other,
    async play(fault) {
      await mirror.setFaults(fault.faults);
      const run = await host.readygo(install);
      const complaints: string[] = [];
      if (!fault.exits.includes(run.status ?? -1)) {
        complaints.push(`exit ${run.status}, and right is ${fault.exits.join(" or ")}: ${run.stdout.slice(0, 600)}`);
      }
      if (run.status === 0) {
        complaints.push(...compare("the release", right, look(host, ["/usr/local/go"])));
        if (host.exists(partial)) complaints.push(`${partial} was left behind`);
      } else {
        const except = run.status === 4 ? [partial] : [];
        const after = look(host, looked, except);
        // Where a part was kept, the directory around it is there too.
        if (host.exists(partial) && except.length > 0) after.delete("/usr/local/.readygo");
        complaints.push(...compare("the host", before, after));
      }
      await mirror.setFaults({});
      const back = await host.readygo(["uninstall", "--json"]);
      if (back.status !== 0) complaints.push(`uninstall: ${back.stdout}`);
      complaints.push(...compare("the host after an uninstall", before, look(host, looked)));
      const { error } = readJson(run);
      return {
        exit: run.status,
        code: error?.code ?? "",
        complaints,
        seconds: run.durationMs / 1000,
        stderr: run.stderr,
        stdout: run.stdout,
      };
    },
    async destroy() {
      await host.destroy();
      removeScratch();
    },
  };
}

function look(host: LabHost, paths: readonly string[], except: readonly string[] = []): Map<string, string> {
  const entries = [...host.snapshot(paths, { except })].map(
    ([path, { kind, mode, uid, gid, size, sha256, target }]) => {
      const entry: Omit<SnapshotEntry, "mtimeNs"> = { kind, mode, uid, gid, size, sha256, target };
      return [path, JSON.stringify(entry)] as const;
    },
  );
  return new Map(entries);
}

function compare(what: string, expected: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>): string[] {
  const paths = [...new Set([...expected.keys(), ...found.keys()])].filter(
    (path) => expected.get(path) !== found.get(path),
  );
  return paths.length === 0 ? [] : [`${what} differs: ${paths.slice(0, 5).join(", ")}`];
}
