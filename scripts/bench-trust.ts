import { parseArgs } from "node:util";
import { mirrorNames } from "../test/lab/servers/mirror-protocol.ts";
import { officialRelease } from "../test/lab/releases/releases.ts";
import { withHost, type LabHost } from "../test/lab/hosts/throw-away-host.ts";

// node scripts/bench-trust.ts [--rounds N], as root, after a build: what asking all four trust roots adds to an install of
// the real 1.26.8 from a loopback mirror over TLS, where otherwise the pinned manifest is the only one that answers.
// Rounds take turns, so that both see the same machine; seconds of the wall, and of all its processors.

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });
const rounds = Number(values.rounds);
const release = await officialRelease("1.26.8");
const asc = `${mirrorNames.downloads}/go/${release.filename}.asc`;
const refused = { status: 404 };
const manifestAlone = {
  "go.dev/dl/": refused,
  [asc]: refused,
  [`${mirrorNames.checksums}/*`]: refused,
  [`${mirrorNames.proxy}/*`]: refused,
};
/** As large as the publisher's: some 350 releases of 40 files. */
const allRoots = { "go.dev/dl/": { replaceBody: publisherJson() } };

await withHost({}, async (host) => {
  const mirror = await host.startMirror({ releases: [release] });
  const seconds = { alone: [] as Timed[], all: [] as Timed[] };
  for (let round = 0; round <= rounds; round += 1) {
    for (const which of ["alone", "all"] as const) {
      await mirror.setFaults(which === "alone" ? manifestAlone : allRoots);
      const timed = await timeInstall(host, which === "all" ? 4 : 1);
      // The first round warms caches up.
      if (round > 0) seconds[which].push(timed);
    }
  }
  for (const clock of ["wall", "processors"] as const) {
    const [alone, all] = [seconds.alone, seconds.all].map((times) => median(times.map((timed) => timed[clock])));
    const ratio = ((all ?? 0) / (alone ?? 1)).toFixed(2);
    process.stdout.write(
      `${clock}: manifest alone ${alone?.toFixed(2)} s, all four ${all?.toFixed(2)} s, ratio ${ratio}\n`,
    );
  }
});

interface Timed {
  readonly wall: number;
  readonly processors: number;
}

async function timeInstall(host: LabHost, roots: number): Promise<Timed> {
  const install = "/opt/readygo/node /opt/readygo/dist/readygo.mjs install 1.26.8 --no-verify --source publisher";
  const script = `rm -rf /usr/local/go /usr/local/.readygo /var/lib/readygo; TIMEFORMAT='%R %U %S'; time ${install} 2>/dev/null`;
  const { stderr } = await host.script(script, { timeoutMs: 300_000 });
  const receipt = JSON.parse(host.read("/var/lib/readygo/receipt.json")) as { readonly trust: readonly unknown[] };
  if (receipt.trust.length !== roots) throw new Error(`${receipt.trust.length} roots proved it, not ${roots}`);
  const [wall = 0, user = 0, system = 0] = stderr.trim().split(/\s+/).map(Number);
  return { wall, processors: user + system };
}

function publisherJson(): string {
  const file = { ...release, os: "linux", arch: release.arch, kind: "archive" };
  const others = Array.from({ length: 350 }, (_, at) => ({
    version: `go1.${at % 26}.${Math.floor(at / 26) + 30}`,
    stable: true,
    files: Array.from({ length: 40 }, () => ({ ...file, filename: "another", os: "plan9" })),
  }));
  return JSON.stringify([{ version: release.version, stable: true, files: [file] }, ...others]);
}

function median(of: readonly number[]): number {
  return [...of].sort((one, other) => one - other)[Math.floor(of.length / 2)] ?? Number.NaN;
}
