import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { listOtherGos } from "../lab/releases/machine-go.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// A user lays out a Go tree for `doctor`, which root runs: it is read with that user's rights, no link is followed out of
// the home, and nothing in it keeps root waiting.
describe("a Go tree in a home", () => {
  let host: LabHost;
  const tree = "/home/ann/sdk/go1.26.8";

  beforeAll(async () => {
    host = await createHost({ without: listOtherGos() });
    await host.addUser("ann");
  });
  beforeEach(async () => {
    await host.script(`
      rm -rf /home/ann/sdk /home/ann/go; mkdir -p ${tree}/bin ${tree}/src/fmt
      echo go1.26.8 >${tree}/VERSION; printf '\\177ELF\\2\\1\\1%011d>\\0%044d' 0 0 | tr 0 '\\0' >${tree}/bin/go
      echo 'package fmt' >${tree}/src/fmt/print.go; chown -R ann: /home/ann/sdk`);
  });
  afterAll(() => host?.destroy());

  const diagnose = async () => {
    const run = await host.readygo(["doctor", "--user", "ann", "--json"], { env: { GOSUMDB: "off" } });
    return readJson(run).checks.map(({ status, evidence }) => `${status} ${evidence}`);
  };

  it("is told from the release by its files alone", async () => {
    expect(await diagnose()).toEqual([
      expect.stringMatching(
        `^fail ${tree}: go1.26.8 linux/amd64: this tree's hash is h1:.*, the public release's h1:ZOmG`,
      ),
    ]);
  });

  it("is read as its owner: what root alone can read stays unread", async () => {
    await host.script(`chown root: ${tree}/src/fmt/print.go; chmod 600 ${tree}/src/fmt/print.go`);
    expect(await diagnose()).toEqual([
      `warn ${tree}: go1.26.8 linux/amd64: it cannot be read: its account has no right to it (EACCES)`,
    ]);
  });

  it("that is a link out of the home is not read", async () => {
    await host.script(`mv ${tree} /srv/other; ln -s /srv/other ${tree}`);
    expect(await diagnose()).toEqual(["warn /srv/other: it cannot be read: it leads elsewhere, to /srv/other"]);
    await host.script("rm -r /srv/other");
  });

  it("with a link, a FIFO or a device's name in place of a file is another tree, and nothing is opened", async () => {
    await host.script(`
      cd ${tree}/src/fmt; mkfifo scan.go; ln -s /etc/shadow format.go; ln -s /dev/tty errors.go`);
    expect(await diagnose()).toEqual([
      expect.stringMatching(`^fail ${tree}: go1.26.8 linux/amd64: this tree's hash is`),
    ]);
  });

  it("whose VERSION is a link or a FIFO is none", async () => {
    await host.script(`cd ${tree}; rm VERSION; mkfifo VERSION; mkdir -p /home/ann/go/bin; cd /home/ann/go
      ln -s /etc/hostname VERSION; echo >bin/go; chown -R ann: /home/ann/go`);
    expect(await diagnose()).toEqual([]);
  });

  it("with control characters in its VERSION is told as text", async () => {
    await host.script(`printf 'go\\033[2Jx\\n' >${tree}/VERSION`);
    const run = await host.readygo(["doctor", "--user", "ann"], { env: { GOSUMDB: "off" } });
    expect(run.stdout.replaceAll(/\s+/g, " ")).toContain(String.raw`its VERSION names no release ("go\u001b[2Jx")`);
  });
});
