import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { editRcFile } from "../../../src/shell/edit-rc-file.ts";
import { blockFor, profileText, type ShellDialect } from "../../../src/shell/managed-block.ts";

const goBin = "/usr/local/go/bin";
let home = "";

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "readygo-shell-"));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

/** Runs a command in a clean environment with the temporary home, and answers its lines; stderr must stay empty. */
function run(argv: readonly string[], env: Readonly<Record<string, string>> = {}, input = ""): readonly string[] {
  // A session of its own: an interactive shell would otherwise take the terminal that the tests run in.
  const result = spawnSync("setsid", ["--wait", ...argv], {
    env: { HOME: home, PATH: "/usr/bin:/bin", TERM: "dumb", ...env },
    cwd: home,
    encoding: "utf8",
    input,
    timeout: 100_000,
  });
  // Interactive shells without a terminal say so.
  const complaints = result.stderr
    .split("\n")
    .filter((line) => line !== "" && !/job control|terminal process group|set up terminal/.test(line));
  expect(complaints).toEqual([]);
  return result.stdout.split("\n").filter((line) => line !== "");
}

function write(name: string, text: string, dialect: ShellDialect): void {
  const edited = editRcFile({ text, dialect, home, isOtherGo: (directory) => directory === "/opt/go/bin" });
  mkdirSync(dirname(join(home, name)), { recursive: true });
  writeFileSync(join(home, name), Buffer.from(edited.text, "latin1"));
}

const isInstalled = (shell: string): boolean => spawnSync("sh", ["-c", `command -v ${shell}`]).status === 0;
const printPath = 'printf "%s\\n" "$PATH"';

describe.each(["dash", "bash", "zsh"])("the block in %s", (shell) => {
  const after = (path: string, script: string, flags: readonly string[] = []): readonly string[] => {
    const file = join(home, "script");
    writeFileSync(file, `PATH='${path}'\n${script}${printPath}\n`);
    return run(shell === "zsh" ? ["zsh", "-f", ...flags, file] : [shell, ...flags, file]);
  };

  it.skipIf(!isInstalled(shell)).each([
    ["/usr/bin:/bin", `${goBin}:/usr/bin:/bin`],
    ["/usr/bin", `${goBin}:/usr/bin`],
    ["", goBin],
    [goBin, goBin],
    [`${goBin}:/usr/bin`, `${goBin}:/usr/bin`],
    [`/usr/bin:${goBin}`, `${goBin}:/usr/bin`],
    [`/a:${goBin}:/b:${goBin}:${goBin}:/c`, `${goBin}:/a:/b:/c`],
    [`/a::${goBin}:/b:`, `${goBin}:/a::/b:`],
    [`/x${goBin}:${goBin}x`, `${goBin}:/x${goBin}:${goBin}x`],
    ["/with space:/st*r", `${goBin}:/with space:/st*r`],
  ])(`turns PATH=%s into %s (needs ${shell})`, (before, expected) => {
    expect(after(before, blockFor("sh"))).toEqual([expected]);
    expect(after(before, blockFor("sh") + profileText(), ["-e", "-u"])).toEqual([expected]);
  });

  it.skipIf(!isInstalled(shell))(
    `works without PATH under set -eu, and leaves no variable behind (needs ${shell})`,
    () => {
      const script = `unset PATH\nset -eu\n${profileText()}`;

      expect(after("/usr/bin", script)).toEqual([goBin]);
      expect(after("/usr/bin", `set > before\n${profileText()}set > after\n`)).toEqual([`${goBin}:/usr/bin`]);
      const names = (file: string): string =>
        run(["sed", "-n", "s/=.*//p", file])
          .filter((name) => /^\w+$/.test(name) && !/^(?:_|PIPESTATUS|BASH_\w+|LINENO|RANDOM|SRANDOM)$/.test(name))
          .join(" ");
      expect(names("after")).toBe(names("before"));
    },
  );

  it.skipIf(!isInstalled(shell))(`works in a CRLF file (needs ${shell})`, () => {
    const { text } = editRcFile({ text: "A=b #\r\n", dialect: "bash", home, isOtherGo: () => false });

    expect(after("/usr/bin", text)).toEqual([`${goBin}:/usr/bin`]);
  });
});

