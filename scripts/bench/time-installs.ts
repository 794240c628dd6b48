import { spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { createHost, type LabHost } from "../../test/lab/hosts/throw-away-host.ts";
import { releaseFiles } from "../../test/lab/releases/release-files.ts";
import { type LabArchive, officialRelease, officialVersions } from "../../test/lab/releases/releases.ts";
import { setup } from "../../test/lab/suite/global-setup.ts";
import { checkout } from "../../test/lab/suite/lab-cache.ts";

// npm run bench -- --install [--rounds N] [--busy] [--tests]: a whole `install` and `verify --quick` of the single file, as
// ratios to what people do by hand, on one throw-away host with one mirror; --busy: beside one loop that takes a processor;
// --tests: also the tree's proof against `go test -short -run=^$ std` from an empty cache, once, which takes minutes.

const { values } = parseArgs({
  options: {
    install: { type: "boolean" },
    rounds: { type: "string", default: "7" },
    busy: { type: "boolean", default: false },
    tests: { type: "boolean", default: false },
  },
});

/** What an article on installing Go lets one do: fetch, check, unpack, PATH, a program, the other architecture, a module. */
const byHand = ({ filename, sha256 }: LabArchive): string => `
  cd /tmp
  curl -fsSLO https://go.dev/dl/${filename}
  echo "${sha256}  ${filename}" | sha256sum --quiet -c
  rm -rf /usr/local/go && tar -C /usr/local -xzf ${filename}
  echo 'export PATH=$PATH:/usr/local/go/bin' >/etc/profile.d/go.sh
  bash -lc 'set -e
    go version && go env GOROOT GOPATH
    mkdir -p /tmp/hello && cd /tmp/hello
    go mod init example.com/hello
    printf "package main\\n\\nimport \\"fmt\\"\\n\\nfunc main() { fmt.Println(\\"hello\\") }\\n" >main.go
    go run .
    GOOS=linux GOARCH=arm64 go build -o hello-arm64 .
    go get rsc.io/quote@v1.5.2' >/dev/null 2>/tmp/said || { cat /tmp/said >&2; exit 1; }`;

const clean = `
  /opt/bin/readygo uninstall --quiet >/dev/null 2>&1 || true
  chmod -R u+w /root/go 2>/dev/null || true
  rm -rf /usr/local/go /tmp/* /root/go /root/.cache /root/.config/go /etc/profile.d/go.sh`;

interface Contender {
  readonly label: string;
  readonly script: string;
  /** What it is held against, and how much of that time it may take. */
  readonly against?: { readonly name: string; readonly most: number };
  /** Whether the release is there before. */
  readonly isInstalled?: true;
}

const contendersOf = (release: LabArchive): Readonly<Record<string, Contender>> => ({
  install: {
    label: "readygo install",
    script: `/opt/bin/readygo install ${officialVersions.older} --quiet >/dev/null`,
    against: { name: "byHand", most: 0.7 },
  },
  byHand: { label: "the article's procedure by hand", script: byHand(release) },
  unbuilt: {
    label: "readygo install without layers 2 and 3",
    script: `/opt/bin/readygo install ${officialVersions.older} --no-verify --quiet >/dev/null`,
    against: { name: "streamed", most: 0.85 },
  },
  streamed: {
    label: "curl | tee >(sha256sum) | tar -xz",
    script: `curl -fsSL https://go.dev/dl/${release.filename} | tee >(sha256sum >/tmp/sum) | tar -xz -C /usr/local`,
  },
  quick: {
    label: "readygo verify --quick",
    script: "/opt/bin/readygo verify --quick >/dev/null",
    against: { name: "hashed", most: 1.5 },
    isInstalled: true,
  },
  hashed: {
    label: "node -e 0, and openssl dgst over the tree",
    script: "/opt/readygo/node -e 0; find /usr/local/go -type f -print0 | xargs -0 openssl dgst -sha256 >/dev/null",
    isInstalled: true,
  },
});

/** For the module that both fetch. */
let env: Readonly<Record<string, string>> = {};

async function main(): Promise<void> {
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds takes a number");
  await setup();
  await releaseFiles();
  const release = await officialRelease(officialVersions.older);
  const bind = [{ from: join(checkout, "dist/readygo-linux-amd64"), to: "/opt/bin/readygo" }];
  const host = await createHost({ bind });
  const loop = values.busy ? spawn("sh", ["-c", "while :; do :; done"]) : undefined;
  try {
    const mirror = await host.startMirror({ releases: [release], isSigning: false });
    env = { GOPROXY: mirror.proxyUrl };
    print(await timeAll(host, contendersOf(release), rounds), contendersOf(release), rounds);
    if (values.tests) await timeTests(host);
  } finally {
    loop?.kill("SIGKILL");
    await host.destroy();
  }
}

type Times = ReadonlyMap<string, readonly number[]>;

async function timeAll(host: LabHost, contenders: Readonly<Record<string, Contender>>, rounds: number): Promise<Times> {
  const names = Object.keys(contenders);
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  // The first round warms caches up.
  for (let round = 0; round <= rounds; round += 1) {
    // Each has each place in turn: who runs after whom shows in the time.
    for (const name of [...names.slice(round % names.length), ...names.slice(0, round % names.length)]) {
      const contender = contenders[name];
      if (contender === undefined) continue;
      await host.script(clean);
      if (contender.isInstalled) await host.script(contendersInstall);
      const { durationMs } = await host.script(contender.script, { env, timeoutMs: 600_000 });
      if (round > 0) times.get(name)?.push(durationMs / 1000);
    }
  }
  return times;
}

const contendersInstall = `/opt/bin/readygo install ${officialVersions.older} --no-verify --quiet >/dev/null`;

function print(times: Times, contenders: Readonly<Record<string, Contender>>, rounds: number): void {
  const medianOf = (name: string): number => median(times.get(name) ?? []);
  const lines = Object.entries(contenders).map(([name, { label, against }]) => {
    const all = (times.get(name) ?? []).map((seconds) => seconds.toFixed(2)).join(" ");
    const ratio = against === undefined ? 0 : medianOf(name) / medianOf(against.name);
    const verdict =
      against === undefined
        ? ""
        : `  ${ratio.toFixed(2)} (at most ${against.most}: ${ratio <= against.most ? "reached" : "NOT reached"})`;
    return `${label.padEnd(42)} ${medianOf(name).toFixed(2)} s  (${all})${verdict}`;
  });
  const beside = values.busy ? "beside one busy loop" : "beside nothing";
  process.stdout.write([`median of ${rounds}, ${beside}; each ratio is to the line below`, ...lines, ""].join("\n"));
}

async function timeTests(host: LabHost): Promise<void> {
  await host.script(`${clean}\n${contendersInstall}`);
  const proof = await host.script("/opt/bin/readygo verify --quick >/dev/null");
  const command = "cd /tmp && GOFLAGS=-mod=mod CGO_ENABLED=0 /usr/local/go/bin/go test -short '-run=^$' std >/dev/null";
  const tests = await host.script(command, { timeoutMs: 3_600_000 });
  const times = tests.durationMs / proof.durationMs;
  process.stdout.write(
    `cold go test -short -run=^$ std ${(tests.durationMs / 1000).toFixed(0)} s: the tree's proof is ${times.toFixed(0)} times faster (at least 100)\n`,
  );
}

function median(of: readonly number[]): number {
  return [...of].sort((one, other) => one - other)[Math.floor(of.length / 2)] ?? Number.NaN;
}

await main();
process.exit(0);
