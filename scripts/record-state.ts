// Records the state that the present code writes, as fixtures that later code has to read: `node scripts/record-state.ts`.
// Each case is made by real runs; times and names of transactions differ from one recording to the next, nothing else.
// What is recorded of an earlier schema stays: only the directory of the schema that is written now is made anew.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setup } from "../test/lab/suite/global-setup.ts";
import { checkout } from "../test/lab/suite/lab-cache.ts";
import { listHost, writeStateFixture } from "../test/lab/state/state-fixture.ts";
import { cutRun, makeStateStart, mustRun, type StartOptions } from "../test/lab/state/state-hosts.ts";
import type { StateImage } from "../test/lab/state/state-image.ts";
import { installWords, sourceWords, stockStateShelf } from "../test/lab/state/state-shelf.ts";

const journal = "/var/lib/readygo/journal";

await setup();
const room = mkdtempSync(join(tmpdir(), "readygo-record-"));
const shelf = stockStateShelf(room);
try {
  const first = installWords(shelf, "1.30.1");
  const second = installWords(shelf, "1.30.2");
  const fish: StartOptions = { shell: "/usr/bin/fish" };

  await record("fresh-install", { isEmpty: true }, (image) => mustRun(image, first));
  await record("over-foreign-go", fish, (image) => mustRun(image, first));
  await record("upgraded", fish, (image) => runAll(image, [first, second]));
  await record("rolled-back", fish, (image) => runAll(image, [first, second, ["rollback", "--no-verify"]]));
  await record("cut-before-exchange", fish, (image) => runCut(image, journal, '"kind":"exchange"'));
  await record("cut-after-exchange", fish, (image) => runCut(image, "/usr/local/go/VERSION", "go1.30.2"));
  await record("cut-after-commit", fish, (image) => runCut(image, journal, '"kind":"commit"'));

  async function runCut(image: StateImage, file: string, text: string): Promise<void> {
    await mustRun(image, first);
    cutRun(image, second, file, text);
  }
} finally {
  rmSync(room, { recursive: true });
}

async function runAll(image: StateImage, runs: readonly (readonly string[])[]): Promise<void> {
  for (const argv of runs) await mustRun(image, argv);
}

async function record(name: string, options: StartOptions, play: (image: StateImage) => Promise<void>): Promise<void> {
  const host = makeStateStart(join(room, name), options);
  const start = listHost(host);
  await play(host);
  const receipt = JSON.parse(readFileSync(host.path("/var/lib/readygo/receipt.json"), "utf8")) as { schema: number };
  const directory = join(checkout, "test/fixtures/state", `schema-${receipt.schema}`, name);
  // Recovered in a copy, which says what stands there once a cut-off run is ended.
  const copy = host.copyTo(join(room, "copy"));
  const isCut = name.startsWith("cut-");
  if (isCut) await copy.run(["plan", "1.30.1", ...sourceWords(shelf, "1.30.1")]);
  const version = readFileSync(copy.path("/usr/local/go/VERSION"), "utf8").split("\n")[0] ?? "";
  const listed = await copy.run(["list", ...sourceWords(shelf, "1.30.1").slice(0, 2)]);
  if (listed.exit !== 0 || listed.version !== version) throw new Error(`${name}: list ends with ${listed.exit}`);
  copy.destroy();
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  writeStateFixture(directory, { start, host, fixture: { version, previous: listed.previous ?? null, isCut }, room });
  console.log(`${directory.slice(checkout.length + 1)}: ${version}`);
}
