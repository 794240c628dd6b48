// Rule: where two trust roots say different things of one archive the run stops, whatever the policy asks for.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Faults, mirrorNames } from "../lab/servers/mirror-protocol.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import { toolchainModule } from "../lab/releases/modules.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { type LabArchive, makeSmallRelease, officialRelease } from "../lab/releases/releases.ts";
import { signArchive } from "../lab/releases/signing-key.ts";
import type { SnapshotEntry } from "../lab/hosts/snapshot.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

describe("trust roots that disagree", () => {
  let host: LabHost;
  let mirror: Mirror;
  let pinned: LabArchive;
  let small: LabArchive;
  let inLog: LabArchive;
  let before: Map<string, SnapshotEntry>;

  beforeAll(async () => {
    pinned = await officialRelease("1.26.8");
    small = await makeSmallRelease("1.30.1");
    // Other bytes under the number of a release that the log has.
    inLog = await makeSmallRelease("1.27.4");
    host = await createHost();
    const modules = [toolchainModule("1.27.4", "amd64")];
    mirror = await host.startMirror({ releases: [pinned, small, inLog], modules });
    before = host.snapshot(["/usr/local", "/etc", "/root"]);
  });
  afterAll(() => host?.destroy());

  async function codeOf(faults: Faults, args: readonly string[]): Promise<string | undefined> {
    await mirror.setFaults(faults);
    const run = await host.readygo(["install", ...args, "--no-verify", "--json"]);
    const { error, changes } = readJson(run);
    expect([run.status, error?.exit, changes]).toEqual([5, 5, []]);
    const timeless = (entries: typeof before): unknown =>
      [...entries].map(([path, entry]) => [path, { ...entry, mtimeNs: "" }]);
    expect(timeless(host.snapshot(["/usr/local", "/etc", "/root"]))).toEqual(timeless(before));
    return error?.code;
  }

  /** The publisher's JSON, stating another hash of this archive. */
  const otherJson = ({ version, filename, arch }: LabArchive): Faults => {
    const file = { filename, os: "linux", arch, version, sha256: "0".repeat(64), size: 1, kind: "archive" };
    return { "go.dev/dl/": { replaceBody: JSON.stringify([{ version, stable: true, files: [file] }]) } };
  };
  const otherSignature = async (archive: LabArchive, by: LabArchive): Promise<Faults> => ({
    [`${mirrorNames.downloads}/go/${archive.filename}.asc`]: { replaceFile: await signArchive(by) },
  });

  it("the publisher's JSON against the pinned manifest", async () => {
    expect(await codeOf(otherJson(pinned), ["1.26.8"])).toBe("roots-disagree");
  });

  it("the publisher's JSON against the signature", async () => {
    expect(await codeOf(otherJson(small), ["1.30.1"])).toBe("roots-disagree");
  });

  it("a signature of other bytes against the publisher's JSON, and against --sha256", async () => {
    const faults = await otherSignature(small, inLog);
    expect(await codeOf(faults, ["1.30.1"])).toBe("signature-invalid");
    expect(await codeOf(faults, ["1.30.1", "--sha256", small.sha256])).toBe("signature-invalid");
  });

  it("a key file without the pinned key, though the publisher's JSON has the right hash", async () => {
    const keyFile = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n";
    const faults = { [`${mirrorNames.downloads}/linux/linux_signing_key.pub`]: { replaceBody: keyFile } };
    expect(await codeOf(faults, ["1.30.1"])).toBe("signature-key-unknown");
  });

  it("the checksum database against signature and --sha256, which takes the place of what is pinned", async () => {
    expect(await codeOf({}, ["1.27.4", "--sha256", inLog.sha256])).toBe("roots-disagree");
  });
});
