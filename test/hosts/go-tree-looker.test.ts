import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { absolutePath } from "../../src/host/absolute-path.ts";
import { type GoTreeLooker, type LookerOptions, openGoTreeLooker } from "../../src/host/trees/go-tree-looker.ts";
import { openLookBudget, type RunBounds, runBounds } from "../../src/host/trees/look-budget.ts";
import { realClock } from "../../src/host/real-clock.ts";
import { compileProgram } from "../lab/suite/compile-program.ts";

describe("looking at Go trees through a child", () => {
  let programs: string;
  let childMain: string;
  beforeAll(async () => {
    programs = mkdtempSync(join(tmpdir(), "readygo-programs-"));
    childMain = await compileProgram(join(import.meta.dirname, "../lab/hosts/home-child-main.ts"), programs);
  });
  afterAll(() => rmSync(programs, { recursive: true }));

  let root: string;
  let looker: GoTreeLooker;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "readygo-look-"));
    chmodSync(root, 0o755);
  });
  afterEach(async () => {
    await looker.close();
    rmSync(root, { recursive: true });
  });

  const put = (path: string, version = "go1.26.8"): void => {
    mkdirSync(join(root, path, "bin"), { recursive: true });
    writeFileSync(join(root, path, "VERSION"), `${version}\n`);
    writeFileSync(join(root, path, "bin/go"), "");
  };
  const open = (options: Partial<LookerOptions> = {}, bounds: Partial<RunBounds> = {}): GoTreeLooker => {
    looker = openGoTreeLooker({
      account: { name: "root", uid: 0, gid: 0, home: absolutePath("/") },
      root,
      entry: [childMain],
      budget: openLookBudget(realClock, { ...runBounds, ...bounds }),
      stop: new AbortController().signal,
      ...options,
    });
    return looker;
  };
  /** Starts the real child, but with `code` run in it before. */
  const startWith = (code: string) => ["--import", `data:text/javascript,${encodeURIComponent(code)}`, childMain];

  it("finds them as root and as an account, and reads them", async () => {
    put("opt/go1.26.8");
    const answer = { trees: ["/opt/go1.26.8"], leftOut: [] };
    expect(await open().find(["/opt/go*", "/usr/local/go*"])).toEqual(answer);
    expect(await looker.readName(absolutePath("/opt/go1.26.8"))).toEqual({
      kind: "name",
      name: { version: "go1.26.8", architecture: null },
    });
    await looker.close();

    const account = { name: "ann", uid: 54_321, gid: 54_321, home: absolutePath("/opt") };
    expect(await open({ account }).find(["go*"])).toEqual(answer);
    const survey = await looker.survey(absolutePath("/opt/go1.26.8"));
    expect(survey).toMatchObject({ kind: "survey", survey: { version: "go1.26.8" } });
    symlinkSync("/usr", join(root, "opt/elsewhere"));
    expect(await looker.survey(absolutePath("/opt/elsewhere"))).toEqual({
      kind: "left-out",
      reason: "unreadable",
      text: "it leads elsewhere, to /usr",
    });
  });

  it("leaves out what gives no answer, with its process, and goes on to the next", async () => {
    for (const name of ["go1", "go2", "go3"]) put(`opt/${name}`);
    // So much longer than this machine takes just now where nothing hangs.
    const startedAt = performance.now();
    await open().find(["/opt/go*"]);
    await looker.close();
    const bound = Math.round(Math.max(1_000, 10 * (performance.now() - startedAt)));
    // What hangs for good is what a dead network file system does to a system call.
    const hangs = `import fs from "node:fs"; import { syncBuiltinESMExports } from "node:module";
      const real = fs.lstatSync; fs.lstatSync = (path, options) => {
        if (String(path).includes("go2")) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
        return real(path, options); }; syncBuiltinESMExports();`;
    const { trees, leftOut } = await open({ entry: startWith(hangs), timeouts: { place: bound, tree: bound } }).find([
      "/opt/go*",
    ]);
    expect(trees).toEqual(["/opt/go1", "/opt/go3"]);
    expect(leftOut).toEqual([
      { kind: "left-out", reason: "unanswered", text: `it gave no answer within ${bound} ms`, path: "/opt/go2" },
    ]);
  });

  it("ends with the run's time, and what is not looked at is listed", async () => {
    put("opt/go1");
    const stopped = startWith(`import process from "node:process"; process.kill(process.pid, "SIGSTOP");`);
    const { trees, leftOut } = await open({ entry: stopped }, { milliseconds: 700 }).find(["/opt/go*", "/snap/go*"]);
    const over = { kind: "left-out", reason: "time", text: "the 0.7 s that one run looks for are over" };
    expect([trees, leftOut]).toEqual([
      [],
      [
        { ...over, path: "/opt/go*" },
        { ...over, path: "/" },
      ],
    ]);
    await looker.close();
    expect(spawnSync("pgrep", ["-f", `__home.*${root}`], { encoding: "utf8" }).stdout).toBe("");
  });

  it("does not start its process again and again for somebody who kills it", async () => {
    const starts = join(root, "starts");
    const dies = startWith(
      `import fs from "node:fs";       fs.appendFileSync(${JSON.stringify(starts)}, "x"); process.kill(process.pid, "SIGKILL");`,
    );
    const { leftOut } = await open({ entry: dies }).find(["a", "b", "c", "d", "e", "f"]);
    expect(leftOut.map(({ path, text }) => `${path} ${text}`)).toEqual([
      ...["/a", "/b", "/c"].map((path) => `${path} the process for it ended (SIGKILL)`),
      "/ what looks at it gave no answer or was killed again and again",
    ]);
    expect(readFileSync(starts, "utf8")).toBe("xxx");
  });

  it("tells a tree that is larger than releases from one that the rest of a run does not reach for", async () => {
    put("opt/go1");
    put("opt/go2");
    for (let at = 0; at < 20; at += 1) writeFileSync(join(root, `opt/go1/file${at}`), "0123456789");
    const small = open({}, { entries: 30 });
    expect(await small.survey(absolutePath("/opt/go1"))).toMatchObject({ kind: "survey" });
    expect(await small.survey(absolutePath("/opt/go1"))).toEqual({
      kind: "left-out",
      reason: "entries",
      text: "the 30 files and directories that one run looks at do not reach for it",
    });
    await looker.close();
    expect(await open({}, { bytes: 100 }).survey(absolutePath("/opt/go1"))).toMatchObject({ reason: "bytes" });
    await looker.close();
    spawnSync("truncate", ["-s", "1T", join(root, "opt/go2/bin/go")]);
    expect(await open().survey(absolutePath("/opt/go2"))).toEqual({
      kind: "beyond",
      excess: { of: "file", path: "bin/go", size: 2 ** 40 },
    });
  });

  it("lists so many of them and no more", async () => {
    for (let at = 0; at < 120; at += 1) put(`opt/go${at}`);
    const { trees, leftOut } = await open().find(["/opt/go*", "/usr/local/go*"]);
    expect(trees).toHaveLength(100);
    expect(leftOut).toEqual([
      {
        kind: "left-out",
        reason: "too-many",
        text: "100 Gos and places were found below it: no more are looked at",
        path: "/",
      },
    ]);
  });

  it("ends at once when readygo is stopped", async () => {
    const stop = new AbortController();
    const hanging = ["-e", "setInterval(() => {}, 1000)", "--"];
    const found = open({ entry: hanging, stop: stop.signal }).find(["/opt/go*"]);
    setTimeout(() => stop.abort(new Error("stopped")), 50);
    await expect(found).rejects.toThrow("stopped");
    await looker.close();
    expect(existsSync(root)).toBe(true);
  });
});
