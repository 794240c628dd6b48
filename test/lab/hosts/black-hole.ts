import type { LabHost } from "./throw-away-host.ts";

const address = "198.51.100.7";

/** Gives a host the near end of a cable at whose far end nobody takes the packets in. */
export async function openBlackHole(host: LabHost): Promise<void> {
  await host.script(
    `ip link add near type veth peer name far; ip link set near up; ip link set far up
     ip addr add 198.51.100.1/24 dev near; ip neigh replace ${address} lladdr 02:00:00:00:00:07 dev near`,
  );
}

const originals = new WeakMap<LabHost, string>();

/** These names, and those alone, lead to the black hole from now on, or to another address; none: all are as at first. */
export function leadAway(host: LabHost, names: readonly string[], to = address): void {
  const original = originals.get(host) ?? host.read("/etc/hosts");
  originals.set(host, original);
  // A name that stands in two lines has both addresses.
  const rest = original
    .split("\n")
    .map((line) => line.split(" ").filter((word) => !names.includes(word)))
    .map((words) => words.join(" "));
  host.write("/etc/hosts", names.length === 0 ? original : `${to} ${names.join(" ")}\n${rest.join("\n")}`);
}
