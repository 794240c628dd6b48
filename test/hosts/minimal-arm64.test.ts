import { expect, it } from "vitest";
import { runOnArm64 } from "../lab/boot/arm64-host.ts";
import { releaseFiles } from "../lab/releases/release-files.ts";
import { releaseBase } from "../lab/servers/release-server.ts";
import { officialRelease, officialVersions } from "../lab/releases/releases.ts";
import { skipBecause } from "../lab/suite/skip-because.ts";

// An arm64 Debian root under qemu-user: the readygo of the release, the kernel of this machine, the real Go for arm64. No
// network but the release server, so that nothing can be fetched with go: that check warns.
it("brings Go to an arm64 host by the one line", { timeout: 1_800_000 }, async (context) => {
  if (process.env["READYGO_FULL"] !== "1") skipBecause(context, "emulated, minutes: npm run hosts -- --full");
  const version = officialVersions.older;
  const release = await officialRelease(version, "arm64");
  const script = `
    set -e
    mkdir -p /etc; printf '[verify]\\ntimeout = 900\\n' >/etc/readygo.ini
    curl -fsSL ${releaseBase}/bootstrap.sh | sh -s -- ${version} --source /opt/archives
    uname -m; dpkg --print-architecture; ls -A /usr/local/bin
    su - -c 'go version'
    readygo install ${version}`;
  const binds = { [release.path]: `/opt/archives/${release.filename}` };
  const run = await runOnArm64(script, { served: await releaseFiles("arm64"), binds, timeoutMs: 1_700_000 });
  process.stderr.write(run.output);
  expect(run.status).toBe(0);
  expect(run.requests).toEqual(["/bootstrap.sh", "/readygo-linux-arm64.gz"]);
  expect(run.output).toContain(`aarch64\narm64\nreadygo\ngo version go${version} linux/arm64\nunchanged:`);
});
