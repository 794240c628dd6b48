import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { absolutePath } from "../../src/host/absolute-path.ts";
import { type HomeFiles, HomeRefusal, openHome } from "../../src/host/home/home-files.ts";
import type { Account } from "../../src/host/ports.ts";
import type { Sha256 } from "../../src/release/sha256.ts";
import { compileProgram } from "../lab/suite/compile-program.ts";

let programs = "";
let childMain = "";
beforeAll(async () => {
  programs = mkdtempSync(join(tmpdir(), "readygo-programs-"));
  chmodSync(programs, 0o755);
  childMain = await compileProgram(join(import.meta.dirname, "../lab/hosts/home-child-main.ts"), programs);
});
afterAll(() => rmSync(programs, { recursive: true }));

const wrong = "0".repeat(64) as Sha256;

let root = "";
let home: HomeFiles;

/** In the image at `root`: /home/ann, hers, and /etc/secret, which she can't read. */
function build(uid: number): Account {
  // As DIR of --root often is: closed to everybody else.
  root = mkdtempSync(join(tmpdir(), "readygo-home-"));
  const image = join(root, "image");
  mkdirSync(join(image, "home/ann"), { recursive: true });
  mkdirSync(join(image, "etc"));
  writeFileSync(join(image, "etc/secret"), "root's own\n", { mode: 0o600 });
  chownSync(join(image, "home/ann"), uid, uid);
  return { name: "ann", uid, gid: uid, home: absolutePath("/home/ann"), shell: absolutePath("/bin/bash") };
}

const inImage = (path: string): string => join(root, "image", path);
const inHome = (name: string): string => inImage(join("home/ann", name));
const ours = (name: string) => absolutePath("/home/ann", name);

function put(name: string, content: string, uid: number, mode = 0o644): void {
  writeFileSync(inHome(name), content);
  chmodSync(inHome(name), mode);
  chownSync(inHome(name), uid, uid);
}

const refusal = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "no refusal",
    (error: unknown) => (error instanceof HomeRefusal ? `${error.kind}: ${error.message}` : String(error)),
  );

