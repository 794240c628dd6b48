import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { mirrorNames } from "../lab/servers/mirror-protocol.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { makeSmallRelease } from "../lab/releases/releases.ts";
import { withHost } from "../lab/hosts/throw-away-host.ts";

// Rule: an IPv6 that goes nowhere costs a third of a second for each connection, not the bound for one.
it("reaches a source by IPv4 where its IPv6 address swallows packets", async () => {
  await withHost({}, async (host) => {
    await host.startMirror({ releases: [await makeSmallRelease("1.30.2")], modules: [] });
    // The far end of a cable, where nobody takes the packets in. With loopback alone a host has no IPv4 (AI_ADDRCONFIG).
    await host.script(
      `ip link add near type veth peer name far; ip link set near up; ip link set far up
       ip address add 192.0.2.1/24 dev near
       ip -6 address add 2001:db8::1/64 dev near nodad
       ip -6 neigh replace 2001:db8::7 lladdr 02:00:00:00:00:07 dev near`,
    );
    const names = `${mirrorNames.publisher} ${mirrorNames.downloads}`;
    host.write("/etc/hosts", `2001:db8::7 ${names}\n${host.read("/etc/hosts")}`);
    const sent = (): number =>
      Number(/near:\s*(?:\d+\s+){9}(\d+)/.exec(readFileSync(`/proc/${host.initPid}/net/dev`, "utf8"))?.[1]);
    const before = sent();
    const run = await host.readygo(["install", "1.30.2", "--source", "publisher", "--no-verify", "--json"]);
    expect(readJson(run)).toMatchObject({ status: "changed", version: "go1.30.2" });
    expect(sent()).toBeGreaterThan(before);
  });
});
