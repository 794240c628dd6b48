import { dirname } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { type LabArchive, makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";

// `chown -R alice /usr/local` and `chmod -R 777` are what people do when a download fails for want of rights. One remedy has to
// lead out, and what somebody could have changed meanwhile is proven again.
let host: LabHost;
let older: LabArchive;
let newer: LabArchive;

beforeAll(async () => {
  [older, newer] = [await makeSmallRelease("1.30.1"), await makeSmallRelease("1.30.2")];
  host = await createHost({
    bind: [older, newer].map(({ path, version }) => ({ from: dirname(path), to: `/opt/${version}` })),
  });
  await host.addUser("alice", "/bin/bash");
  // A Go of somebody else's, which uninstall has to give back.
  await host.script("install -d /usr/local/go/bin; echo mine >/usr/local/go/bin/go");
});
afterAll(() => host?.destroy());

const readygo = "/opt/readygo/node /opt/readygo/dist/readygo.mjs";
const install = ({ version, sha256 }: LabArchive) =>
  host.readygo(
    `install ${version} --source /opt/${version} --sha256 ${sha256} --no-verify --user alice --json`.split(" "),
  );
const wrong = async (): Promise<string> =>
  (await host.script("find /usr/local/go ( -not -uid 0 -o -perm /022 ) -not -type l | wc -l".replaceAll(/[()]/g, String.raw`\$&`))).stdout.trim(); // prettier-ignore

const handedOver = ["chown -R alice /usr/local", "chmod -R 777 /usr/local", "chown -R alice: /usr/local/.readygo /usr/local/bin"]; // prettier-ignore
it.each(handedOver.slice(0, isFullMode ? undefined : 1))("leads out of `%s` by one remedy", async (damage) => {
  for (const release of [older, newer]) expect((await install(release)).status).toBe(0);
  await host.script(damage);
  const refused = readJson(await install(newer));
  expect(refused.error).toMatchObject({ code: "place-unsafe", exit: 3 });
  const [remedy = ""] = refused.error?.remedy ?? [];
  expect(remedy).toMatch(/^chown root:root /);
  await host.script(remedy);
  expect((await install(newer)).status).toBe(0);
  expect(readJson(await install(newer))).toMatchObject({ status: "unchanged" });
  expect(await wrong()).toBe("0");
  expect((await host.script(`${readygo} uninstall`)).status).toBe(0);
  expect(host.read("/usr/local/go/bin/go")).toBe("mine\n");
  expect((await host.script("ls -d /usr/local/.readygo /usr/local/bin/go* || true")).stdout).toBe("");
});

const damages = [
  ["chmod -R 777 /usr/local/go", "mode"],
  ["chown -R alice /usr/local/go", "owner"],
  ["chmod 775 /usr/local/go", "mode"],
  ["chown alice /usr/local/go/bin/go", "owner"],
  ["cp -p /usr/local/go/bin/go /tmp/go; echo x >>/tmp/go; cat /tmp/go >/usr/local/go/bin/go", "size"],
] as const;
it.each(damages.slice(0, isFullMode ? undefined : 2))(
  "puts the release there anew after `%s`",
  async (damage, what) => {
    expect((await install(newer)).status).toBe(0);
    await host.script(damage);
    const run = await install(newer);
    expect(readJson(run)).toMatchObject({ status: "changed" });
    expect(run.stderr).toContain(`another ${what}`);
    expect(await wrong()).toBe("0");
    expect(readJson(await install(newer))).toMatchObject({ status: "unchanged" });
  },
);

it("proves a tree anew whose program was touched and is the release's all the same, and changes nothing", async () => {
  await host.script("chown alice /usr/local/go/bin/go; chown root:root /usr/local/go/bin/go");
  expect(readJson(await install(newer))).toMatchObject({ status: "unchanged" });
});
