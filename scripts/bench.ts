import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statfsSync,
  statSync,
} from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { rolldown } from "rolldown";
import { measure, type Measured, type MeasureOptions } from "./bench/measure.ts";
import { openSlowLink, type SlowLink } from "./bench/open-slow-link.ts";
import { inlineUnpackWorker } from "./build/pack-modules.ts";

// npm run bench [-- --archive FILE --rounds N --on DIR --lossy]: wall time and peak memory of readygo's fetch, check, unpack
// and tree.manifest, as ratios to what people do in a shell, in one run from one server on loopback; `--lossy`: over a
// way of 100 ms there and back that loses 1 % of its packets. Without --archive it packs the Go tree of this machine
// (with --lossy a part of it), which it only reads. Needs curl, tar, gzip and bash, and root: so that all write the same owner.
// With --install it times whole runs: bench/time-installs.ts.

if (process.argv.includes("--install")) await import("./bench/time-installs.ts");

const usage = "usage: npm run bench [-- --archive FILE.tar.gz] [--rounds N] [--on DIR] [--lossy]";
const { values } = parseArgs({
  options: {
    archive: { type: "string" },
    rounds: { type: "string" },
    on: { type: "string" },
    lossy: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds ?? (values.lossy ? 1 : 5));
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(usage);
if (values.lossy && process.env["READYGO_BENCH_NETWORK"] === undefined) runInOwnNetwork();

const children = join(dirname(fileURLToPath(import.meta.url)), "bench");
const room = mkdtempSync(join(values.on ?? chooseFileSystem(), "readygo-bench-"));
const archiveRoom = mkdtempSync(join(tmpdir(), "readygo-bench-"));
let server: ChildProcess | undefined;
let link: SlowLink | undefined;
process.on("exit", cleanUp);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));

const archive = values.archive ?? packGoTree(join(archiveRoom, "go.tar.gz"));
const digest = await digestOf(archive);
const size = String(statSync(archive).size);
const serve = [join(children, "serve-archive.ts"), archive];
if (values.lossy) {
  link = await openSlowLink();
  server = link.spawn(process.execPath, [...serve, link.address]);
} else {
  server = spawn(process.execPath, serve, { stdio: ["ignore", "pipe", "inherit"] });
}
const url = await readUrl(server);

const stageOnce = await bundle(join(children, "stage-once.ts"), join(archiveRoom, "stage-once.mjs"));
const streamed = 'set -o pipefail; curl -fsS "$1" | tee >(sha256sum > "$2.sum") | tar -xz -C "$2"';
const filed = 'curl -fsS -o "$2.tgz" "$1" && echo "$3  $2.tgz" | sha256sum --quiet -c && tar -xzf "$2.tgz" -C "$2"';
interface Contender {
  readonly label: string;
  readonly tree: string | undefined;
  run(into: string, options: MeasureOptions): Promise<Measured>;
}
const readygo =
  (...how: readonly string[]) =>
  (into: string, options: MeasureOptions) =>
    measure(process.execPath, [stageOnce, url, into, digest, size, ...how], options);
const contenders: Readonly<Record<string, Contender>> = {
  readygo: { label: "readygo: fetch, check, unpack, tree.manifest", tree: "", run: readygo() },
  kept: { label: "the same, written to disk a second time, as when slow", tree: "", run: readygo("kept") },
  streamed: {
    label: "(i)   curl | tee >(sha256sum) | tar -xz",
    tree: "go",
    run: (into, options) => measure("bash", ["-c", streamed, "bash", url, into], options),
  },
  filed: {
    label: "(ii)  curl -o && sha256sum -c && tar -xzf",
    tree: "go",
    run: (into, options) => measure("bash", ["-c", filed, "bash", url, into, digest], options),
  },
  gunzip: {
    label: "(iii) gunzip alone, nothing fetched or written",
    tree: undefined,
    run: (_, options) => measure("bash", ["-c", 'gunzip -c "$1" >/dev/null', "bash", archive], options),
  },
};
const names = values.lossy ? ["readygo", "streamed"] : Object.keys(contenders);
const results = new Map<string, Measured[]>(names.map((name) => [name, []]));

const peaks = new Map<string, number>();

// The first round warms caches up, and is the one that memory is looked at in; the slow way has one for both.
for (let round = values.lossy ? 1 : 0; round <= rounds; round += 1) {
  // Each has each place in turn: who runs after whom shows in the time.
  for (const name of [...names.slice(round % names.length), ...names.slice(0, round % names.length)]) {
    const contender = contenders[name];
    if (contender === undefined) continue;
    const into = join(room, `${name}-${round}`);
    mkdirSync(into);
    const isMemoryWanted = round === 0 || values.lossy;
    const measured = await contender.run(into, { isMemoryWanted });
    if (isMemoryWanted) peaks.set(name, measured.peakMegabytes);
    if (contender.tree !== undefined && !existsSync(join(into, contender.tree, "VERSION")))
      throw new Error(`${name} unpacked nothing`);
    for (const left of [into, `${into}.manifest`, `${into}.sum`, `${into}.tgz`]) {
      rmSync(left, { recursive: true, force: true });
    }
    if (round > 0) results.get(name)?.push(measured);
  }
}

