import type { LabHost } from "../hosts/throw-away-host.ts";

export const collections = "/opt/collections";
export const deployer = "deploy";

export interface Inventory {
  readonly address: string;
}

/** What Ansible on the control host knows, and how it goes to the others. */
export function writeInventory(control: LabHost, hosts: Readonly<Record<string, Inventory>>): void {
  const lines = Object.entries(hosts).map(([name, { address }]) => `${name} ansible_host=${address}`);
  const all = [
    `ansible_user=${deployer}`,
    "ansible_python_interpreter=/usr/bin/python3",
    // A host that has gone off the network is found out within seconds.
    "ansible_ssh_common_args='-o ServerAliveInterval=2 -o ServerAliveCountMax=3 -o ConnectTimeout=5'",
  ];
  control.write("/srv/fleet/hosts.ini", `[fleet]\n${lines.join("\n")}\n\n[all:vars]\n${all.join("\n")}\n`);
  control.write(
    "/srv/fleet/ansible.cfg",
    [
      "[defaults]",
      "inventory = hosts.ini",
      `collections_path = ${collections}`,
      "callback_plugins = /srv/fleet/callback_plugins",
      "host_key_checking = false",
      "forks = 30",
      "retry_files_enabled = false",
      "callbacks_enabled = readygo.go.summary",
      "localhost_warning = false",
      "[callback_readygo_summary]",
      "directory = /srv/fleet/results",
      "[ssh_connection]",
      "pipelining = true",
      "",
    ].join("\n"),
  );
}
