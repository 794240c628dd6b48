import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { BaseRoot } from "../hosts/base-root.ts";
import type { RunningCommand } from "../hosts/command.ts";
import { createHost, type HostOptions, type LabHost } from "../hosts/throw-away-host.ts";
import { checkout } from "../suite/lab-cache.ts";
import { collections, deployer, type Inventory, writeInventory } from "./inventory.ts";

const run = promisify(execFile);

type FleetRoot = Extract<BaseRoot, "fleet" | "fleet-forky">;

interface FleetOptions {
  /** Names of the managed hosts, and what is special about each. */
  readonly hosts: Readonly<Record<string, Pick<HostOptions, "sizeMiB" | "bind"> & { readonly lower?: FleetRoot }>>;
  /** What Ansible runs from. Default: fleet. */
  readonly control?: FleetRoot;
  readonly bind?: HostOptions["bind"];
}

/** Hosts with a network of their own and an sshd each, and one that Ansible runs from. */
export interface Fleet {
  readonly control: LabHost;
  readonly hosts: ReadonlyMap<string, LabHost>;
  host(name: string): LabHost;
  /** Of the control host, as the others see it. */
  readonly address: string;
  /** Takes a host off the network at once. */
  unplug(name: string): Promise<void>;
  destroy(): Promise<void>;
}

const controlAddress = "10.77.0.1";

/** The program under the name that people use; the lab's own, which pins the lab's signing key. */
const wrapper = '#!/bin/sh\nexec /opt/readygo/node /opt/readygo/dist/readygo.mjs "$@"\n';

export async function createFleet({ hosts: wanted, control: root = "fleet", bind = [] }: FleetOptions): Promise<Fleet> {
  const made: LabHost[] = [];
  const make = async (options: HostOptions): Promise<LabHost> => {
    const host = await createHost(options);
    made.push(host);
    return host;
  };
  const destroy = async (): Promise<void> => {
    await Promise.all(made.map((host) => host.destroy()));
  };
  try {
    const control = await make({
      lower: root,
      hostname: "control",
      sizeMiB: 4096,
      bind: [
        { from: join(checkout, "manifests/ansible"), to: `${collections}/ansible_collections/readygo/go` },
        { from: join(import.meta.dirname, "lab_lines.py"), to: "/srv/fleet/callback_plugins/lab_lines.py" },
        ...bind,
      ],
    });
    await inNetwork(control, ["link", "add", "fleet", "type", "bridge"]);
    await inNetwork(control, ["address", "add", `${controlAddress}/16`, "dev", "fleet"]);
    await inNetwork(control, ["link", "set", "fleet", "up"]);
    await control.script("mkdir -p /root/.ssh; ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519");
    const hosts = new Map<string, LabHost>();
    const inventory: Record<string, Inventory> = {};
    for (const [at, [name, { lower = "fleet", ...options }]] of Object.entries(wanted).entries()) {
      const host = await make({ lower, hostname: name, ...options });
      hosts.set(name, host);
      const address = `10.77.${1 + Math.floor(at / 200)}.${1 + (at % 200)}`;
      inventory[name] = { address };
      await connect(control, host, { address, link: `host${at}` });
      await startSshd(control, host);
    }
    writeInventory(control, inventory);
    return {
      control,
      hosts,
      address: controlAddress,
      host(name) {
        const host = hosts.get(name);
        if (host === undefined) throw new Error(`the fleet has no host ${name}`);
        return host;
      },
      async unplug(name) {
        const host = hosts.get(name);
        if (host !== undefined) await inNetwork(host, ["link", "set", "eth0", "down"]);
      },
      destroy,
    };
  } catch (error) {
    await destroy();
    throw error;
  }
}

async function connect(
  control: LabHost,
  host: LabHost,
  { address, link }: { readonly address: string; readonly link: string },
): Promise<void> {
  const pair = ["type", "veth", "peer", "name", "eth0", "netns", String(host.initPid)];
  await inNetwork(control, ["link", "add", link, ...pair]);
  await inNetwork(control, ["link", "set", link, "master", "fleet", "up"]);
  await inNetwork(host, ["address", "add", `${address}/16`, "dev", "eth0"]);
  await inNetwork(host, ["link", "set", "eth0", "up"]);
}

/** By this machine's `ip`, in the network of a host. */
async function inNetwork({ initPid }: LabHost, words: readonly string[]): Promise<void> {
  await run("nsenter", ["--target", String(initPid), "--net", "--", "ip", ...words]);
}

/** For an account that may sudo without a password, by the control host's key. */
async function startSshd(control: LabHost, host: LabHost): Promise<RunningCommand> {
  await host.addUser(deployer);
  // An account without a password counts as locked where sshd does without PAM.
  await host.must(["usermod", "--password", "*", deployer]);
  host.write(`/etc/sudoers.d/${deployer}`, `${deployer} ALL=(ALL) NOPASSWD: ALL\n`, 0o440);
  host.write(`/home/${deployer}/.ssh/authorized_keys`, readFileSync(control.path("/root/.ssh/id_ed25519.pub")));
  host.write("/usr/local/bin/readygo", wrapper, 0o755);
  await host.script(`chown -R ${deployer}: /home/${deployer}/.ssh; mkdir -p /run/sshd`);
  const options = ["UsePAM=no", "UseDNS=no", "MaxStartups=100", "HostKey=/etc/ssh/ssh_host_ed25519_key"];
  const daemon = host.spawn(["/usr/sbin/sshd", "-D", ...options.flatMap((option) => ["-o", option])], {
    timeoutMs: 3_600_000,
  });
  await host.script("until : </dev/tcp/127.0.0.1/22; do sleep 0.02; done 2>/dev/null", { timeoutMs: 20_000 });
  return daemon;
}
