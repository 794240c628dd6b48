import { chmodSync, chownSync, existsSync, readdirSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import type { AbsolutePath } from "../../../../src/host/absolute-path.ts";
import { places } from "../../../../src/host/places.ts";
import type { Account } from "../../../../src/host/ports.ts";
import { createRealFiles } from "../../../../src/host/real-files.ts";
import { hashBytes } from "../../../../src/release/sha256.ts";
import { askShell } from "../../../../src/verify/ask-shells.ts";
import type { CheckContext } from "../../../../src/verify/check.ts";
import { interactiveShell, loginShell } from "../../../../src/verify/checks/shell-path.ts";
import { whichGo } from "../../../../src/verify/checks/which-go.ts";
import {
  contextVersion,
  isRoot,
  machineVersion,
  makeAccount,
  makeContext,
  makeDirectory,
  place,
} from "../check-host.ts";

const hasGo = machineVersion !== undefined;
const export_ = "PATH=/usr/local/go/bin:$PATH\nexport PATH\n";
const zsh = "/usr/bin/zsh";
const fish = "/usr/bin/fish";

/** The three checks that look at an account's shells. */
async function look(account: Account, overrides: Partial<CheckContext> = {}) {
  const context = makeContext({ account, ...overrides });
  return {
    which: await whichGo.run(context),
    login: await loginShell.run(context),
    interactive: await interactiveShell.run(context),
  };
}

const passes = (shell: string) => ({
  which: { status: "pass", evidence: "/usr/local/go/bin/go", remedy: null },
  login: { status: "pass", evidence: `/usr/local/go/bin/go comes first in ada's login shell (${shell})`, remedy: null },
  interactive: {
    status: "pass",
    evidence: `/usr/local/go/bin/go comes first in ada's interactive shell (${shell})`,
    remedy: null,
  },
});

test.runIf(hasGo)("bash finds the tree's go by its own files (needs a Go at /usr/local/go)", async () => {
  expect(await look(makeAccount("/bin/bash", { ".profile": export_, ".bashrc": export_ }))).toEqual(passes("bash"));
});

test.runIf(hasGo)("dash has no file to read when it is interactive (needs a Go at /usr/local/go)", async () => {
  expect(await look(makeAccount("/bin/dash", { ".profile": export_ }))).toEqual({
    ...passes("dash"),
    interactive: { status: "skip", evidence: "dash reads no file of its own when it is interactive", remedy: null },
  });
});

test.runIf(hasGo && existsSync(zsh))("zsh (needs a Go at /usr/local/go)", async () => {
  expect(await look(makeAccount(zsh, { ".zshenv": export_ }))).toEqual(passes("zsh"));
});

test.runIf(hasGo && existsSync(fish))("fish (needs a Go at /usr/local/go)", async () => {
  const account = makeAccount(fish, { ".config/fish/config.fish": "set -gx PATH /usr/local/go/bin $PATH\n" });
  expect(await look(account)).toEqual(passes("fish"));
});

test.each(["/bin/bash", zsh, fish].filter((shell) => existsSync(shell)))(
  "%s leaves an empty home empty",
  async (shell) => {
    const account = makeAccount(shell);
    await look(account);
    expect(readdirSync(account.home)).toEqual([]);
  },
);

test("a shell that knows no go is a warning, with PATH as evidence", async () => {
  const setPath = "PATH=/nowhere:/usr/bin-without-go\n";
  // Never set up by readygo.
  const remedy = `readygo install ${contextVersion} --user ada`;
  expect(await look(makeAccount("/bin/bash", { ".profile": setPath, ".bashrc": setPath }))).toEqual({
    which: { status: "warn", evidence: "`command -v go` in ada's login shell finds nothing", remedy },
    login: {
      status: "warn",
      evidence: "no entry of PATH holds a go in ada's login shell (bash): /nowhere:/usr/bin-without-go",
      remedy,
    },
    interactive: {
      status: "warn",
      evidence: "no entry of PATH holds a go in ada's interactive shell (bash): /nowhere:/usr/bin-without-go",
      remedy,
    },
  });
});

test("another go that comes first is a warning: it is the account's own file that says so", async () => {
  const other = makeDirectory();
  place(other, { go: "#!/bin/sh\n" }, 0o755);
  const setPath = `PATH=${other}:/usr/local/go/bin:$PATH\n`;
  const account = makeAccount("/bin/bash", { ".profile": setPath });
  const { which, login } = await look(account);
  expect([which.status, which.evidence]).toEqual(["warn", `\`command -v go\` in ada's login shell says ${other}/go`]);
  expect([login.status, login.evidence]).toEqual([
    "warn",
    `${other} comes before /usr/local/go/bin on PATH in ada's login shell (bash), put there by ${account.home}/.profile:1`,
  ]);
});

test.runIf(hasGo)(
  "a link into the tree is the tree's go, and another go behind it is named (needs a Go at /usr/local/go)",
  async () => {
    const link = makeDirectory();
    const other = makeDirectory();
    symlinkSync("/usr/local/go/bin/go", `${link}/go`);
    place(other, { go: "#!/bin/sh\n" }, 0o755);
    const account = makeAccount("/bin/bash", { ".profile": `PATH=${link}:/usr/local/go/bin:${other}:/usr/bin\n` });
    const { which, login } = await look(account);
    expect(which).toEqual({ status: "pass", evidence: `${link}/go, which is /usr/local/go/bin/go`, remedy: null });
    expect(login).toEqual({
      status: "pass",
      evidence: `${link}/go, a link to /usr/local/go/bin/go comes first in ada's login shell (bash), before ${other}`,
      remedy: null,
    });
  },
);

test("is an error where readygo's own file in /etc/profile.d is gone", async () => {
  const hash = hashBytes(Buffer.from(""));
  const receipt = {
    archive: {} as never,
    trust: [],
    files: [{ path: places.profile, owner: null, sha256: hash, before: null, createdDirectories: [] }],
  };
  const real = createRealFiles("");
  const files = { ...real, read: (path: AbsolutePath) => (path === places.profile ? undefined : real.read(path)) };
  const setPath = "PATH=/nowhere\n";
  const { login, interactive } = await look(makeAccount("/bin/bash", { ".profile": setPath, ".bashrc": setPath }), {
    receipt,
    files,
  });
  expect([login.status, login.remedy]).toEqual(["fail", `readygo install ${contextVersion}`]);
  expect(login.evidence).toContain("; /etc/profile.d/readygo.sh is gone or was changed");
  expect(interactive.status).toBe("warn");
});

test("a version manager that chooses it is named, with its own command to hand over", async () => {
  const account = makeAccount("/bin/bash", {
    ".local/share/mise/shims/go": "#!/bin/sh\n",
    ".profile": "PATH=$HOME/.local/share/mise/shims:$PATH\n",
  });
  chmodSync(`${account.home}/.local/share/mise/shims/go`, 0o755);
  const { login } = await look(account);
  expect([login.status, login.remedy]).toEqual(["warn", "if that is not wanted:  mise unuse --global go"]);
  expect(login.evidence).toMatch(/: mise chooses it$/);
});

test("with --no-rc the remedy is to let readygo edit them", async () => {
  const setPath = "PATH=/nowhere\n";
  const bash = await look(makeAccount("/bin/bash", { ".profile": setPath, ".bashrc": setPath }), {
    isHomeManaged: false,
  });
  expect([bash.login.status, bash.interactive.status]).toEqual(["warn", "warn"]);
  expect(bash.interactive.remedy).toBe(`readygo install ${contextVersion}  without --no-rc`);
});

test.each([
  ["function", "go() { echo no; }\n"],
  ["alias", "shopt -s expand_aliases\nalias go='echo no'\n"],
])("a %s is named as what it is, whatever is on PATH", async (kind, line) => {
  const account = makeAccount("/bin/bash", { ".bashrc": `umask 022\n${line}`, ".profile": ". ~/.bashrc\n" });
  const { which, login, interactive } = await look(account);
  for (const { status, evidence } of [which, login, interactive]) {
    expect(status).toBe("warn");
    expect(evidence).toContain(`${kind} of ${account.home}/.bashrc:${line.split("\n").length}`);
  }
});

test("noise, `set -e` and a failing last command do not hide the answer", async () => {
  const noisy = `echo 'readygo-answer-command-51c9'; printf 'no newline'; set -e\n${export_}false || :\n`;
  const { login } = await look(makeAccount("/bin/bash", { ".profile": noisy }));
  expect(login.status).toBe(hasGo ? "pass" : "warn");
});

test.each([
  ["ends early", "echo goodbye >&2; exit 4", "/bin/bash did not answer: exit status 4: goodbye"],
  ["becomes another program", "exec true", "/bin/bash did not answer: exit status 0"],
  ["waits for ever", "sleep 60", "/bin/bash did not answer: no answer within 0.5 s", 500],
])("a shell whose files %s is a warning: it says nothing about the tree", async (_, profile, evidence, ms = 60_000) => {
  const { login } = await look(makeAccount("/bin/bash", { ".profile": profile }), { timeoutMs: ms });
  expect(login).toEqual({
    status: "warn",
    evidence,
    remedy: "see what ada's files do in  /bin/bash -l -c true </dev/null",
  });
});

test("a shell that is not there is a warning", async () => {
  const { login } = await look(makeAccount("/opt/none/bash"));
  expect(login.status).toBe("warn");
  expect(login.evidence).toContain("/opt/none/bash");
});

test.runIf(isRoot)("root looks at another account's shell as that account, without a terminal", async () => {
  const profile = 'WHO="$(id -u):$(id -g):$(tty)"; export WHO\n';
  const account = { ...makeAccount("/bin/sh", { ".profile": profile }), uid: 65534, gid: 65534 };
  chownSync(account.home, 65534, 65534);
  chmodSync(account.home, 0o700);
  const answer = await askShell(makeContext({ account }), "login");
  expect(answer).toMatchObject({
    kind: "answered",
    env: { WHO: "65534:65534:not a tty", HOME: account.home, USER: "ada" },
  });
});
