import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import type { LabHost } from "../lab/hosts/throw-away-host.ts";
import type { ReleaseShelf } from "../lab/releases/release-shelf.ts";
import type { RcShell } from "../lab/shells/rc-case.ts";
import { createRcHost } from "../lab/shells/rc-host.ts";
import { judgeLooks } from "../lab/shells/rc-judge.ts";
import { lookAt, type RcSights } from "../lab/shells/rc-look.ts";

// What people's shell files did to `install` and `verify`, or these to them: a case of each kind that was measured. What a
// shell has is seen by starting it, before and after.
const shellPaths: Readonly<Record<RcShell, string>> = {
  bash: "/bin/bash",
  zsh: "/usr/bin/zsh",
  fish: "/usr/bin/fish",
  dash: "/bin/dash",
};
const otherGo = "#!/bin/sh\necho go version go1.22.5 linux/amd64\n";
/** The checks that shell files decide. */
const shellChecks: readonly string[] = ["which-go", "login-shell", "interactive-shell", "no-goroot", "no-gopath"];

interface Somebody {
  readonly user: string;
  readonly home: string;
  readonly shell: RcShell;
  readonly before: RcSights;
  /** A second start: what differs from the first is no loss. */
  readonly again: RcSights;
}

describe("the environment around Go", () => {
  let host: LabHost;
  let shelf: ReleaseShelf;
  let users = 0;

  beforeAll(async () => {
    ({ host, shelf } = await createRcHost());
    // As apt's golang-go puts it there.
    host.write("/usr/bin/go", "#!/bin/sh\necho go version go1.19.8 linux/amd64\n", 0o755);
  });
  afterAll(() => host?.destroy());

  /** A user with these files, or these lines below what the distribution gives, and what the shells have so far. */
  async function meet(shell: RcShell, files: Readonly<Record<string, string>>): Promise<Somebody> {
    const user = `u${(users += 1)}`;
    const home = `/home/${user}`;
    await host.addUser(user, shellPaths[shell]);
    for (const [name, text] of Object.entries(files)) {
      const path = `${home}/${name.replace(/^>>/, "")}`;
      const isProgram = path.endsWith("/go");
      host.write(path, name.startsWith(">>") ? host.read(path) + text : text, isProgram ? 0o755 : 0o644);
    }
    await host.must(["chown", "-R", `${user}:`, home]);
    const who = { user, home, shell };
    return { ...who, before: await look(who), again: await look(who) };
  }
  const look = (of: Pick<Somebody, "user" | "home" | "shell">): Promise<RcSights> => lookAt(host, of);
  const install = async ({ user }: Pick<Somebody, "user">, ...more: readonly string[]) => {
    const run = await host.readygo(["install", ...shelf.words("1.30.1"), "--user", user, "--json", ...more], { timeoutMs: 180_000 }); // prettier-ignore
    return { ...readJson(run), exit: run.status, words: run.stderr };
  };
  const verify = async (user: string) => {
    const run = await host.readygo(["verify", "--user", user, "--json"], { timeoutMs: 180_000 });
    const { checks, contexts = [] } = readJson(run);
    return { exit: run.status, contexts, of: Object.fromEntries(checks.map((check) => [check.id, check])) };
  };
  /** What has become worse; the shell is not promised more than it had. */
  const losses = async (somebody: Somebody, ...managerPlaces: readonly string[]): Promise<readonly string[]> =>
    judgeLooks({ before: somebody.before, probed: somebody.again, after: await look(somebody) }, managerPlaces);
  const texts = ({ home }: Somebody): unknown =>
    [".bashrc", ".profile", ".zshrc", ".config/fish/config.fish"].map((name) =>
      host.exists(`${home}/${name}`) ? host.read(`${home}/${name}`) : undefined,
    );

  it.each([
    [
      "mise's own activation, with a go of its own",
      { ">>.bashrc": 'eval "$(mise activate bash)"\n', ".config/mise/config.toml": '[tools]\ngo = "1.22.5"\n', ".local/share/mise/installs/go/1.22.5/bin/go": otherGo }, // prettier-ignore
      "mise",
      "/mise/installs/",
    ],
    [
      "an imitated goenv that is sourced",
      { ">>.bashrc": ". ~/.goenv/activate\n", ".goenv/activate": 'export PATH="$HOME/.goenv/shims:$PATH"\n', ".goenv/shims/go": otherGo }, // prettier-ignore
      "goenv",
      "/.goenv/shims/",
    ],
  ])("a .bashrc that ends with %s: the account's own choice stays", async (_, files, name, place) => {
    const somebody = await meet("bash", files);
    expect(somebody.before.terminal.go).toContain(place);
    const was = texts(somebody);
    const run = await install(somebody);
    expect([run.exit, run.error]).toEqual([0, null]);
    expect(run.words).toContain(`${somebody.user}'s interactive shell takes go from ${name}`);
    expect(texts(somebody)).toEqual(was);
    expect(host.exists("/usr/local/go/bin/go")).toBe(true);
    expect(await losses(somebody, place)).toEqual([]);
  });

  it("a .bashrc that ends with another Go's directory: readygo's comes first, and nothing is taken away", async () => {
    const line = "export PATH=$HOME/sdk/go1.22.5/bin:$HOME/bin:$PATH\n";
    const somebody = await meet("bash", { ">>.bashrc": line, "sdk/go1.22.5/bin/go": otherGo });
    expect(somebody.before.terminal.go).toBe(`${somebody.home}/sdk/go1.22.5/bin/go`);
    const run = await install(somebody);
    expect([run.exit, run.error]).toEqual([0, null]);
    expect(await losses(somebody)).toEqual([]);
    expect((await look(somebody)).terminal.go).toBe("/usr/local/go/bin/go");
  });

  const usesOfGoroot = [
    'export GOBIN=$GOROOT/bin\nexport CGO_CFLAGS="-I$GOROOT/include"\nexport JAVA_OPTS="$JAVA_OPTS -Dgo=$GOROOT"\nexport PATH=$GOROOT/bin:$PATH:$GOROOT/pkg\n',
    'alias cdgo="cd $GOROOT"\ngosrc() { ls "$GOROOT/src"; }\nexport GOTOOLDIR=${GOROOT}/pkg/tool\nif [ -n "$GOROOT" ]; then export PATH=$PATH:${GOROOT}/bin:$HOME/not/yet; fi\n',
    'eval "export GOSRC=$GOROOT/src"\nfor d in bin misc; do PATH=$PATH:$GOROOT/$d; done\nexport PATH LAB=$(basename "$GOROOT")\n',
  ];
  it.each(usesOfGoroot.flatMap((uses) => [".bashrc", ".profile"].map((name) => [name, uses] as const)))(
    "GOROOT used further down in %s: what was made of it stays\n%s",
    async (name, uses) => {
      const somebody = await meet("bash", { [`>>${name}`]: `export GOROOT=/opt/go1.19\n${uses}` });
      expect((await install(somebody, "--no-verify")).error).toBeNull();
      expect(await losses(somebody)).toEqual([]);
      const { terminal, "login-terminal": login } = await look(somebody);
      expect([login.go, login.env["GOROOT"]]).toEqual(["/usr/local/go/bin/go", undefined]);
      if (name === ".bashrc") expect(terminal.go).toBe("/usr/local/go/bin/go");
    },
  );

  it.each<readonly [RcShell, Readonly<Record<string, string>>]>([
    ["bash", { ">>.bashrc": "export GOROOT=/usr/local/go\nexport GOPATH=$HOME/work\nexport PATH=$GOPATH/bin:$GOROOT/bin:$PATH\n" }], // prettier-ignore
    ["bash", { ">>.profile": "export GOROOT=/opt/go1.19 GOPATH=$HOME/go:$HOME/work\nPATH=$GOPATH/bin:$GOROOT/bin:$PATH\n" }], // prettier-ignore
    ["zsh", { ".zshrc": "export GOROOT=/opt/go1.19 GOPATH=$HOME/work\npath=($GOPATH/bin $GOROOT/bin $path)\n" }],
    ["fish", { ".config/fish/config.fish": "set -gx GOROOT /opt/go1.19\nset -gx GOPATH $HOME/work\nset -gx PATH $GOPATH/bin $GOROOT/bin $PATH\n" }], // prettier-ignore
  ])("%s: every remedy on GOROOT and GOPATH, obeyed literally, makes no context worse", async (shell, files) => {
    const somebody = await meet(shell, files);
    expect((await install(somebody, "--no-verify", "--no-rc")).error).toBeNull();
    const first = await verify(somebody.user);
    const remedies = shellChecks.flatMap((id) => {
      const { status, remedy } = first.of[id] ?? {};
      return status === "warn" && remedy !== null && remedy !== undefined ? [remedy] : [];
    });
    expect(first.of["no-gopath"]?.status).toBe("warn");
    for (const remedy of remedies) await obey(somebody, remedy);
    expect((await verify(somebody.user)).of).toMatchObject({ "no-gopath": { status: "pass" }, "no-goroot": { status: "pass" } }); // prettier-ignore
    const faults = await losses(somebody);
    expect(faults.filter((fault) => !/: GOPATH was .* now unset$/.test(fault))).toEqual([]);
    expect((await look(somebody)).terminal.go).toBe("/usr/local/go/bin/go");
  });

  /** Does what a remedy says, in its words; one that cannot be read so is a failure. */
  async function obey({ user, home }: Somebody, remedy: string): Promise<void> {
    for (const part of remedy.split(/;\s+/)) {
      const last = /let {2}(.+?) {2}be the last line of \S+ (.+)$/.exec(part);
      const asUser = /^((?:env \w+=\S+ )?go env -u \w+) {2}as \S+$/.exec(part);
      const readygo = /^readygo (install .*)$/.exec(part);
      if (last !== null) {
        for (const name of (last[2] ?? "").split(" and ")) {
          const path = name.replace(/^~/, home);
          await host.script(`mkdir -p "$(dirname ${path})"; printf '%s\\n' '${last[1]}' >>${path}`, { user });
        }
      } else if (asUser !== null) {
        await host.must(["sh", "-c", `/usr/local/go/bin/${asUser[1]}`], { user });
      } else if (readygo !== null) {
        // The small release is in a directory, which no remedy knows.
        const words = (readygo[1] ?? "")
          .replace(/^install \S+ ?/, "")
          .replace(/without --no-rc/, "")
          .trim()
          .split(/\s+/);
        const run = await host.readygo(["install", ...shelf.words("1.30.1"), ...words.filter(Boolean), ...(words.includes("--user") ? [] : ["--user", user]), "--no-verify"]); // prettier-ignore
        expect(run.status).toBe(0);
      } else {
        throw new Error(`a remedy that nobody could obey literally: ${part}`);
      }
    }
  }

  it("root verifies what a user has installed by sudo: exit 0", async () => {
    const { user } = await meet("zsh", {});
    const run = await host.readygo(["install", ...shelf.words("1.30.1"), "--no-verify", "--json"], { env: { SUDO_USER: user } }); // prettier-ignore
    expect(readJson(run).error).toBeNull();
    const { exit, of } = await verify("root");
    expect([exit, Object.values(of).filter(({ status }) => status === "fail")]).toEqual([0, []]);
  });

  it("GOPATH=$HOME/go and $GOROOT/bin of this very tree are nothing to warn of", async () => {
    const lines = "export GOROOT=/usr/local/go GOPATH=$HOME/go\nexport PATH=$GOROOT/bin:$PATH:$GOPATH/bin\n";
    const somebody = await meet("bash", { ">>.bashrc": lines });
    await install(somebody, "--no-verify");
    const { of } = await verify(somebody.user);
    const seen = shellChecks.map((id) => of[id]);
    expect(seen.map((check) => [check?.id, check?.status])).toEqual(shellChecks.map((id) => [id, "pass"]));
    expect(JSON.stringify(seen)).not.toMatch(/another Go|comes before/i);
  });

  it.each<readonly [RcShell, string, string, string]>([
    ["bash", ".bashrc", "# mine\nalias go=/opt/go1.19/bin/go\n", "an alias"],
    ["zsh", ".zshrc", '# mine\ngo() { /opt/go1.19/bin/go "$@"; }\n', "a function"],
    ["fish", ".config/fish/config.fish", "# mine\nfunction go; /opt/go1.19/bin/go $argv; end\n", "a function"],
  ])("%s, %s: %s is named with its file and line", async (shell, name, text, what) => {
    const somebody = await meet(shell, { [name]: text });
    await install(somebody, "--no-verify");
    const check = (await verify(somebody.user)).of["interactive-shell"];
    expect(check).toMatchObject({ status: "warn" });
    expect(check?.evidence).toContain(`is ${what} of ${somebody.home}/${name}:2`);
    expect(await losses(somebody)).toEqual([]);
  });

  it("a GOROOT of PAM's files is named with file and line", async () => {
    const somebody = await meet("bash", { ".pam_environment": "# mine\nGOROOT DEFAULT=/opt/gone\n" });
    const was = host.read("/etc/environment");
    host.write("/etc/environment", `${was.trimEnd()}\nGOROOT=/opt/go1.19\n`.trimStart());
    const line = host.read("/etc/environment").split("\n").indexOf("GOROOT=/opt/go1.19") + 1;
    try {
      await install(somebody, "--no-verify");
      const { contexts } = await verify(somebody.user);
      const origins = contexts.flatMap(({ account, variables }) =>
        account === somebody.user && variables["GOROOT"] !== undefined ? [variables["GOROOT"].origin] : [],
      );
      expect(origins.join("\n")).toContain(`/etc/environment:${line}`);
      expect(origins.join("\n")).toContain(`${somebody.home}/.pam_environment:2`);
    } finally {
      host.write("/etc/environment", was);
    }
  });

  it.each([
    ["bash", "/bin/bash", "; unset GOROOT"],
    ["fish", "/usr/bin/fish", "; set -e GOROOT"],
  ] as const)("the last line of an install names what unsets GOROOT, as %s has it", async (shell, path, unset) => {
    const [name, line] = shell === "fish" ? [".config/fish/config.fish", "set -gx GOROOT /opt/go1.19\n"] : [".bashrc", "export GOROOT=/opt/go1.19\n"]; // prettier-ignore
    const { user } = await meet(shell, { [name]: line });
    const command = ["/opt/readygo/node", "/opt/readygo/dist/readygo.mjs", "install", ...shelf.words("1.30.1"), "--user", user, "--no-verify"]; // prettier-ignore
    const { stdout } = await host.must([path, "-c", `${command.join(" ")}; true`]);
    const said = /^in this shell: {2}(.*)$/m.exec(stdout)?.[1] ?? stdout;
    expect(said.endsWith(unset)).toBe(true);
    const then = await host.must([path, "-c", `${said}; type go; echo "GOROOT=$GOROOT"`], { env: { GOROOT: "/opt/go1.19" } }); // prettier-ignore
    expect(then.stdout).toBe("go is /usr/local/go/bin/go\nGOROOT=\n");
  });

  it("a later line that has taken PATH over: the next install moves the block to the end again", async () => {
    const somebody = await meet("bash", {});
    await install(somebody, "--no-verify");
    await host.script(`echo 'export PATH=/opt/go1.19/bin:$PATH' >>${somebody.home}/.bashrc`);
    expect((await look(somebody)).terminal.go).toBe("/opt/go1.19/bin/go");
    expect(await install(somebody, "--no-verify")).toMatchObject({ exit: 0, status: "changed" });
    expect((await look(somebody)).terminal.go).toBe("/usr/local/go/bin/go");
    expect(await install(somebody, "--no-verify")).toMatchObject({ exit: 0, status: "unchanged" });
  });

  it.each([
    ["a hook before each prompt", "echo 'PROMPT_COMMAND=\"PATH=/opt/go1.19/bin:\\$PATH\"' >>FILE"],
    ["a line in a file with a second name", "echo 'export PATH=/opt/go1.19/bin:$PATH' >>FILE; ln FILE FILE.other"],
  ])("where the block cannot hold, as by %s, install warns", async (_, change) => {
    const somebody = await meet("bash", {});
    await install(somebody, "--no-verify");
    await host.script(change.replaceAll("FILE", `${somebody.home}/.bashrc`));
    expect((await look(somebody)).terminal.go).toBe("/opt/go1.19/bin/go");
    const run = await install(somebody);
    expect([run.exit, run.error]).toEqual([0, null]);
    expect(`${run.words}${JSON.stringify(run.checks.filter(({ status }) => status === "warn"))}`).toMatch(
      /\/opt\/go1\.19\/bin|\.bashrc is left alone/,
    );
    expect((await look(somebody)).terminal.go).toBe("/opt/go1.19/bin/go");
  });
});
