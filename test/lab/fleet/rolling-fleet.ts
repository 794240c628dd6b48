import { readdirSync, readFileSync } from "node:fs";
import { makeSmallRelease } from "../releases/releases.ts";
import { createFleet, type Fleet } from "./fleet.ts";
import { startFileServer } from "./file-server.ts";
import { play, type Played, playDirectory } from "./play.ts";

/** What one stage of a fleet came to. */
export interface Stage {
  readonly name: "install" | "again" | "roll";
  readonly seconds: number;
  /** Served by the fleet's own web server. */
  readonly bytes: number;
  readonly played: Played;
  /** `fleet` of the result file of each host: changed, unchanged, failed, not begun. */
  readonly became: Readonly<Record<string, string>>;
}

export interface RollingFleet {
  readonly count: number;
  readonly bad: string;
  readonly stages: readonly Stage[];
  /** Bytes that were asked of the publisher, for all hosts together. */
  readonly originBytes: number;
  /** Release at each host's /usr/local/go in the end. */
  readonly releases: Readonly<Record<string, string>>;
  readonly summary: string;
}

export const nameHost = (at: number): string => `host${String(at).padStart(2, "0")}`;

const fleets = 600_000;

/**
 * A fleet of hosts with nothing on them, one bundle for all: installed and proven, again, then upgraded by a roll in
 * batches. The release that one of the hosts is offered is signed like the others and cannot pass the gate.
 */
export async function rollFleet(count: number, serial: number, badAt: number): Promise<RollingFleet> {
  const names = Array.from({ length: count }, (_, at) => nameHost(at + 1));
  const bad = nameHost(badAt);
  const fleet = await createFleet({ hosts: Object.fromEntries(names.map((name) => [name, {}])) });
  try {
    const originBytes = await makeBundles(fleet);
    const server = await startFileServer(fleet, "/srv/www");
    const stages: Stage[] = [];
    const stage = async (name: Stage["name"], playbook: string, extra: Readonly<Record<string, unknown>>) => {
      const before = server.requests.length;
      await fleet.control.script(`rm -rf ${playDirectory}/results`);
      const played = await play(fleet, playbook, { extra, timeoutMs: fleets });
      const bytes = server.requests.slice(before).reduce((sum, one) => sum + one.bytes, 0);
      stages.push({ name, seconds: played.durationMs / 1000, bytes, played, became: readResults(fleet) });
    };
    fleet.control.write(`${playDirectory}/install.yml`, JSON.stringify(installPlay));
    const install = { install_version: "1.30.1", install_source: [`${server.base}/good`] };
    await stage("install", "install.yml", install);
    await stage("again", "install.yml", install);
    fleet.control.write(
      `${playDirectory}/host_vars/${bad}.yml`,
      JSON.stringify({ upgrade_source: `${server.base}/bad` }),
    );
    fleet.control.write(
      `${playDirectory}/group_vars/all.yml`,
      JSON.stringify({ upgrade_version: "1.30.2", upgrade_source: `${server.base}/good` }),
    );
    await stage("roll", "readygo.go.roll", { roll_serial: serial });
    const releases = names.map((name) => [name, fleet.host(name).read("/usr/local/go/VERSION").split("\n")[0] ?? ""]);
    await server.stop();
    const summary = stages.at(-1)?.played.text.split("READYGO")[1] ?? "";
    return { count, bad, stages, originBytes, releases: Object.fromEntries(releases), summary };
  } finally {
    await fleet.destroy();
  }
}

/** readygo is on the lab's hosts already: what is installed is what is tested elsewhere. */
const installPlay = [
  {
    hosts: "all",
    gather_facts: false,
    tasks: [
      {
        name: "install",
        "ansible.builtin.include_role": { name: "readygo.go.install" },
        vars: { install_has_readygo: true },
      },
      {
        name: "prove",
        "readygo.go.readygo_info": { verify: "quick" },
        become: true,
        register: "proof",
        failed_when: "not proof.is_verified",
      },
    ],
  },
];

/** By `readygo bundle` on the control host, which alone speaks with the publisher; gives the bytes that came from there. */
export async function makeBundles({ control }: Fleet): Promise<number> {
  const older = await makeSmallRelease("1.30.1");
  const newer = await makeSmallRelease("1.30.2");
  const broken = await makeSmallRelease("1.30.2", { files: { "go.env": "GOSUMDB=sum.golang.org\n" } });
  const mirror = await control.startMirror({ releases: [older, newer], modules: [] });
  const bundle = async (directory: string, ...versions: readonly string[]): Promise<number> => {
    const before = control.loopbackBytes();
    const words = ["bundle", ...versions, "--arch", "amd64", "--output", `/srv/www/${directory}`, "--json"];
    const { status, stdout, stderr } = await control.readygo(words);
    if (status !== 0) throw new Error(`bundle: ${status} ${stdout}${stderr}`);
    return control.loopbackBytes() - before;
  };
  const bytes = await bundle("good", "1.30.1", "1.30.2");
  await mirror.setReleases([broken]);
  await bundle("bad", "1.30.2");
  await mirror.stop();
  return bytes;
}

/** Of the callback's file of each host: its word, and the code of its error where there is one. */
export function readResults({ control }: Fleet): Readonly<Record<string, string>> {
  if (!control.exists(`${playDirectory}/results`)) return {};
  const directory = control.path(`${playDirectory}/results`);
  const files = readdirSync(directory).toSorted();
  return Object.fromEntries(
    files.map((file) => {
      const { host, fleet, error } = JSON.parse(readFileSync(`${directory}/${file}`, "utf8")) as {
        readonly host: string;
        readonly fleet: string;
        readonly error: { readonly code: string } | null;
      };
      return [host, error === null ? fleet : `${fleet}: ${error.code}`];
    }),
  );
}
