import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { attacked, lookupPath, makeModules, moduleVersion, pinTestLog, prepareAttack, recordNumber } from "../lab/releases/log-attack.ts"; // prettier-ignore
import { runGo } from "../lab/releases/machine-go.ts";
import { makeCertificates } from "../lab/servers/certificates.ts";
import type { GoproxyServerOptions } from "../lab/servers/goproxy-server.ts";
import { checkout } from "../lab/suite/lab-cache.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";

// GOPROXY lists as people write them: readygo and this machine's real go command ask the same servers for the same module, of
// a log under a test key that both trust. What comes, and from which entry, is to be the same; where readygo means to differ,
// the row has what go does, and why.
type Outcome = "nothing" | "good" | "again" | "nosum" | "nosum410" | "sum500" | "sum403" | "auth" | "moved" | "direct" | "file"; // prettier-ignore

interface Row {
  readonly list: string;
  readonly comes: Outcome;
  /** What go does, where readygo means to do something else. */
  readonly go?: Outcome;
  readonly why?: string;
  /** Played for every change; the others in full mode. */
  readonly isSample?: true;
}

const at = (manner: string): string => `https://goproxy.lab.test/${manner}`;
const bounded = "readygo gives each entry its time, and go waits for ever";
const asksDatabase = "the database itself is asked where its mirrors fail: what it signs is the same";

/** `good` in a list is written out, and so are the other manners (goproxy-server.ts). */
const rows: readonly Row[] = [
  { list: "good", comes: "good", isSample: true },
  { list: "good,again", comes: "good" },
  { list: "good|again", comes: "good" },
  { list: " good , again ", comes: "good" },
  { list: ",good", comes: "good" },
  { list: "good,", comes: "good" },
  { list: "goproxy.lab.test/good", comes: "good" },
  { list: "404,good", comes: "good", isSample: true },
  { list: "404|good", comes: "good" },
  { list: "410,good", comes: "good" },
  { list: "404,410,good", comes: "good" },
  { list: "403,good", comes: "nothing", isSample: true },
  { list: "403|good", comes: "good" },
  { list: "401,good", comes: "nothing" },
  { list: "500,good", comes: "nothing" },
  { list: "500|good", comes: "good", isSample: true },
  { list: "503|404,good", comes: "good" },
  { list: "reset,good", comes: "nothing" },
  { list: "reset|good", comes: "good" },
  { list: "hang,good", comes: "nothing" },
  { list: "hang|good", comes: "good", go: "nothing", why: bounded },
  { list: "page,good", comes: "nothing" },
  { list: "page|good", comes: "nothing" },
  { list: "https://nowhere.lab.test,good", comes: "nothing" },
  { list: "https://nowhere.lab.test|good", comes: "good" },
  { list: "https://goproxy.lab.test:1|good", comes: "good" },
  { list: "nosum", comes: "nosum" },
  { list: "nosum,good", comes: "nosum", isSample: true },
  { list: "nosum410,good", comes: "nosum410" },
  { list: "sum500|good", comes: "sum500" },
  { list: "sum500,good", comes: "sum500", go: "nothing", why: asksDatabase },
  { list: "sum403", comes: "sum403", go: "nothing", why: asksDatabase },
  { list: "zip404,good", comes: "good" },
  { list: "zip500,good", comes: "nothing" },
  { list: "zip500|good", comes: "good" },
  { list: "moved", comes: "moved" },
  { list: "evil,good", comes: "nothing" },
  { list: "evil|good", comes: "nothing", isSample: true },
  { list: "https://me:secret@goproxy.lab.test/auth", comes: "auth" },
  { list: "https://me:wrong@goproxy.lab.test/auth,good", comes: "nothing" },
  { list: "auth|good", comes: "good" },
  { list: "off", comes: "nothing" },
  { list: "404,off", comes: "nothing" },
  { list: "good,off", comes: "good" },
  { list: "off,good", comes: "nothing" },
  { list: "direct", comes: "direct" },
  { list: "404,direct", comes: "direct" },
  { list: "500,direct", comes: "nothing" },
  { list: "direct,good", comes: "direct" },
  { list: "file:///srv/proxy", comes: "file" },
  { list: "404,file:///srv/proxy", comes: "file" },
  { list: "file:///srv/none,good", comes: "good" },
  { list: "file://srv/proxy,good", comes: "nothing" },
  { list: "ftp://goproxy.lab.test/good,good", comes: "nothing" },
  { list: "/srv/proxy", comes: "nothing" },
  { list: ",", comes: "nothing" },
];
const manners = /^(?:\d{3}|good|again|hang|reset|page|nosum|nosum410|sum500|sum403|zip404|zip500|moved|evil|auth)$/;
const write = (list: string): string => list.replaceAll(/[^,| ]+/g, (word) => (manners.test(word) ? at(word) : word));

let host: LabHost;
let server: ChildProcess;
let room: string;
let readygo: readonly [string, string];
let key: string;

