import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { putBlock } from "../../src/shell/rc-block.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { type ReleaseShelf, stockReleases } from "../lab/releases/release-shelf.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// Whatever stands where an rc file should: install ends well, leaves it alone or edits it right, and uninstall gives the
// exact bytes back. Nothing is ever waited for, and root follows no link out of the home. Each file is another user's.
describe("a hostile .bashrc", () => {
  let host: LabHost;
  let shelf: ReleaseShelf;
  let users = 0;
  let user: string;
  let path: string;
  /** Each file as it has to be after an uninstall. */
  const wanted = new Map<string, unknown>();

  beforeAll(async () => {
    shelf = await stockReleases("1.30.1");
    host = await createHost({ bind: shelf.bind });
  });
  afterAll(() => host?.destroy());
  beforeEach(async () => {
    users += 1;
    user = `user${users}`;
    path = `/home/${user}/.bashrc`;
    await host.addUser(user);
    await host.must(["rm", path]);
  });

  const install = async () => {
    const run = await host.readygo(["install", ...shelf.words("1.30.1"), "--user", user, "--no-verify", "--json"]);
    return { ...readJson(run), words: run.stderr };
  };
  const give = async (content: string | Buffer): Promise<void> => {
    host.write(path, content);
    await host.must(["chown", `${user}:${user}`, path]);
  };
  const look = (at = path): unknown => {
    const entry = host.snapshot([at]).get(at);
    return entry === undefined ? undefined : { ...entry, mtimeNs: "" };
  };

  it.each([
    ["in another encoding than UTF-8", Buffer.from("alias gr\xfc\xdfe='echo \xe4'\n", "latin1")],
    ["with CRLF ends", "alias ll='ls -l'\r\nexport GOROOT=/opt/go\r\n"],
    ["without a newline at its end", "alias ll='ls -l'"],
    ["empty", ""],
    [
      "with another tool's block",
      "# >>> conda initialize >>>\nexport PATH=/opt/go1.19/bin:$PATH\n# <<< conda initialize <<<\n",
    ],
  ])("that is %s is edited, once", async (_what, content) => {
    await give(content);
    const before = look();
    expect((await install()).error).toBeNull();
    expect(look()).not.toEqual(before);
    expect((await install()).status).toBe("unchanged");
    wanted.set(path, before);
  });

  it.each([
    ["binary", Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 37) % 256))],
    ["with an unclosed quote", "alias x='oops\nexport GOROOT=/opt/go\n"],
    ["with an unclosed here-document", "cat >/dev/null <<EOF\nhello\n"],
    ["with an if that is never closed", "if true; then\n  a=1\n"],
    ["with a backslash at its end", "alias x=\\"],
  ])("%s gets no block, which would not be run there, and is said so", async (_what, content) => {
    await give(content);
    const before = look();
    const { error, words } = await install();
    expect(error).toBeNull();
    expect(words).toContain(`${path} does not parse, or ends in`);
    expect(look()).toEqual(before);
    expect((await install()).status).toBe("unchanged");
    wanted.set(path, before);
  });

  it.each([
    ["50 MB long", "head -c 50000000 /dev/zero | tr '\\0' '#' >.bashrc; chown USER: .bashrc"],
    ["somebody else's, without a right to read", "echo secret >.bashrc; chmod 000 .bashrc"],
    ["a dangling link", "ln -s nowhere .bashrc; chown -h USER: .bashrc"],
    ["a link to a file of root's", "ln -s /etc/shadow .bashrc; chown -h USER: .bashrc"],
    ["a directory", "mkdir .bashrc; chown USER: .bashrc"],
    ["a FIFO", "mkfifo .bashrc; chown USER: .bashrc"],
    ["a hard link with a second name", "echo x >other; ln other .bashrc; chown USER: .bashrc"],
  ])("that is %s is left alone, and said so", async (_what, make) => {
    await host.script(make.replaceAll("USER", user), { cwd: `/home/${user}` });
    const before = host.snapshot([path]);
    const shadow = host.snapshot(["/etc/shadow"]);
    const { error, words } = await install();
    expect(error).toBeNull();
    expect(words).toContain(`${path} is left alone: `);
    expect(host.snapshot([path])).toEqual(before);
    expect(host.snapshot(["/etc/shadow"])).toEqual(shadow);
    wanted.set(path, look());
  });

  it("whose block has lost its end mark gets a whole one, and keeps every line of the user's", async () => {
    await give("alias a=1\nalias b=2\n");
    wanted.set(path, look());
    await give("alias a=1\n");
    await install();
    const damaged = `${host.read(path).replace("# <<< readygo <<<\n", "")}alias b=2\n`;
    await give(damaged);
    expect((await install()).error).toBeNull();
    expect(host.read(path).match(/# >>> readygo >>>/g)).toHaveLength(1);
  });

  it("with two blocks ends with one", async () => {
    await give("alias a=1\nalias b=2\nalias c=3\n");
    wanted.set(path, look());
    await give(
      `alias a=1\n${putBlock("", { dialect: "bash", hasGobin: false }, "end")}alias b=2\n${putBlock("", { dialect: "bash", hasGobin: false }, "end")}alias c=3\n`,
    );
    await install();
    expect(host.read(path).match(/# >>> readygo >>>/g)).toHaveLength(1);
  });

  it("is given back by uninstall, byte for byte, each of them", async () => {
    const shadow = host.snapshot(["/etc/shadow"]);
    expect(wanted.size).toBe(users - 1);
    expect(readJson(await host.readygo(["uninstall", "--json"])).error).toBeNull();
    expect(new Map([...wanted.keys()].map((at) => [at, look(at)]))).toEqual(wanted);
    expect(host.snapshot(["/etc/shadow"])).toEqual(shadow);
  });
});