const secondsOf = (name: string): number => median((results.get(name) ?? []).map(({ seconds }) => seconds));
const memoryOf = (name: string): number => peaks.get(name) ?? 0;
const lines = names.map((name) => {
  const all = (results.get(name) ?? []).map(({ seconds }) => seconds.toFixed(2)).join(" ");
  const label = (contenders[name]?.label ?? name).padEnd(52);
  return `${label} ${secondsOf(name).toFixed(2)} s  ${memoryOf(name).toFixed(0).padStart(4)} MB   (${all})`;
});
/** What readygo is to reach, of each of the others' wall time. */
const goals: Readonly<Record<string, number>> = values.lossy
  ? { streamed: 0.5 }
  : { streamed: 0.8, filed: 0.7, gunzip: 1.8 };
const ratios = Object.entries(goals).map(([name, goal]) => {
  const time = secondsOf("readygo") / secondsOf(name);
  const memory = memoryOf("readygo") / memoryOf(name);
  const verdict = time <= goal ? "reached" : "NOT reached";
  return `of ${contenders[name]?.label.padEnd(49)} time ${time.toFixed(2)} (at most ${goal}: ${verdict}), memory ${memory.toFixed(1)}`;
});
const kept = values.lossy
  ? []
  : [`keeping what comes in would cost ${((secondsOf("kept") / secondsOf("readygo") - 1) * 100).toFixed(1)} %`];
const where = values.lossy ? "100 ms, 1 % loss" : "loopback";
process.stdout.write(
  [`${size} bytes, ${where}, onto ${room}, median of ${rounds}`, ...lines, ...ratios, ...kept, ""].join("\n"),
);
process.exit(0);

/** One file with the same unpacking thread inside as what is shipped. */
async function bundle(input: string, file: string): Promise<string> {
  const made = await rolldown({ input, platform: "node", plugins: [inlineUnpackWorker()] });
  await made.write({ file, format: "esm", codeSplitting: false });
  await made.close();
  return file;
}

/** Memory, so that no disk is measured, where two trees fit with room to spare. */
function chooseFileSystem(): string {
  const memory = "/dev/shm";
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > 2 * 1024 ** 3 ? memory : tmpdir();
}

/** Over the slow way a part of the tree is enough: the whole of it would take the shell six minutes. */
function packGoTree(to: string): string {
  const answer = spawnSync("go", ["env", "GOROOT"], {
    encoding: "utf8",
    env: { ...process.env, GOTOOLCHAIN: "local" },
  });
  const goroot = realpathSync(answer.status === 0 ? answer.stdout.trim() : "/usr/local/go");
  process.stderr.write(`packing ${goroot} with gzip -9, once; pass --archive FILE to use a release's own archive\n`);
  const pack =
    'set -o pipefail; cd "$1" && tar --sort=name --owner=0 --group=0 --numeric-owner --transform "s,^[.],go," -cf - "${@:3}" | gzip -9 > "$2"';
  const parts = values.lossy ? ["./VERSION", "./src/cmd", "./src/crypto", "./src/net", "./src/runtime"] : ["."];
  const packed = spawnSync("bash", ["-c", pack, "bash", goroot, to, ...parts], { stdio: "inherit" });
  if (packed.status !== 0) throw new Error(`${goroot} could not be packed`);
  return to;
}

/** The cable's near end is in a namespace of this run's own: no setting of the machine's is touched. */
function runInOwnNetwork(): never {
  const again = [process.execPath, ...process.argv.slice(1)];
  const env = { ...process.env, READYGO_BENCH_NETWORK: "own" };
  const done = spawnSync("unshare", ["--net", "--", ...again], { stdio: "inherit", env });
  process.exit(done.status ?? 1);
}

async function digestOf(path: string): Promise<string> {
  const digest = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) digest.update(chunk as Buffer);
  return digest.digest("hex");
}

async function readUrl(from: ChildProcess): Promise<string> {
  if (from.stdout === null) throw new Error("the server has no output");
  const [line] = (await once(from.stdout, "data")) as [Buffer];
  return line.toString().trim();
}

function median(of: readonly number[]): number {
  return [...of].sort((one, other) => one - other)[Math.floor(of.length / 2)] ?? Number.NaN;
}

function cleanUp(): void {
  server?.kill("SIGKILL");
  link?.close();
  for (const left of [room, archiveRoom]) rmSync(left, { recursive: true, force: true });
}