const debianBashrc =
  "# ~/.bashrc\n\n# If not running interactively, don't do anything\ncase $- in\n    *i*) ;;\n      *) return;;\nesac\nHISTSIZE=9\n";
const debianProfile =
  'if [ -n "$BASH_VERSION" ]; then\n    if [ -f "$HOME/.bashrc" ]; then\n\t. "$HOME/.bashrc"\n    fi\nfi\n';

describe("the ways into bash", () => {
  it.each([
    ["interactive", ["bash", "-ic", printPath], {}],
    ["login", ["bash", "-lc", printPath], {}],
    ["interactive login", ["bash", "-lic", printPath], {}],
    ["by BASH_ENV", ["bash", "-c", printPath], { BASH_ENV: "$HOME/.bashrc" }],
    ["nested", ["bash", "-ic", `bash -ic 'bash -lc "${printPath.replaceAll('"', '\\"').replaceAll("$", "\\$")}"'`], {}],
  ] as const)("%s: /usr/local/go/bin is first, once", (_, argv, env) => {
    write(".bashrc", debianBashrc, "bash");
    write(".profile", debianProfile, "sh");

    const [path = ""] = run(argv, env);

    expect(path.split(":").flatMap((entry, index) => (entry === goBin ? [index] : []))).toEqual([0]);
  });

  it("a line that would bring another Go forward is off, in an if as well", () => {
    write(".bashrc", "if true; then\n  export GOROOT=/opt/go\n  PATH=/opt/go/bin:$PATH\nfi\n", "bash");

    expect(run(["bash", "-ic", `${printPath}; printf "%s\\n" "<\${GOROOT-}>"`])).toEqual([
      `${goBin}:/usr/bin:/bin`,
      "<>",
    ]);
  });
});

describe("the ways into dash", () => {
  it("login: /usr/local/go/bin is first", () => {
    write(".profile", debianProfile, "sh");

    expect(run(["dash", "-lc", printPath])[0]).toMatch(/^\/usr\/local\/go\/bin:/);
  });
});

describe("the ways into zsh", () => {
  it.skipIf(!isInstalled("zsh")).each([
    ["command", ["zsh", "-c", printPath]],
    ["login", ["zsh", "-lc", printPath]],
    ["interactive", ["zsh", "-ic", printPath]],
    ["interactive login", ["zsh", "-lic", printPath]],
  ] as const)("%s: /usr/local/go/bin is first, whatever a later file puts before it (needs zsh)", (_, argv) => {
    write(".zshenv", "", "zsh");
    write(".zprofile", "path=(/a $path)\n", "zsh");
    write(".zshrc", `setopt no_unset\ntypeset -U path\npath=(/opt/go/bin $path)\nexport PATH=/b:$PATH\n`, "zsh");

    const [path = ""] = run(argv);

    expect(path.split(":").flatMap((entry, index) => (entry === goBin ? [index] : []))).toEqual([0]);
    expect(path).not.toContain("/opt/go");
  });
});

describe("the ways into fish", () => {
  it.skipIf(!isInstalled("fish")).each([
    ["command", ["fish", "-c", "string join : $PATH"]],
    ["login", ["fish", "-lc", "string join : $PATH"]],
    ["interactive", ["fish", "-ic", "string join : $PATH"]],
    ["nested", ["fish", "-c", "fish -c 'string join : $PATH'"]],
  ] as const)("%s: /usr/local/go/bin is first, once (needs fish)", (_, argv) => {
    write(".config/fish/conf.d/readygo.fish", "", "fish");
    write(
      ".config/fish/config.fish",
      `set -gx PATH /usr/bin /bin ${goBin} $PATH\nfish_add_path /opt/go/bin\r\n`,
      "fish",
    );

    const path = run(argv).at(-1) ?? "";

    expect(path.split(":").flatMap((entry, index) => (entry === goBin ? [index] : []))).toEqual([0]);
    expect(path).not.toContain("/opt/go");
  });

  it.skipIf(!isInstalled("fish"))("works in a CRLF file (needs fish)", () => {
    write(".config/fish/config.fish", "set -g a b #\r\n", "fish");

    expect(run(["fish", "-c", "echo $PATH[1]"])).toEqual([goBin]);
  });
});
