import { describe, expect, it } from "vitest";
import { listTroubles, readJson } from "../lab/hosts/read-json.ts";
import { makeSmallRelease } from "../lab/releases/releases.ts";
import { onlyInFullMode } from "../lab/suite/full-mode.ts";
import type { LabHost } from "../lab/hosts/throw-away-host.ts";
import { createUbuntuLike, type UbuntuKind, type UbuntuVersion } from "../lab/hosts/ubuntu-like.ts";

// Debian roots in the dress of Ubuntu's releases (docs/verification.md tells what is imitated). Not Ubuntu.
const versions: readonly UbuntuVersion[] = ["22.04", "24.04", "26.04"];
const kinds: readonly UbuntuKind[] = ["cloud", "server", "container"];
/** Each version once and each kind once; all nine with `npm run hosts -- --full`. */
const sample: readonly string[] = ["22.04 server", "24.04 container", "26.04 cloud"];
const places = ["/usr/local", "/etc", "/root", "/home", "/var/lib", "/opt"];

describe.concurrent("the main way, on a host dressed as Ubuntu", () => {
  it.for(versions.flatMap((version) => kinds.map((kind) => [version, kind] as const)))(
    "%s %s: install, verify, unchanged, uninstall",
    async ([version, kind], context) => {
      if (!sample.includes(`${version} ${kind}`)) onlyInFullMode(context);
      const { expect: check } = context;
      const host = await createUbuntuLike(version, kind);
      try {
        await host.startMirror({ releases: [await makeSmallRelease("1.30.1")] });
        // sudo's own mark of its first use is not readygo's.
        if (kind !== "container") await host.must(["sudo", "true"], { user: "ubuntu" });
        const before = timeless(host);
        const go = readygo(host, kind);

        const installed = readJson(await go(["install", "1.30.1", "--json"]));
        check([installed.status, installed.error, listTroubles(installed)]).toEqual(["changed", null, []]);

        const verified = await go(["verify", "--json"]);
        // It has no C compiler, which cgo-build says.
        const troubles = listTroubles(readJson(verified)).filter(({ id }) => id !== "cgo-build");
        check([verified.status, troubles]).toEqual([0, []]);

        const again = readJson(await go(["install", "1.30.1", "--json"]));
        check([again.status, again.changes]).toEqual(["unchanged", []]);

        const owner = kind === "container" ? "root" : "ubuntu";
        const login = await host.must(["su", "--login", owner, "--command", "command -v go"]);
        check(login.stdout).toBe("/usr/local/go/bin/go\n");

        check(readJson(await go(["uninstall", "--json"])).error).toBeNull();
        check(timeless(host)).toEqual(before);
      } finally {
        await host.destroy();
      }
    },
  );

  it("26.04 runs uutils for GNU's coreutils", async () => {
    const host = await createUbuntuLike("26.04", "container");
    try {
      expect((await host.must(["cp", "--version"])).stdout).toMatch(/^cp 0\./);
    } finally {
      await host.destroy();
    }
  });
});

/** In a container as root; elsewhere as who was made at the installation, by sudo. */
function readygo(host: LabHost, kind: UbuntuKind): LabHost["readygo"] {
  if (kind === "container") return async (args, options) => await host.readygo(args, options);
  const command = ["sudo", "/opt/readygo/node", "/opt/readygo/dist/readygo.mjs"];
  return async (args, options) => await host.run([...command, ...args], { ...options, user: "ubuntu" });
}

/** By content, mode, owner and target: a file that was given its former text back has another time. */
function timeless(host: LabHost): ReadonlyMap<string, unknown> {
  const entries = host.snapshot(places, { except: ["/opt/readygo", "/opt/uutils", "/var/lib/dpkg"] });
  return new Map([...entries].map(([path, entry]) => [path, { ...entry, mtimeNs: "" }]));
}
