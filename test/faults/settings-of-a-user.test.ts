import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { onlyInFullMode } from "../lab/suite/full-mode.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { makeRealGoRelease } from "../lab/releases/real-go-release.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { waitFor } from "../lab/suite/wait-for.ts";

// The rule: what a user's settings name is run, read and fetched as that user, within bounds on time and memory, and knows
// nothing of root's environment. Root's own settings make root run no version control and read no file.
const mostBytes = 300 * 1024 * 1024;
const module = "rsc.io/quote@v1.5.2";

/** Answers a module proxy's first question without end, and a question for a repository with one of git's by ssh. */
const server = `
const head = "HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n";
require("net").createServer((socket) => {
  socket.on("error", () => undefined);
  socket.once("data", (request) => {
    if (!String(request).includes("/@v/"))
      return socket.end(head + "\\r\\n<meta name=\\"go-import\\" content=\\"rsc.io/quote git ssh://mallory@127.0.0.1/x\\">");
    const more = Buffer.alloc(1 << 20, "x");
    const write = () => { while (socket.write(more)); };
    socket.on("drain", write);
    socket.write(head + "\\r\\n{");
    write();
  });
}).listen(8123, "127.0.0.1");`;

describe("a user's settings of go", () => {
  let host: LabHost;
  let uid: string;
  let serverRun: ReturnType<LabHost["spawn"]>;

  beforeAll(async () => {
    const release = await makeRealGoRelease("1.30.1");
    host = await createHost({ bind: [{ from: dirname(release.path), to: "/opt/release" }] });
    await host.addUser("mallory");
    uid = (await host.must(["id", "-u", "mallory"])).stdout.trim();
    const install = ["install", "1.30.1", "--source", "/opt/release", "--sha256", release.sha256, "--no-verify"];
    expect((await host.readygo(install)).status).toBe(0);
    host.write("/root/secret", "a secret of root's\n", 0o600);
    // Comes before the machine's own, which need not be there.
    host.write(
      "/usr/local/bin/git",
      '#!/bin/sh\necho "git $(id -u)" >>/tmp/seen\nenv >>/tmp/seen\nfor i in 1 2 3 4; do setsid sleep 1000 & done\nsleep 1000\n',
      0o755,
    );
    serverRun = host.spawn(["/opt/readygo/node", "-e", server], { user: "mallory", timeoutMs: 600_000 });
    serverRun.exited.catch(() => undefined);
  });
  afterAll(() => host?.destroy());
  beforeEach(() => host.script("rm -rf /tmp/seen /tmp/trace; touch /tmp/seen; chmod 666 /tmp/seen"));

  /** Memory of all processes of the host but readygo and the lab's own server, in bytes, by process. */
  const family = (): ReadonlyMap<string, number> => {
    const sizes = new Map<string, number>();
    for (const pid of readdirSync(host.path("/proc")).filter((name) => /^\d+$/.test(name))) {
      try {
        const words = readFileSync(host.path(`/proc/${pid}/cmdline`), "latin1");
        if (words.includes("/opt/readygo/node") || words.startsWith("sleep\0infinity") || words === "") continue;
        const kib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(host.path(`/proc/${pid}/status`), "latin1"))?.[1];
        sizes.set(`${pid} ${words.replaceAll("\0", " ")}`, Number(kib ?? 0) * 1024);
      } catch {
        // It has ended meanwhile.
      }
    }
    return sizes;
  };

  const setOf = async (user: string, home: string, settings: string): Promise<void> => {
    host.write(`${home}/.config/go/env`, settings);
    await host.must(["chown", "-R", `${user}:`, `${home}/.config`]);
  };

  /** `verify` under strace: what mod-download says, the peak of memory, and what root has run and opened. */
  async function verify(user: string, before: readonly string[] = []) {
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(
        peak,
        [...family().values()].reduce((sum, size) => sum + size, 0),
      );
    }, 50);
    try {
      const calls = "trace=execve,openat,setresuid,clone,clone3,fork,vfork";
      const strace = ["strace", "-f", "-qq", "-s", "100", "-e", calls, "-o", "/tmp/trace"];
      const argv = ["/opt/readygo/node", "/opt/readygo/dist/readygo.mjs", "verify", "--user", user, "--module", module];
      const result = await host.run([...strace, ...before, ...argv, "--timeout", "15", "--json"], {
        env: { TOKEN: "a secret of root's", HTTPS_PROXY: "http://root:secret@127.0.0.1:1" },
        timeoutMs: 280_000,
      });
      const finding = readJson(result).checks.find(({ id }) => id === "mod-download");
      return { finding, peak, seen: host.read("/tmp/seen"), byRoot: callsOfRoot(host.read("/tmp/trace")) };
    } finally {
      clearInterval(watch);
    }
  }

  const fromWeb = "export HTTP_PROXY=http://127.0.0.1:8123\n";
  const setProfile = async (text: string): Promise<void> => {
    host.write("/home/mallory/.profile", text);
    await host.must(["chown", "mallory:", "/home/mallory/.profile"]);
  };

  it("runs git as the user, and ends what that starts", async () => {
    await setOf("mallory", "/home/mallory", "GOPROXY=direct\nGOINSECURE=*\nGOSUMDB=off\n");
    await setProfile(fromWeb);
    const { finding, seen, byRoot, peak } = await verify("mallory");
    expect(finding).toMatchObject({ status: "warn", evidence: expect.stringContaining("no answer within the bound") });
    expect(seen).toContain(`git ${uid}\n`);
    expect(seen).not.toContain("git 0");
    expect(seen).not.toContain("secret");
    expect(byRoot.filter((call) => /execve\("[^"]*\/(?:git|ssh)"/.test(call))).toEqual([]);
    expect(peak).toBeLessThan(mostBytes);
    expect([...family().keys()]).toEqual([]);
  });

  const link = async (target: string): Promise<void> => {
    await host.script(
      `mkdir -p p/rsc.io/quote/@v; ln -sfn ${target} p/rsc.io/quote/@v/v1.5.2.info; cp -P p/rsc.io/quote/@v/v1.5.2.info p/rsc.io/quote/@v/v1.5.2.mod`,
      { user: "mallory", cwd: "/home/mallory" },
    );
    await setProfile("");
    await setOf("mallory", "/home/mallory", "GOPROXY=file:///home/mallory/p\nGOSUMDB=off\n");
  };

  it("reads files as the user", async () => {
    await link("/root/secret");
    const { finding, byRoot } = await verify("mallory");
    expect(finding).toMatchObject({ status: "warn", evidence: expect.stringContaining("permission denied") });
    expect(byRoot.filter((call) => /\/home\/mallory\/p|\/root\/secret/.test(call))).toEqual([]);
  });

  it.for([
    ["as it is", []],
    ["without CAP_SYS_ADMIN", ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"]],
  ] as const)("does not get more memory by an endless file, %s", async ([how, before], context) => {
    if (how === "as it is") onlyInFullMode(context);
    await link("/dev/zero");
    const { finding, peak } = await verify("mallory", before);
    expect(finding?.status).toBe("warn");
    expect(finding?.evidence).toMatch(/larger than this check takes|more memory than it may/);
    expect(peak).toBeLessThan(mostBytes);
    expect([...family().keys()]).toEqual([]);
  });

  it("nor by an endless answer", async (context) => {
    onlyInFullMode(context);
    await setProfile("");
    await setOf("mallory", "/home/mallory", "GOPROXY=http://127.0.0.1:8123\nGOSUMDB=off\n");
    const { finding, peak } = await verify("mallory");
    expect(finding?.status).toBe("warn");
    expect(finding?.evidence).toMatch(/larger than this check takes|more memory than it may/);
    expect(peak).toBeLessThan(mostBytes);
  });

  it("leaves root's own with web proxies alone", async () => {
    await setOf("root", "/root", "GOPROXY=file:///srv/proxy,direct\nGOINSECURE=*\nGOSUMDB=off\n");
    const { finding, seen, byRoot } = await verify("root");
    expect(finding).toMatchObject({
      status: "warn",
      evidence: expect.stringContaining("root's check uses http and https proxies alone"),
    });
    expect(seen).toBe("");
    expect(byRoot.filter((call) => /execve\("[^"]*\/(?:git|ssh)"|openat.*rsc\.io/.test(call))).toEqual([]);
  });

  it("leaves no scratch, and what a killed run has left is removed by the next one, whatever its owner makes of it", async () => {
    await setOf("mallory", "/home/mallory", "GOPROXY=direct\nGOINSECURE=*\nGOSUMDB=off\n");
    await setProfile(fromWeb);
    const inTmp = (): readonly string[] => readdirSync(host.path("/tmp")).filter((name) => name.startsWith("readygo-"));
    expect(inTmp()).toEqual([]);
    const run = host.spawnReadygo(["verify", "--user", "mallory", "--module", module, "--timeout", "60"]);
    await waitFor("the run of git", () => host.read("/tmp/seen").includes("git"));
    await run.kill("SIGKILL");
    await run.exited;
    expect(inTmp()).toHaveLength(2);
    await host.script("cd /tmp/readygo-*/account; ln -s /home/mallory link; mkdir -p closed/in; chmod 0 closed", {
      user: "mallory",
    });
    host.write("/home/mallory/kept", "");
    await host.readygo(["verify", "--user", "mallory", "--module", module, "--timeout", "5"]);
    expect(inTmp()).toEqual([]);
    expect(host.exists("/home/mallory/kept")).toBe(true);
  });
});

/** Of a trace by `strace -f`: what processes did that were root's, and none of whose ancestors had become somebody else. */
function callsOfRoot(trace: string): readonly string[] {
  const parents = new Map<string, string>();
  for (const [, pid = "", child = ""] of trace.matchAll(/^(\d+) .*(?:clone3?|v?fork)\b.* = (\d+)$/gm))
    parents.set(child, pid);
  const dropped = new Set<string>();
  const isDropped = (pid: string | undefined): boolean =>
    pid !== undefined && (dropped.has(pid) || isDropped(parents.get(pid)));
  const calls: string[] = [];
  // Where others come between, strace tells a call in two lines.
  const asking = new Set<string | undefined>();
  for (const line of trace.split("\n")) {
    const pid = /^\d+/.exec(line)?.[0];
    if (/ setresuid\([1-9]\d*, .*<unfinished/.test(line)) asking.add(pid);
    const isDone = asking.has(pid) && / <\.\.\. setresuid resumed>.* = 0$/.test(line);
    if ((isDone || / setresuid\([1-9]\d*, .* = 0$/.test(line)) && pid !== undefined) dropped.add(pid);
    else if (/ (?:execve|openat)\(/.test(line) && !isDropped(pid)) calls.push(line);
  }
  return calls;
}
