import { afterEach, beforeAll, afterAll, describe, expect, it } from "vitest";
import { blockFor } from "../../src/shell/managed-block.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// Whatever stands where an rc file should: install ends well, leaves it alone or edits it right, and uninstall gives the
// exact bytes back. Nothing is ever waited for, and root follows no link out of the home.
describe("a hostile .bashrc", () => {
  const path = "/home/alice/.bashrc";
  let host: LabHost;

  beforeAll(async () => {
    host = await createHost();
    await host.addUser("alice");
    await host.startMirror({ releases: [await makeSmallRelease("1.30.1")], modules: [] });
  });
  afterAll(() => host?.destroy());
  afterEach(async () => {
    await host.readygo(["uninstall"]);
    await host.script(`rm -rf ${path}`);
  });

  const install = async () => {
    const run = await host.readygo(["install", "1.30.1", "--user", "alice", "--no-verify", "--json"], {
      timeoutMs: 60_000,
    });
    return { ...readJson(run), words: run.stderr };
  };
  const give = async (content: string | Buffer): Promise<void> => {
    host.write(path, content);
    await host.must(["chown", "alice:alice", path]);
  };
  const look = () => host.snapshot([path]);

  it.each([
    ["binary", Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 37) % 256))],
    ["in another encoding than UTF-8", Buffer.from("alias gr\xfc\xdfe='echo \xe4'\n", "latin1")],
    ["with CRLF ends", "alias ll='ls -l'\r\nexport GOROOT=/opt/go\r\n"],
    ["without a newline at its end", "alias ll='ls -l'"],
    ["empty", ""],
    [
      "with another tool's block",
      "# >>> conda initialize >>>\nexport PATH=/opt/go1.19/bin:$PATH\n# <<< conda initialize <<<\n",
    ],
    ["with our marks inside a heredoc", `cat <<'EOF'\n${blockFor("bash")}EOF\n`],
    ["with an unclosed quote", "alias x='oops\nexport GOROOT=/opt/go\n"],
  ])("that is %s is edited, and comes back byte for byte", async (_what, content) => {
    await give(content);
    const before = look().get(path);
    expect((await install()).error).toBeNull();
    expect(look().get(path)?.sha256).not.toBe(before?.sha256);
    expect(readJson(await host.readygo(["install", "1.30.1", "--user", "alice", "--json"])).status).toBe("unchanged");
    expect(readJson(await host.readygo(["uninstall", "--json"])).error).toBeNull();
    expect({ ...look().get(path), mtimeNs: "" }).toEqual({ ...before, mtimeNs: "" });
  });

  it.each([
    ["50 MB long", `head -c 50000000 /dev/zero | tr '\\0' '#' >${path}; chown alice:alice ${path}`],
    ["somebody else's, without a right to read", `echo secret >${path}; chmod 000 ${path}`],
    ["a dangling link", `ln -s nowhere ${path}; chown -h alice:alice ${path}`],
    ["a link to a file of root's", `ln -s /etc/shadow ${path}; chown -h alice:alice ${path}`],
    ["a directory", `mkdir ${path}; chown alice:alice ${path}`],
    ["a FIFO", `mkfifo ${path}; chown alice:alice ${path}`],
    [
      "a hard link with a second name",
      `echo x >/home/alice/other; ln /home/alice/other ${path}; chown alice:alice ${path}`,
    ],
  ])("that is %s is left alone, and said so", async (_what, make) => {
    await host.script(make);
    const before = look();
    const shadow = host.snapshot(["/etc/shadow"]);
    const { error, words } = await install();
    expect(error).toBeNull();
    expect(words).toContain(`${path} is left alone: `);
    expect(look()).toEqual(before);
    expect(readJson(await host.readygo(["uninstall", "--json"])).error).toBeNull();
    expect(look()).toEqual(before);
    expect(host.snapshot(["/etc/shadow"])).toEqual(shadow);
    await host.script("rm -f /home/alice/other");
  });

  it("whose block has lost its end mark keeps every line of the user's", async () => {
    await give("alias a=1\n");
    await install();
    const damaged = `${host.read(path).replace("# <<< readygo <<<\n", "")}alias b=2\n`;
    await give(damaged);
    expect((await install()).error).toBeNull();
    expect(host.read(path).match(/# >>> readygo >>>/g)).toHaveLength(1);
    expect(readJson(await host.readygo(["uninstall", "--json"])).error).toBeNull();
    expect(host.read(path)).toBe("alias a=1\nalias b=2\n");
  });

  it("with two blocks ends with one, and without any after uninstall", async () => {
    await give(`alias a=1\n${blockFor("bash")}alias b=2\n${blockFor("bash")}alias c=3\n`);
    await install();
    expect(host.read(path).match(/# >>> readygo >>>/g)).toHaveLength(1);
    await host.readygo(["uninstall"]);
    expect(host.read(path)).toBe("alias a=1\nalias b=2\nalias c=3\n");
  });
});
