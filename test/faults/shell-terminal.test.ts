import { dirname } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// A user's shell that had root's terminal could push a command into it (TIOCSTI), to be run by root's shell afterwards.
// So it runs as that user, in a session of its own, and no terminal is to be had.
let host: LabHost;
let argv: string;

beforeAll(async () => {
  const release = await makeSmallRelease("1.30.1");
  host = await createHost({ bind: [{ from: dirname(release.path), to: "/opt/release" }] });
  await host.addUser("mallory");
  argv = `/opt/readygo/node /opt/readygo/dist/readygo.mjs install 1.30.1 --source /opt/release --sha256 ${release.sha256} --user mallory`;
});
afterAll(() => host?.destroy());

const spy = `
{ echo "uid $(id -u) tty $(awk '{print $7}' /proc/$$/stat) session $(awk '{print $6}' /proc/$$/stat)"
  (exec 3<>/dev/tty) 2>/dev/null && echo "terminal"; for fd in 0 1 2; do [ -t $fd ] && echo "terminal"; done; } >>/tmp/seen
`;

it("gives a user's shells no terminal, not even where root has one", async () => {
  await host.script("touch /tmp/seen; chmod 666 /tmp/seen");
  host.write("/home/mallory/.bashrc", spy);
  host.write("/home/mallory/.profile", spy);
  await host.script("chown mallory: /home/mallory/.bashrc /home/mallory/.profile");
  // script(1) gives readygo a terminal that it controls.
  const run = await host.run([
    "script",
    "-qec",
    `${argv}; echo session $(awk '{print $6}' /proc/$$/stat)`,
    "/dev/null",
  ]);
  const own = /session (\d+)/.exec(run.stdout)?.[1];
  const seen = host.read("/tmp/seen").trim().split("\n");
  const uid = (await host.must(["id", "-u", "mallory"])).stdout.trim();
  expect(own).toBeDefined();
  expect(seen.length).toBeGreaterThanOrEqual(2);
  for (const line of seen) {
    expect(line).toMatch(new RegExp(`^uid ${uid} tty 0 session \\d+$`));
    expect(line).not.toContain(`session ${own ?? ""}`);
  }
});
