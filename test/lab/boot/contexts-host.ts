import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { ContextRow } from "../../../src/errors/event.ts";
import type { CommandResult } from "../hosts/command.ts";
import type { FoundJson } from "../doctor/play-plant.ts";
import { listTroubles, readJson } from "../hosts/read-json.ts";
import { makeUbuntuLike } from "../hosts/ubuntu-like.ts";
import { makeSmallRelease } from "../releases/releases.ts";
import { type BootedHost, createBootedHost, seedCloudInit } from "./booted-host.ts";
import { prepareRealContexts, type RealAccount, type RealAnswer, startRealContexts } from "./real-contexts.ts";

/** Who is on the host; ada runs `sudo readygo install`. */
export const people = [
  { name: "root", shell: "bash", maySudo: true },
  { name: "ada", shell: "bash", maySudo: true },
  { name: "bob", shell: "zsh", maySudo: false },
] as const satisfies readonly RealAccount[];

export const installed = "go1.30.1";
export const fromApt = "go1.19.8";

/** As Debian's golang-go has it. */
const aptTree = "/usr/lib/go-1.19";

/** Every context of every account, started for real. */
export interface Round {
  /** By `ACCOUNT ID`. */
  readonly answers: ReadonlyMap<string, RealAnswer>;
  /** The release that each `go` is of, by its path. */
  readonly releases: ReadonlyMap<string, string>;
}

export interface ContextsRun {
  readonly before: Round;
  readonly after: Round;
  readonly uninstalled: Round;
  /** What `readygo verify` says of them, run by ada's sudo: ada and root. */
  readonly rows: readonly ContextRow[];
  /** The checks of `install` that did not pass. */
  readonly troubles: ReturnType<typeof listTroubles>;
  /** What `readygo doctor --deep` says of those that it starts for real. */
  readonly deep: readonly FoundJson[];
}

/**
 * A host with stock start files (`contexts`: Ubuntu's; `forky`: Debian's), an apt Go 1.19.8 and its people. Every launch
 * context is started for real: before readygo is installed by ada, after, and after `uninstall`.
 */
export async function runContexts(root: "contexts" | "forky"): Promise<ContextsRun> {
  const machine = await createBootedHost(root);
  try {
    const words = await arrange(machine, root);
    await machine.boot();
    const before = await startAll(machine);
    const install = await readygo(machine, "install", ...words);
    const after = await startAll(machine);
    const { contexts = [] } = await readygo(machine, "verify");
    const deep = (await readygo(machine, "doctor", "context-real", "--deep"))["findings"] as readonly FoundJson[];
    await readygo(machine, "uninstall");
    const uninstalled = await startAll(machine);
    return { before, after, uninstalled, rows: contexts, troubles: listTroubles(install), deep };
  } finally {
    await machine.destroy();
  }
}

async function startAll(machine: BootedHost): Promise<Round> {
  const answers = new Map(await startRealContexts(machine, people));
  for (const { name } of people) {
    // systemctl has no command that runs in the manager itself: its services have its PATH.
    const [manager, service] = [answers.get(`${name} user-manager`), answers.get(`${name} user-service`)];
    if (manager && service) answers.set(`${name} user-manager`, { ...manager, go: service.go });
  }
  const paths = [...new Set([...answers.values()].map(({ go }) => go))];
  const script = `for go; do head -n 1 "$(dirname "$(dirname "$(readlink -f "$go")")")/VERSION" || echo; done`;
  const versions = (await machine.must(["sh", "-c", script, "sh", ...paths])).stdout.split("\n");
  return { answers, releases: new Map(paths.map((path, at) => [path, versions[at] ?? ""])) };
}

/** The host before its first boot; gives the words that name the release to `install`. */
async function arrange(machine: BootedHost, root: "contexts" | "forky"): Promise<readonly string[]> {
  const must = async (argv: readonly string[]): Promise<CommandResult> =>
    await machine.around.must(["chroot", "/lab/machine", ...argv]);
  const write = machine.write.bind(machine);
  if (root === "contexts") await makeUbuntuLike({ ...machine.around, write, must }, "24.04", "server");
  else write("/etc/sudoers.d/90-users", "%sudo ALL=(ALL:ALL) NOPASSWD: ALL\n", 0o440);
  for (const { name, shell } of people) {
    if (name !== "root") await must(["useradd", "-m", "-s", `/bin/${shell}`, name]);
  }
  await must(["usermod", "-aG", "sudo", "ada"]);
  await must(["passwd", "-d", "root"]);
  // As zsh's own dialogue at its first start leaves them, which would wait for an answer.
  write("/home/bob/.zshrc", machine.read("/etc/zsh/newuser.zshrc.recommended"));
  for (const home of ["/root", "/home/ada"]) write(`${home}/.zshrc`, "# Created by newuser for 5.9\n");
  write(`${aptTree}/VERSION`, `${fromApt}\n`);
  write(`${aptTree}/bin/go`, `#!/bin/sh\necho go version ${fromApt} linux/amd64\n`, 0o755);
  write("/etc/ssh/sshd_config.d/lab.conf", "MaxStartups 100\n");
  prepareRealContexts(machine);
  const release = await makeSmallRelease(installed.slice("go".length));
  write(`/opt/releases/${basename(release.path)}`, readFileSync(release.path));
  await machine.around.script(`
    cd /lab/machine
    ln -s ../lib/go-1.19/bin/go usr/bin/go
    chroot . ssh-keygen -q -t ed25519 -N '' -f /opt/lab/key
    for home in root home/ada home/bob; do
      mkdir -p $home/.ssh var/lib/systemd/linger
      cp opt/lab/key.pub $home/.ssh/authorized_keys
      touch var/lib/systemd/linger/$(basename $home)
    done
    chroot . sh -c 'cd /home; for name in ada bob; do chown -R $name: $name; done'
  `);
  seedCloudInit(machine, "lab", "#cloud-config\ndisable_root: false\nruncmd:\n- [/opt/lab/tell, cloud-init, root]\n");
  return [installed.slice("go".length), "--source", "/opt/releases", "--sha256", release.sha256];
}

/** The readygo of this checkout, as ada starts it. */
async function readygo(machine: BootedHost, ...words: readonly string[]): Promise<ReturnType<typeof readJson>> {
  const command = ["sudo", "/opt/readygo/node", "/opt/readygo/dist/readygo.mjs", ...words, "--json"].join(" ");
  const result = readJson(await machine.run(["su", "-", "ada", "-c", command], { timeoutMs: 180_000 }));
  if (result.error !== null) throw new Error(`${words[0]}: ${JSON.stringify(result.error)}`);
  return result;
}
