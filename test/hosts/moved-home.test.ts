import { dirname } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { type LabArchive, makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// `usermod -m` takes a home elsewhere; readygo's files are where the account has them now.
let host: LabHost;
let release: LabArchive;

beforeAll(async () => {
  release = await makeSmallRelease("1.30.1");
  host = await createHost({ bind: [{ from: dirname(release.path), to: "/opt/release" }] });
});
afterAll(() => host?.destroy());

const install = (user: string) =>
  host.readygo(
    `install 1.30.1 --source /opt/release --sha256 ${release.sha256} --no-verify --json --user ${user}`.split(" "),
  );

it.each([
  ["alice", "/bin/bash", [".bashrc", ".profile"]],
  ["carol", "/usr/bin/fish", [".config/fish/config.fish"]],
])("the files of %s (%s) follow her home", async (user, shell, files) => {
  await host.addUser(user, shell);
  for (const file of files) await host.script(`install -D -m 644 -o ${user} /dev/stdin /home/${user}/${file} <<<'echo mine'; chown -R ${user}: /home/${user}`); // prettier-ignore
  const before = files.map((file) => host.read(`/home/${user}/${file}`));
  expect((await install(user)).status).toBe(0);
  await host.script(`usermod -d /srv/${user}-home -m ${user}`);
  // Nothing is written a second time.
  expect(readJson(await install(user))).toMatchObject({ status: "unchanged" });
  const uninstalled = await host.readygo(["uninstall"]);
  expect(uninstalled.status).toBe(0);
  expect(uninstalled.stderr).not.toMatch(/warning/i);
  expect(files.map((file) => host.read(`/srv/${user}-home/${file}`))).toEqual(before);
  expect(host.exists("/var/lib/readygo")).toBe(false);
});
