import { dirname } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { waitFor } from "../lab/suite/wait-for.ts";

// The rule: readygo deletes no tree that it did not install, not even one that came after it had looked.
describe("a tree that somebody puts at /usr/local/go while readygo runs", () => {
  let host: LabHost;
  afterEach(() => host?.destroy());

  it("is left as it is, and the run says so", async () => {
    const { path, sha256 } = await makeSmallRelease("1.30.1");
    host = await createHost({ bind: [{ from: dirname(path), to: "/opt/releases" }] });
    // The run, which has found no Go, stands still for a while before its staging directory is made.
    const hold = [
      "-e",
      "trace=fsync",
      "-e",
      "signal=none",
      "-P",
      "/usr/local",
      "-e",
      "inject=fsync:delay_enter=6000000:when=1",
    ];
    const tracer = ["strace", "-f", "-qq", "--seccomp-bpf", "-o", "/run/held", ...hold];
    const readygo = ["/opt/readygo/node", "/opt/readygo/dist/readygo.mjs"];
    const argv = ["install", "1.30.1", "--source", "/opt/releases", "--sha256", sha256, "--no-verify", "--json"];
    const run = host.spawn([...tracer, ...readygo, ...argv]);
    await waitFor("the run to be held", () => host.exists("/run/held") && host.read("/run/held") !== "");
    host.write("/usr/local/go/bin/go", "#!/bin/sh\necho mine\n", 0o755);
    const before = host.snapshot(["/usr/local/go"]);
    const { error } = readJson(await run.exited);
    expect(error).toMatchObject({
      code: "step-failed",
      exit: 6,
      summary: "/usr/local/go was changed by somebody else while readygo ran",
    });
    expect(host.snapshot(["/usr/local/go"])).toEqual(before);
    expect([host.exists("/usr/local/.readygo"), host.exists("/var/lib/readygo")]).toEqual([false, false]);
  });
});
