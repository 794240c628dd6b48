import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { editReceipt } from "../lab/hosts/edit-receipt.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { type ReleaseShelf, stockReleases } from "../lab/releases/release-shelf.ts";
import { recordedDatabase } from "../unit/trust/sumdb/recorded-database.ts";
import { lookupChecksum } from "../../src/trust/sumdb/lookup.ts";
import type { GoVersion } from "../../src/release/go-version.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

describe.each(["redirect", "plain"] as const)("rollback (overlay: %s)", (overlay) => {
  let host: LabHost;
  let shelf: ReleaseShelf;
  beforeAll(async () => {
    shelf = await stockReleases("1.30.1", "1.30.2", "1.30.3");
    host = await createHost({ overlay, bind: shelf.bind });
  });
  afterAll(() => host?.destroy());

  const run = async (...args: readonly string[]) =>
    readJson(await host.readygo([...args, "--json"], { timeoutMs: 120_000 }));
  const install = (version: string, ...more: readonly string[]) =>
    run("install", ...shelf.words(version), "--no-verify", ...more);
  const installed = (): string => host.read("/usr/local/go/VERSION").split("\n")[0] ?? "";

  it("has nothing to go back to on a fresh host, and after a first install", async () => {
    expect((await run("rollback")).error).toMatchObject({ code: "previous-missing", exit: 2 });
    await install("1.30.1");
    expect((await run("rollback")).error).toMatchObject({ code: "previous-missing", exit: 2 });
  });

  it("is in the plan of an upgrade where the exchange may be refused", async () => {
    const plan = await run("plan", ...shelf.words("1.30.2"));
    const away = expect.stringMatching(/an overlay without redirect_dir.* \/usr\/local\/go is away for a moment/);
    expect(plan["notes"]).toEqual(overlay === "plain" ? [{ text: away }] : []);
  });

  it("leads back, and forward again, without a network", async () => {
    await install("1.30.2");
    const asked = host.loopbackBytes();
    const trees = host.snapshot(["/usr/local/go"]);
    expect(await run("rollback")).toMatchObject({
      status: "changed",
      version: "go1.30.1",
      previous: "go1.30.2",
      changes: [{ path: "/usr/local/go", change: "replaced" }],
    });
    expect(installed()).toBe("go1.30.1");
    expect(await install("1.30.1")).toMatchObject({ status: "unchanged" });
    expect(await run("rollback")).toMatchObject({ status: "changed", version: "go1.30.2" });
    expect(host.snapshot(["/usr/local/go"])).toEqual(trees);
    expect(host.loopbackBytes()).toBe(asked);
  });

  it("shows by --dry-run what rollback and uninstall would do, and changes nothing", async () => {
    const places = ["/usr/local", "/etc", "/root", "/var/lib/readygo"];
    const before = host.snapshot(places);
    const back = await run("rollback", "--dry-run");
    expect(back).toMatchObject({ status: "planned", version: "go1.30.1", previous: "go1.30.2", changes: [] });
    expect(back["steps"]).toEqual([expect.objectContaining({ kind: "rollback-tree", target: "/usr/local/go" })]);
    const away = await run("uninstall", "--dry-run");
    expect(away).toMatchObject({ status: "planned", previous: "go1.30.2", changes: [] });
    const targets = (away["steps"] as readonly { readonly target: string }[]).map(({ target }) => target);
    expect(targets).toEqual(
      expect.arrayContaining(["/usr/local/go", "/usr/local/bin/go", "/etc/profile.d/readygo.sh"]),
    );
    expect(host.snapshot(places)).toEqual(before);
    expect(await run("list", "--quick")).toMatchObject({ installed: "go1.30.2", previous: "go1.30.1", ours: true });
  });

  it("does nothing for an account that the host does not have", async () => {
    const refused = await host.readygo(["rollback", "--user", "nobody-knows"]);
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining("error[user-unknown]")]);
    expect(refused.stderr).not.toContain("putting");
  });

  it("leaves what the log said of a release with that release", async () => {
    const receiptFile = "/var/lib/readygo/receipt.json";
    const records = () => {
      const { record, previous } = JSON.parse(host.read(receiptFile)) as Record<string, unknown> & {
        previous: object[];
      };
      return [record, ...previous.map((release) => ("record" in release ? release.record : undefined))];
    };
    const request = { version: "go1.26.8" as GoVersion, architecture: "amd64" as const };
    const record = await lookupChecksum({ ...request, ...recordedDatabase() });
    editReceipt(host, (receipt) => ({ ...receipt, record }));
    await run("rollback");
    expect(records()).toEqual([undefined, record]);
    await run("rollback");
    expect(records()).toEqual([record, undefined]);
  });

  it("keeps as many as it is asked, and takes what is beyond away", async () => {
    await install("1.30.3", "--keep", "2");
    expect(
      [...host.snapshot(["/usr/local/.readygo/previous"]).keys()].filter((path) => path.endsWith("/VERSION")),
    ).toEqual([
      "/usr/local/.readygo/previous/go1.30.1.linux-amd64/VERSION",
      "/usr/local/.readygo/previous/go1.30.2.linux-amd64/VERSION",
    ]);
    await install("1.30.1", "--keep", "0");
    expect(host.exists("/usr/local/.readygo")).toBe(false);
    expect(host.snapshot(["/var/lib/readygo/backups"]).size).toBeLessThan(6);
  });

  it("refuses a kept tree that is not whole any more, and changes nothing", async () => {
    await install("1.30.2");
    const added = "/usr/local/.readygo/previous/go1.30.1.linux-amd64/src/fmt/evil.go";
    host.write(added, "package fmt\n");
    const before = host.snapshot(["/usr/local", "/etc", "/root", "/var/lib/readygo"]);
    expect((await run("rollback")).error).toMatchObject({ code: "tree-wrong", exit: 5 });
    expect(host.snapshot(["/usr/local", "/etc", "/root", "/var/lib/readygo"])).toEqual(before);
    await host.script(`rm ${added}`);
  });

  it("leaves nothing behind after uninstall, releases kept included", async () => {
    expect((await run("uninstall")).status).toBe("changed");
    expect([host.exists("/usr/local/go"), host.exists("/usr/local/.readygo"), host.exists("/var/lib/readygo")]).toEqual(
      [false, false, false],
    );
  });
});
