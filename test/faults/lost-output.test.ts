import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

const readygo = "/opt/readygo/node /opt/readygo/dist/readygo.mjs";

describe("who listens to a run goes away", () => {
  let host: LabHost;
  beforeAll(async () => {
    host = await createHost();
    await host.startMirror({ releases: [await makeSmallRelease("1.30.1")], modules: [] });
  });
  afterAll(() => host?.destroy());

  it("goes on to its end where the reader of its log has left", async () => {
    await host.run(["bash", "-c", `${readygo} install 1.30.1 --no-verify 2>&1 >/dev/null | head -1`]);
    expect(host.exists("/var/lib/readygo/journal")).toBe(false);
    expect(readJson(await host.readygo(["install", "1.30.1", "--json"])).status).toBe("unchanged");
  });

  it("tells by its exit code alone that a result could not be written", async () => {
    const run = await host.run(["bash", "-c", `${readygo} list --source goproxy=off >/dev/full`]);
    expect(run.status).toBe(1);
    expect(run.stderr).not.toContain("    at ");
  });

  it("works from a directory that is gone", async () => {
    const run = await host.run([
      "bash",
      "-c",
      `mkdir /tmp/gone && cd /tmp/gone && rmdir /tmp/gone && ${readygo} install 1.30.1 --json`,
    ]);
    expect(readJson(run).status).toBe("unchanged");
  });
});
