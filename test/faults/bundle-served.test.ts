// Rule: a setting that keeps this host from asking the checksum database takes nothing from a bundle, which has the record
// with it: on a web server as in a directory, as a module zip as well as an archive, also where that is named itself.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Mirror } from "../lab/servers/mirror.ts";
import { toolchainModule } from "../lab/releases/modules.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

let host: LabHost;
let mirror: Mirror;

beforeAll(async () => {
  host = await createHost();
  mirror = await host.startMirror({ releases: [], modules: [toolchainModule("1.27.4", "amd64")] });
  const args = ["bundle", "1.27.4", "--arch", "amd64", "--source", "goproxy", "--output", "/srv/kit"];
  const run = await host.readygo(args, { env: { GOPROXY: mirror.proxyUrl } });
  expect(run.status).toBe(0);
});
afterAll(() => host?.destroy());
beforeEach(async () => {
  await host.script("rm -rf /usr/local/go /usr/local/.readygo /var/lib/readygo");
  await mirror.forgetRequests();
});

it("a module zip of a bundle on a web server is proven by the bundle's record where GOSUMDB=off", async () => {
  const serve = `require("http").createServer((q, r) => { try { r.end(require("fs").readFileSync("/srv/kit" + decodeURIComponent(q.url))) } catch { r.writeHead(404).end() } }).listen(8000, "127.0.0.1")`;
  const server = host.spawn(["/opt/readygo/node", "-e", serve]);
  await host.script("until : < /dev/tcp/127.0.0.1/8000; do sleep 0.1; done 2> /dev/null");
  const args = ["install", "1.27.4", "--source", "http://127.0.0.1:8000", "--no-verify", "--json"];
  const run = await host.readygo(args, { env: { GOSUMDB: "off" } });
  expect([run.status, readJson(run).error, await mirror.requests()]).toEqual([0, null, []]);
  expect(readJson(run).checks.find(({ id }) => id === "archive-digest")?.evidence).toContain("record 71124599");
  await server.kill("SIGKILL");
  await server.exited;
});

it("a module zip that is named by its place in a bundle is proven by the bundle's record, and nobody is asked", async () => {
  const zip = "/srv/kit/golang.org/toolchain/@v/v0.0.1-go1.27.4.linux-amd64.zip";
  const args = ["install", "1.27.4", "--source", zip, "--no-verify", "--json"];
  const run = await host.readygo(args, { env: { GOSUMDB: "off" } });
  expect([run.status, readJson(run).error, await mirror.requests()]).toEqual([0, null, []]);
});
