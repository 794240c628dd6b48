import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statfsSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { rolldown } from "rolldown";
import { inlineUnpackWorker } from "./build/pack-modules.ts";

// npm run bench [-- --archive FILE --rounds N]: readygo's fetch, check, unpack and tree.manifest against
// `curl | tee >(sha256sum) | tar -xz`, both from the same server on loopback. Without --archive it packs the Go tree of
// this machine, which it only reads. Needs curl, tar, gzip and bash; as root, so that both write the same owner.

const usage = "usage: npm run bench [-- --archive FILE.tar.gz] [--rounds N] [--on DIR]";
const { values } = parseArgs({
  options: { archive: { type: "string" }, rounds: { type: "string", default: "5" }, on: { type: "string" } },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(usage);

const children = join(dirname(fileURLToPath(import.meta.url)), "bench");
const room = mkdtempSync(join(values.on ?? chooseFileSystem(), "readygo-bench-"));
const archiveRoom = mkdtempSync(join(tmpdir(), "readygo-bench-"));
let server: ChildProcess | undefined;
process.on("exit", cleanUp);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));

const archive = values.archive ?? packGoTree(join(archiveRoom, "go.tar.gz"));
const digest = await digestOf(archive);
server = spawn(process.execPath, [join(children, "serve-archive.ts"), archive], {
  stdio: ["ignore", "pipe", "inherit"],
});
const url = await readUrl(server);

interface Timed {
  readonly seconds: number;
  readonly output: string;
}

const stageOnce = await bundle(join(children, "stage-once.ts"), join(archiveRoom, "stage-once.mjs"));
const shell = 'set -o pipefail; curl -fsS "$1" | tee >(sha256sum > "$2.sum") | tar -xz -C "$2"';
const contenders = {
  readygo: (into: string): Timed => time(process.execPath, [stageOnce, url, into, digest]),
  shell: (into: string): Timed => time("bash", ["-c", shell, "bash", url, into]),
  inflate: (into: string): Timed => time(process.execPath, [stageOnce, url, into]),
};
const seconds = { readygo: [] as number[], shell: [] as number[], inflate: [] as number[] };
let peakMegabytes = 0;

for (let round = 0; round <= rounds; round += 1) {
  for (const name of ["readygo", "shell", "inflate"] as const) {
    const into = join(room, `${name}-${round}`);
    mkdirSync(into);
    const timed = contenders[name](into);
    if (name === "readygo" && !existsSync(join(into, "VERSION"))) throw new Error("readygo unpacked nothing");
    if (name === "shell" && !existsSync(join(into, "go/VERSION"))) throw new Error("the shell unpacked nothing");
    for (const left of [into, `${into}.manifest`, `${into}.sum`]) rmSync(left, { recursive: true, force: true });
    // The first round warms caches up.
    if (round === 0) continue;
    seconds[name].push(timed.seconds);
    if (name === "readygo") peakMegabytes = Math.max(peakMegabytes, Number(timed.output) / 1024);
  }
}

const shellSeconds = median(seconds.shell);
const report = (label: string, name: keyof typeof seconds): string => {
  const middle = median(seconds[name]);
  const all = seconds[name].map((value) => value.toFixed(2)).join(" ");
  return `${label.padEnd(46)} ${middle.toFixed(2)} s  ratio ${(middle / shellSeconds).toFixed(2)}   (${all})`;
};
process.stdout.write(
  [
    `onto ${room}, median of ${rounds}`,
    report("readygo: fetch, check, unpack, tree.manifest", "readygo"),
    report("curl | tee >(sha256sum) | tar -xz", "shell"),
    report("fetch and inflate alone, nothing written", "inflate"),
    `peak memory of readygo, threads included: ${peakMegabytes.toFixed(0)} MB`,
    "",
  ].join("\n"),
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

function packGoTree(to: string): string {
  const answer = spawnSync("go", ["env", "GOROOT"], {
    encoding: "utf8",
    env: { ...process.env, GOTOOLCHAIN: "local" },
  });
  const goroot = realpathSync(answer.status === 0 ? answer.stdout.trim() : "/usr/local/go");
  process.stderr.write(`packing ${goroot} with gzip -9, once; pass --archive FILE to use a release's own archive\n`);
  const pack =
    'set -o pipefail; tar -C "$1" --sort=name --owner=0 --group=0 --numeric-owner --transform "s,^[.],go," -cf - . | gzip -9 > "$2"';
  const packed = spawnSync("bash", ["-c", pack, "bash", goroot, to], { stdio: "inherit" });
  if (packed.status !== 0) throw new Error(`${goroot} could not be packed`);
  return to;
}

function time(command: string, args: readonly string[]): Timed {
  const start = performance.now();
  const done = spawnSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const elapsed = (performance.now() - start) / 1000;
  if (done.status !== 0) throw new Error(`${command} ended with ${done.status ?? done.signal}`);
  return { seconds: elapsed, output: done.stdout };
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
  for (const left of [room, archiveRoom]) rmSync(left, { recursive: true, force: true });
}