beforeAll(async () => {
  const { log } = await prepareAttack();
  const zips = await makeModules();
  key = log.key;
  room = mkdtempSync(join(tmpdir(), "readygo-goproxy-"));
  const served = join(room, "proxy");
  const put = (path: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(served, path)), { recursive: true });
    writeFileSync(join(served, path), content);
  };
  const database = "sumdb/sum.golang.org";
  put(`${database}/supported`, "");
  put(`${database}/latest`, log.sign(log.head));
  put(`${database}/${lookupPath}`, log.lookup(recordNumber));
  for (const [path, content] of log.files) put(`${database}/${path}`, content);
  const versions = "golang.org/toolchain/@v";
  put(`${versions}/${moduleVersion}.info`, `{"Version":"${moduleVersion}"}`);
  put(`${versions}/${moduleVersion}.mod`, "module golang.org/toolchain\n");
  put(`${versions}/${moduleVersion}.zip`, zips.honest.zip);
  put(`${versions}/list`, `${moduleVersion}\n`);
  writeFileSync(join(room, "evil.zip"), zips.evil.zip);
  writeFileSync(join(room, "served"), "");
  const goroot = (await runGo(["env", "GOROOT"])).trim();
  host = await createHost({
    bind: [
      { from: goroot, to: "/opt/realgo" },
      { from: served, to: "/srv/proxy" },
    ],
  });
  readygo = pinTestLog(host, log);
  const certificates = await makeCertificates();
  host.write("/etc/ssl/certs/ca-certificates.crt", readFileSync(certificates.authority));
  host.write("/etc/hosts", "127.0.0.1 localhost goproxy.lab.test sum.golang.org go.dev golang.org\n");
  const options: GoproxyServerOptions = {
    key: certificates.serverKey,
    certificate: certificates.serverCertificate,
    directory: served,
    evilZip: join(room, "evil.zip"),
    log: join(room, "served"),
    credentials: "me:secret",
  };
  const program = [join(checkout, "node_modules/.bin/node"), join(checkout, "test/lab/servers/goproxy-server.ts")];
  const intoNetwork = ["--pdeathsig", "KILL", "nsenter", "--target", String(host.initPid), "--net", "--"];
  server = spawn("setpriv", [...intoNetwork, ...program, JSON.stringify(options)], { stdio: ["ignore", "pipe", "inherit"] }); // prettier-ignore
  if (server.stdout !== null) await once(server.stdout, "data");
});
afterAll(async () => {
  server?.kill("SIGKILL");
  await host?.destroy();
  if (room !== undefined) rmSync(room, { recursive: true, force: true });
});

/** What came from where: by the server that served the zip last, or by none where it came all the same. */
async function play(run: () => Promise<boolean>): Promise<string> {
  writeFileSync(join(room, "served"), "");
  const hasCome = await run();
  const served = readFileSync(join(room, "served"), "utf8").trim().split("\n").at(-1) ?? "";
  return hasCome ? served || "file" : "nothing";
}

async function askGo(list: string): Promise<boolean> {
  const env = { GOPROXY: list, GOSUMDB: key, GOINSECURE: "golang.org/*", GOMODCACHE: "/tmp/mod", GOPATH: "/tmp/gopath", GOCACHE: "/tmp/cache", GOENV: "off", GOFLAGS: "-modcacherw", GOTOOLCHAIN: "local", GOTELEMETRY: "off" }; // prettier-ignore
  const module = `golang.org/toolchain@${moduleVersion}`;
  await host.script("rm -rf /tmp/mod /tmp/gopath");
  const { status } = await host.run(["timeout", "-k", "1", "10", "/opt/realgo/bin/go", "mod", "download", module], {
    env,
  });
  return status === 0;
}

async function askReadygo(list: string): Promise<boolean> {
  await host.script("rm -rf /usr/local/go /usr/local/.readygo /var/lib/readygo");
  const bounds = ["--stall-timeout", "2", "--connect-timeout", "2"];
  const words = ["install", attacked.slice(2), "--source", `goproxy=${list}`, "--no-verify", ...bounds];
  const { status } = await host.run([...readygo, ...words]);
  expect(host.exists("/usr/local/go")).toBe(status === 0);
  return status === 0;
}

it("has rows of every kind", () => {
  expect(rows.length).toBeGreaterThanOrEqual(40);
  expect(rows.filter(({ isSample }) => isSample === true)).toHaveLength(6);
});

it.each(rows.filter(({ isSample }) => isSample === true || isFullMode))(
  "GOPROXY=$list: $comes",
  async ({ list, comes, go = comes }) => {
    const text = write(list);
    const expected = { readygo: comes === "moved" ? "good" : comes, go: go === "moved" ? "good" : go };
    expect({ readygo: await play(() => askReadygo(text)), go: await play(() => askGo(text)) }).toEqual(expected);
  },
);