describe.each([
  ["through a child, as another account", 54_321],
  ["in this process, as the account itself", 0],
] as const)("a home %s", (_, uid) => {
  let account: Account;

  beforeEach(() => {
    account = build(uid);
    home = openHome({ account, root: join(root, "image"), entry: [childMain] });
  });
  afterEach(async () => {
    await home.close();
    rmSync(root, { recursive: true });
  });

  it("reads a file with all that is needed to put it back", async () => {
    put(".bashrc", "alias a=b\n\0\xff", uid, 0o640);

    expect(await home.read(ours(".bashrc"))).toEqual({
      content: readFileSync(inHome(".bashrc")),
      mode: 0o640,
      uid,
      gid: uid,
      links: 1,
      resolvedPath: "/home/ann/.bashrc",
      sha256: execFileSync("sha256sum", [inHome(".bashrc")], { encoding: "utf8" }).slice(0, 64),
    });
    expect(await home.read(ours(".zshrc"))).toBeUndefined();
  });

  it("replaces a file: same mode, owner and group, a new inode, nothing left beside it", async () => {
    put(".bashrc", "old\n", uid, 0o600);
    const { ino } = statSync(inHome(".bashrc"));

    await home.replace(ours(".bashrc"), Buffer.from("new\n"));

    const stat = statSync(inHome(".bashrc"));
    expect({ mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid, isSame: stat.ino === ino }).toEqual({
      mode: 0o600,
      uid,
      gid: uid,
      isSame: false,
    });
    expect(readFileSync(inHome(".bashrc"), "utf8")).toBe("new\n");
    expect(readdirSync(inHome("."))).toEqual([".bashrc"]);
  });

  it("makes a file, with its directories, and takes all of them away again", async () => {
    for (const name of [".config", ".config/fish"]) expect(await home.makeDirectory(ours(name))).toBe(true);
    expect(await home.makeDirectory(ours(".config"))).toBe(false);
    await home.replace(ours(".config/fish/x"), Buffer.from("x"), { mode: 0o644, ifSha256: null });

    const stat = statSync(inHome(".config/fish/x"));
    expect([stat.mode & 0o7777, stat.uid, stat.gid]).toEqual([0o644, uid, uid]);
    expect(statSync(inHome(".config")).mode & 0o7777).toBe(0o700);
    expect(await home.isDirectory(ours(".config/fish"))).toBe(true);
    expect(await home.removeDirectory(ours(".config"))).toBe(false);

    await home.remove(ours(".config/fish/x"));
    for (const name of [".config/fish", ".config"]) expect(await home.removeDirectory(ours(name))).toBe(true);
    expect(readdirSync(inHome("."))).toEqual([]);
    expect(await home.isDirectory(ours(".config"))).toBe(false);
  });

  it("writes only over what the caller expects", async () => {
    put(".bashrc", "now\n", uid);
    const { sha256 } = (await home.read(ours(".bashrc"))) ?? { sha256: wrong };
    const late = "changed: somebody else has changed it meanwhile";

    expect(await refusal(home.replace(ours(".bashrc"), Buffer.from("x"), { ifSha256: wrong }))).toBe(late);
    expect(await refusal(home.replace(ours(".bashrc"), Buffer.from("x"), { ifSha256: null }))).toBe(late);
    expect(await refusal(home.remove(ours(".bashrc"), { ifSha256: wrong }))).toBe(late);
    expect(await refusal(home.replace(ours(".zshrc"), Buffer.from("x"), { ifSha256: wrong }))).toBe(late);
    expect(readFileSync(inHome(".bashrc"), "utf8")).toBe("now\n");

    await home.remove(ours(".bashrc"), { ifSha256: sha256 });
    expect(readdirSync(inHome("."))).toEqual([]);
  });

  it("follows a link inside the home directory and leaves it a link", async () => {
    mkdirSync(inHome("dots"));
    chownSync(inHome("dots"), uid, uid);
    put("dots/bashrc", "old\n", uid);
    // Absolute, as the image sees it: followed on this machine it would lead nowhere.
    symlinkSync("/home/ann/dots/bashrc", inHome(".bashrc"));

    expect((await home.read(ours(".bashrc")))?.resolvedPath).toBe("/home/ann/dots/bashrc");
    await home.replace(ours(".bashrc"), Buffer.from("new\n"));

    expect(readlinkSync(inHome(".bashrc"))).toBe("/home/ann/dots/bashrc");
    expect(readFileSync(inHome("dots/bashrc"), "utf8")).toBe("new\n");
  });

  it.each([
    ["/etc/secret", "link: it leads elsewhere, to /etc/secret"],
    ["../../etc/secret", "link: it leads elsewhere, to /etc/secret"],
    ["/etc/absent", "link: it leads elsewhere, to /etc/absent"],
    ["/home/anna", "link: it leads elsewhere, to /home/anna"],
    ["absent", "link: it is a link to nothing (/home/ann/absent)"],
    [".bashrc", "link: it is a link in a circle"],
  ])("does not follow a link to %s", async (target, expected) => {
    symlinkSync(target, inHome(".bashrc"));

    expect(await refusal(home.read(ours(".bashrc")))).toBe(expected);
    expect(await refusal(home.replace(ours(".bashrc"), Buffer.from("x")))).toBe(expected);
    expect(await refusal(home.remove(ours(".bashrc")))).toBe(expected);
    expect(lstatSync(inHome(".bashrc")).isSymbolicLink()).toBe(true);
    expect(readFileSync(inImage("etc/secret"), "utf8")).toBe("root's own\n");
  });

  it("does not follow a directory that is a link out of the home directory", async () => {
    mkdirSync(inImage("srv"));
    chownSync(inImage("srv"), uid, uid);
    symlinkSync("/srv", inHome(".config"));
    const expected = "link: it leads elsewhere, to /srv/x";

    expect(await refusal(home.read(ours(".config/x")))).toBe(expected);
    expect(await refusal(home.replace(ours(".config/x"), Buffer.from("x")))).toBe(expected);
    expect(await refusal(home.makeDirectory(ours(".config/x")))).toBe(expected);
    expect(readdirSync(inImage("srv"))).toEqual([]);
  });

  it("works in a home directory that is a link itself", async () => {
    execFileSync(
      "mv",
      [inHome("."), inImage("data")].map((path) => path.replace(/\/$/, "")),
    );
    symlinkSync("/data", inImage("home/ann"));

    await home.replace(ours(".bashrc"), Buffer.from("x"));

    expect(readFileSync(inImage("data/.bashrc"), "utf8")).toBe("x");
  });

  it("does not wait for a FIFO, nor open what is no file", async () => {
    execFileSync("mkfifo", [inHome(".bashrc")]);
    chownSync(inHome(".bashrc"), uid, uid);
    mkdirSync(inHome(".zshrc"));
    execFileSync("mknod", [inHome(".profile"), "c", "1", "5"]);

    expect(await refusal(home.read(ours(".bashrc")))).toBe("kind: it is a FIFO, not a regular file");
    expect(await refusal(home.read(ours(".zshrc")))).toBe("kind: it is a directory, not a regular file");
    expect(await refusal(home.read(ours(".profile")))).toBe("kind: it is a device, not a regular file");
    expect(await refusal(home.replace(ours(".bashrc"), Buffer.from("x")))).toBe(
      "kind: it is a FIFO, not a regular file",
    );
  });

  it("leaves files of other accounts, of many names and of more than 1 MiB", async () => {
    put(".bashrc", "sudo made me\n", 12_345);
    put(".profile", "two names\n", uid);
    linkSync(inHome(".profile"), inHome("other"));
    put(".zshrc", "", uid);
    truncateSync(inHome(".zshrc"), 1024 * 1024 + 1);
    put(".zshenv", "", uid);
    truncateSync(inHome(".zshenv"), 1024 * 1024);

    expect(await refusal(home.read(ours(".bashrc")))).toBe("owner: it belongs to another account (uid 12345)");
    expect(await refusal(home.replace(ours(".bashrc"), Buffer.from("x")))).toMatch(/^owner/);
    expect(await refusal(home.read(ours(".profile")))).toBe(
      "hard-links: it has 2 hard links, and a replacement would part them",
    );
    expect(await refusal(home.read(ours(".zshrc")))).toBe("size: it is larger than 1 MiB (1048577 bytes)");
    expect((await home.read(ours(".zshenv")))?.content.length).toBe(1024 * 1024);
  });

  it("says so where there is no home directory", async () => {
    rmSync(inHome("."), { recursive: true });

    expect(await refusal(home.read(ours(".bashrc")))).toBe("home: there is no home directory /home/ann");
    expect(await refusal(home.makeDirectory(ours(".config")))).toBe("home: there is no home directory /home/ann");
    expect(existsSync(inHome("."))).toBe(false);
  });

  it("clears what a killed replacement left, and is not kept from the next one by it", async () => {
    put(".bashrc", "old\n", uid);
    put("..bashrc.readygo-new", "half", uid);

    await home.replace(ours(".bashrc"), Buffer.from("new\n"));
    expect(readdirSync(inHome("."))).toEqual([".bashrc"]);

    put("..bashrc.readygo-new", "half", uid);
    await home.removeTemporary(ours(".bashrc"));
    expect(readdirSync(inHome("."))).toEqual([".bashrc"]);
  });

  it("answers many requests at once, each with its own answer", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `f${index}`);
    for (const name of names) put(name, name, uid);

    const files = await Promise.all(names.map((name) => home.read(ours(name))));

    expect(files.map((file) => file?.content.toString("utf8"))).toEqual(names);
  });
});

