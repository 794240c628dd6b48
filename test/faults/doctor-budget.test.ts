import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { onlyInFullMode } from "../lab/suite/full-mode.ts";
import { listOtherGos } from "../lab/releases/machine-go.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { officialRelease } from "../lab/releases/releases.ts";
import { skipBecause } from "../lab/suite/skip-because.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { watchMemory } from "../lab/hosts/watch-memory.ts";

// Rule: whatever lies on a host, and whatever a user does meanwhile, `doctor` ends within its minute and in bounded
// memory; it says what it left out and why, and reports none of that as proven.
describe("doctor, on a host", () => {
  let host: LabHost;
  const MiB = 1024 * 1024;
  /** The bound of a run, the start and end of its processes, and what a busy neighbour takes of both. */
  const mostMs = 80_000;
  const bin = "/opt/hostedtoolcache/go";

  beforeAll(async () => {
    const official = await officialRelease("1.26.8");
    host = await createHost({
      bind: [
        { from: official.path, to: "/srv/go.tar.gz" },
        { from: join(import.meta.dirname, "../lab/hosts/hanging-mount.pl"), to: "/srv/hanging-mount" },
      ],
      without: listOtherGos(),
    });
    await host.addUser("ann");
    await host.script(`mkdir -p ${bin}`);
  });
  // Outside the overlay, where a million names would cost more than what is tried; and gone at once.
  beforeEach(async () => void (await host.script(`mount -t tmpfs -o mode=755,nr_inodes=0,size=90% trees ${bin}`)));
  afterEach(async () => {
    await host.script(`umount -l ${bin}; umount -l /usr/local/go 2>/dev/null || true
      rm -rf /usr/local/go /opt/go1.26.8 /opt/go2 /home/ann/sdk`);
  });
  afterAll(() => host?.destroy());

  /** A tree that says it is go1.26.8, with a script to run in it. */
  const lay = (path: string, script = ":") =>
    host.script(`
      mkdir -p ${path}/bin ${path}/src; cd ${path}; echo go1.26.8 >VERSION
      printf '\\177ELF\\2\\1\\1%011d>\\0%044d' 0 0 | tr 0 '\\0' >bin/go
      ${script}`);
  /** The real one. */
  const unpack = (path: string) =>
    host.script(`mkdir -p ${path}; tar -xzf /srv/go.tar.gz -C ${path} --strip-components=1 --no-same-owner`);

  const diagnose = async () => {
    const command = host.spawnReadygo(["doctor", "--user", "ann", "--json"], { env: { GOSUMDB: "off" } });
    const watch = watchMemory(await command.pid());
    const run = await command.exited;
    const memory = watch.stop();
    const { checks, error, trees } = readJson(run);
    process.stderr.write(`${Math.round(memory / MiB)} MiB, ${Math.round(run.durationMs / 1000)} s\n`);
    expect(run.durationMs).toBeLessThan(mostMs);
    expect(memory).toBeLessThan(300 * MiB);
    const listed = trees as readonly { readonly status: string; readonly reason: string | null }[];
    expect(listed.map(({ status }) => status)).toEqual(checks.map(({ status }) => status));
    const rows = checks.map(({ status, evidence }) => `${status} ${evidence}`);
    return { exit: run.status, code: error?.code, rows, reasons: listed.map(({ reason }) => reason) };
  };

  it("with a sparse file, very many hard links and very many names, says that each is no release", async () => {
    await lay(`${bin}/a-sparse/x64`, "truncate -s 1T src/sparse.go");
    const link = (to: string, count: number) => `perl -e 'link("src/file", "${to}$_") or die for 1..${count}'`;
    await lay(`${bin}/b-links/x64`, `truncate -s 200M src/file; ${link("src/file", 100_000)}`);
    await lay(`${bin}/c-names/x64`, `mkdir src/many; touch src/file; ${link("src/many/", 1_000_000)}`);
    await lay(`${bin}/d-bytes/x64`, "for each in 1 2 3 4 5; do truncate -s 250M src/$each; done");
    const { exit, code, rows, reasons } = await diagnose();
    expect([exit, code]).toEqual([7, "tree-not-public"]);
    const start = (name: string) => `fail ${bin}/${name}/x64: go1.26.8 linux/amd64: it is no release: `;
    const end = ". It was not read further";
    expect(rows).toEqual([
      `${start("a-sparse")}"src/sparse.go" has 1,099,511,627,776 bytes, and no release has a file of more than 268,435,456${end}`,
      `${start("b-links")}it has more than 65,536 files and directories, and no release has as many${end}`,
      `${start("c-names")}it has more than 65,536 files and directories, and no release has as many${end}`,
      `${start("d-bytes")}its files have more than 1,073,741,824 bytes together, and no release's have as many${end}`,
    ]);
    expect(reasons).toEqual(rows.map(() => "beyond-releases"));
  });

  it("with a directory of very many names where Gos are looked for, looks at some and says so", async () => {
    await lay("/opt/go1.26.8");
    await host.script(`cd ${bin}; perl -e 'mkdir "$_" or die for 1..200_000'`);
    const { exit, rows, reasons } = await diagnose();
    expect(rows).toEqual([
      expect.stringContaining("fail /opt/go1.26.8: go1.26.8 linux/amd64: this tree's hash is h1:"),
      `warn ${bin}: it is left out: it has more than 10,000 names: the rest is not looked at`,
    ]);
    expect([exit, reasons]).toEqual([7, [null, "too-many"]]);
  });

  it("with thirty copies of a release, reads so many of them and says which it did not", async (context) => {
    onlyInFullMode(context);
    await unpack(`${bin}/copies/10`);
    await host.script(`cd ${bin}/copies; for each in $(seq 11 39); do cp -al 10 $each; done`);
    const { exit, code, ...all } = await diagnose();
    // Where the minute is over there is a row more, for the home that was not looked at.
    const [rows, reasons] = [all.rows.slice(0, 30), all.reasons.slice(0, 30)];
    expect([exit, code, rows.length]).toEqual([0, undefined, 30]);
    const read = reasons.filter((reason) => reason === null).length;
    // 4 GiB are eighteen; on a machine that is busy or slow the minute is over before.
    expect(read).toBeLessThanOrEqual(18);
    expect(new Set(reasons.slice(read))).toEqual(new Set([read === 18 ? "bytes" : "time"]));
    for (const [at, row] of rows.entries()) {
      const tree = `${bin}/copies/${10 + at}: go1.26.8 linux/amd64: `;
      const isRead = at < read;
      expect(row).toContain(isRead ? `pass ${tree}the pinned manifest states` : `warn ${tree}it is left out: the `);
    }
  });

  // Where it has a Go's settings too, which say whom to ask about the others.
  it("with a file system that does not answer, leaves that out and judges the others", async (context) => {
    if (!existsSync("/dev/fuse")) skipBecause(context, "this machine's kernel has no FUSE");
    await lay("/opt/go1.26.8");
    await lay("/opt/go2");
    await host.script("mkdir /usr/local/go");
    const daemon = host.spawn(["perl", "/srv/hanging-mount", "/usr/local/go"], { timeoutMs: 200_000 });
    await new Promise((resolve) => daemon.stdout.once("data", resolve));
    const { exit, rows, reasons } = await diagnose();
    await daemon.kill("SIGKILL");
    await daemon.exited;
    expect(rows).toEqual([
      expect.stringContaining("fail /opt/go1.26.8: go1.26.8 linux/amd64: this tree's hash is h1:"),
      expect.stringContaining("fail /opt/go2: go1.26.8 linux/amd64: this tree's hash is h1:"),
      "warn /usr/local/go: it is left out: it gave no answer within 10000 ms",
    ]);
    expect([exit, reasons]).toEqual([7, [null, null, "unanswered"]]);
  });

  it("whose user stops all that runs as them, leaves out their home and judges the others", async (context) => {
    onlyInFullMode(context);
    await lay("/opt/go1.26.8");
    await lay("/home/ann/sdk/go1.26.8", "chown -R ann: /home/ann/sdk");
    const stop = `while (1) { kill STOP => $_ for grep { $_ > 1 && $_ != $$ } map { m{(\\d+)} } glob "/proc/[0-9]*"; select undef, undef, undef, 0.005 }`;
    const stopper = host.spawn(["perl", "-e", stop], { user: "ann", timeoutMs: 200_000 });
    await stopper.pid();
    const { exit, rows, reasons } = await diagnose();
    await stopper.kill("SIGKILL");
    await stopper.exited;
    expect(rows[0]).toContain("fail /opt/go1.26.8: go1.26.8 linux/amd64: this tree's hash is h1:");
    expect(rows.length).toBeGreaterThan(1);
    for (const row of rows.slice(1)) expect(row).toMatch(/^warn \/home\/ann\S*: it is left out: /);
    expect([exit, ...new Set(reasons)]).toEqual([7, null, "unanswered"]);
    expect((await host.run(["pgrep", "-u", "ann"])).stdout).toBe("");
  });

  it("with a tree that changes while it is read, says that or that it differs, and never that it is proven", async (context) => {
    onlyInFullMode(context);
    await unpack(`${bin}/copy/x64`);
    const change = `mkdir "changing"; chdir "changing"; open F, ">", "always"; syswrite F, "x" x 4096;
      while (1) { for (1 .. 1000) { open A, ">", "a$_"; unlink "a" . ($_ - 1) } syswrite F, "more" }`;
    const changer = host.spawn(["perl", "-e", change], { cwd: `${bin}/copy/x64/src`, timeoutMs: 200_000 });
    await changer.pid();
    const { exit, rows } = await diagnose();
    await changer.kill("SIGKILL");
    await changer.exited;
    expect(rows).toEqual([
      expect.stringMatching(/^warn .*it cannot be read: somebody else is|^fail .* this tree's hash/),
    ]);
    expect([0, 7]).toContain(exit);
  });
});