describe("the child", () => {
  let account: Account;

  beforeEach(() => {
    account = build(54_321);
  });
  afterEach(async () => {
    await home.close();
    rmSync(root, { recursive: true });
  });

  it("has the account's rights and no others", async () => {
    home = openHome({ account, root: join(root, "image"), entry: [childMain] });
    put(".bashrc", "closed\n", 54_321, 0o000);
    chownSync(inHome("."), 0, 0);
    put(".profile", "mine\n", 54_321);

    expect(await refusal(home.read(ours(".bashrc")))).toMatch(/^rights: /);
    expect(await refusal(home.read(ours(".profile")))).toBe(
      "rights: its directory cannot be written by the account (EACCES)",
    );
    expect(await refusal(home.read(ours(".zshrc")))).toMatch(/^rights: /);
    expect(await refusal(home.replace(ours(".profile"), Buffer.from("x")))).toMatch(/^rights: /);
    expect(await refusal(home.makeDirectory(ours(".config")))).toMatch(/^rights: /);
    expect(readFileSync(inHome(".profile"), "utf8")).toBe("mine\n");
  });

  it("has dropped every id, group and capability before it answers", () => {
    const probe =
      `const { runHomeChild } = await import(${JSON.stringify(join(import.meta.dirname, "../../src/host/home/home-child.ts"))});` +
      `runHomeChild(["", "", "__home", ${JSON.stringify(JSON.stringify({ ...account, root: join(root, "image"), serves: "files" }))}]);` +
      `process.stdin.destroy(); console.log((await import("node:fs")).readFileSync("/proc/self/status", "utf8"));`;
    home = openHome({ account, root: join(root, "image"), entry: [childMain] });

    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", probe], { encoding: "utf8" });

    const [ready, ...status] = stdout.split("\n");
    expect(ready).toBe('{"kind":"ready"}');
    expect(
      status.filter((line) => /^(?:Uid|Gid|Groups|CapPrm|CapEff|Umask):/.test(line)).map((line) => line.trim()),
    ).toEqual([
      "Umask:\t0022",
      "Uid:\t54321\t54321\t54321\t54321",
      "Gid:\t54321\t54321\t54321\t54321",
      "Groups:\t54321",
      "CapPrm:\t0000000000000000",
      "CapEff:\t0000000000000000",
    ]);
  });

  it("works on this machine itself, for an account that passwd doesn't name", async () => {
    chmodSync(root, 0o755);
    put(".bashrc", "old\n", 54_321);
    home = openHome({ account: { ...account, home: absolutePath(inHome(".")) }, root: "", entry: [childMain] });

    await home.replace(absolutePath(inHome(".bashrc")), Buffer.from("new\n"));

    expect(readFileSync(inHome(".bashrc"), "utf8")).toBe("new\n");
  });

  it("leaves a file whose group it could not give back", async () => {
    home = openHome({ account, root: join(root, "image"), entry: [childMain] });
    put(".bashrc", "old\n", 54_321);
    chownSync(inHome(".bashrc"), 54_321, 60_000);

    expect(await refusal(home.read(ours(".bashrc")))).toBe("owner: its account is not in its group (gid 60000)");
  });

  it("is gone when its home is closed, and when readygo is killed", async () => {
    const script =
      `const { openHome } = await import(${JSON.stringify(join(import.meta.dirname, "../../src/host/home/home-files.ts"))});` +
      `const home = openHome(${JSON.stringify({ account, root: join(root, "image"), entry: [childMain] })});` +
      `await home.isDirectory("/home/ann"); process.kill(process.pid, "SIGKILL");`;
    home = openHome({ account, root: join(root, "image"), entry: [childMain] });
    await home.isDirectory(ours("."));
    await home.close();

    spawnSync(process.execPath, ["--input-type=module", "-e", script]);

    await expect
      .poll(() => spawnSync("pgrep", ["-f", `__home.*${root}`], { encoding: "utf8" }).stdout, { timeout: 60_000 })
      .toBe("");
  });

  it("serves nobody's files as root, and looks as root only where root is its account", () => {
    home = openHome({ account, root: join(root, "image"), entry: [childMain] });
    put(".bashrc", "old\n", 54_321);
    const serve = (role: object, act: string, how: object = {}) => {
      const arguments_ = [childMain, "__home", JSON.stringify({ ...account, root: join(root, "image"), ...role })];
      const input = `${JSON.stringify({ act, path: "/home/ann/.bashrc" })}\n`;
      const { status, stdout } = spawnSync(process.execPath, arguments_, { input, encoding: "utf8", ...how });
      return { status, stdout };
    };
    const root0 = { uid: 0, gid: 0 };
    const nothing = { status: 77, stdout: "" };

    expect(serve({ ...root0, serves: "files" }, "read")).toEqual(nothing);
    expect(serve(root0, "read")).toEqual(nothing);
    chmodSync(root, 0o755);
    expect(serve({ ...root0, serves: "look" }, "findTree", { uid: 54_321, gid: 54_321 })).toEqual(nothing);
    expect(serve({ ...root0, serves: "look" }, "findTree").stdout.split("\n")).toEqual([
      '{"kind":"ready"}',
      '{"kind":"look","used":{"entries":1,"bytes":0},"result":{"kind":"tree","tree":null}}',
      "",
    ]);
    // Not an act of looking: nothing is done, and nothing is said.
    expect(serve({ ...root0, serves: "look" }, "remove").stdout).not.toContain("done");
    expect(existsSync(inHome(".bashrc"))).toBe(true);
  });

  it("that does not answer is killed at the bound with its group, and every later request is refused at once", async () => {
    const hanging = ["--input-type=module", "-e", "setInterval(() => {}, 1000)", "--"];
    home = openHome({ account, root: join(root, "image"), entry: hanging, timeoutMs: 700 });

    expect(await refusal(home.read(ours(".bashrc")))).toBe("unanswered: /home/ann gave no answer within 700 ms");
    // At once: before anything that takes a turn of the loop.
    const later = new Promise((resolve) => setImmediate(resolve, "a wait"));
    const again = await Promise.race([refusal(home.read(ours(".bashrc"))), later]);
    expect(again).toBe("unanswered: /home/ann gave no answer within 700 ms");
  });

  it("that its user stops is killed at the bound, and closing waits for it no longer than for any other", async () => {
    const pidFile = inHome("pid");
    const stopping = `require("node:fs").writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));process.kill(process.pid, "SIGSTOP")`;
    chmodSync(root, 0o755);
    // So much longer than a start takes this machine just now: the child has to come to its stop.
    const startedAt = performance.now();
    spawnSync(process.execPath, ["-e", "0"]);
    const timeoutMs = Math.round(Math.max(700, 10 * (performance.now() - startedAt)));
    home = openHome({ account, root: join(root, "image"), entry: ["-e", stopping, "--"], timeoutMs });

    const unanswered = `unanswered: /home/ann gave no answer within ${timeoutMs} ms`;
    expect(await refusal(home.read(ours(".bashrc")))).toBe(unanswered);
    await home.close();

    expect(existsSync(`/proc/${readFileSync(pidFile, "utf8")}`)).toBe(false);
  });

  it("that is stopped between two requests is killed when its home is closed", async () => {
    home = openHome({ account, root: join(root, "image"), entry: [childMain] });
    await home.isDirectory(ours("."));
    const [pid = ""] = spawnSync("pgrep", ["-f", `__home.*${root}`], { encoding: "utf8" }).stdout.split("\n");
    process.kill(Number(pid), "SIGSTOP");

    await home.close();

    expect(existsSync(`/proc/${pid}`)).toBe(false);
  });

  it("whose answer has no end is killed, and nothing of it is kept", async () => {
    const endless = `process.stdout.write('{"kind":"ready"}\\n'); const more = "x".repeat(1 << 16); const write = () => { while (process.stdout.write(more)); process.stdout.once("drain", write); }; write();`;
    home = openHome({ account, root: join(root, "image"), entry: ["-e", endless, "--"] });

    expect(await refusal(home.read(ours(".bashrc")))).toBe(
      "unanswered: the process for it answered more than 16777216 bytes",
    );
  });

  it("that is slow with each of many requests is ended when they have taken too long together", async () => {
    const slow = `process.stdout.write('{"kind":"ready"}\\n'); process.stdin.on("data", () =>
      setTimeout(() => process.stdout.write('{"kind":"done","value":true}\\n'), 100));`;
    const bounds = { timeoutMs: 60_000, totalMs: 300 };
    home = openHome({ account, root: join(root, "image"), entry: ["-e", slow, "--"], ...bounds });
    const asked = Array.from({ length: 4 }, () => refusal(home.isDirectory(ours("."))));
    const answers = await Promise.all(asked);
    expect(answers[0]).toBe("no refusal");
    expect(answers.at(-1)).toBe("unanswered: /home/ann took more than 300 ms for all that was asked of it");
  });

  it("that ends says why", async () => {
    home = openHome({
      account,
      root: join(root, "image"),
      entry: ["-e", "console.error('no way'); process.exit(9)", "--"],
    });

    expect(await refusal(home.read(ours(".bashrc")))).toBe("unanswered: the process for it ended (9): no way");
  });

  it("does not keep readygo from ending", () => {
    const script =
      `const { openHome } = await import(${JSON.stringify(join(import.meta.dirname, "../../src/host/home/home-files.ts"))});` +
      `const home = openHome(${JSON.stringify({ account, root: join(root, "image"), entry: [childMain] })});` +
      `console.log(await home.isDirectory("/home/ann"));`;
    home = openHome({ account, root: join(root, "image"), entry: [childMain] });

    const { stdout, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
      timeout: 80_000,
    });

    expect({ stdout, status }).toEqual({ stdout: "true\n", status: 0 });
  });
});
