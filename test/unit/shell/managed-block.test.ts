import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { profileText, type ShellDialect } from "../../../src/shell/managed-block.ts";
import { putBlock } from "../../../src/shell/rc-block.ts";

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
  mkdirSync(dirname(join(home, name)), { recursive: true });
  writeFileSync(join(home, name), Buffer.from(putBlock(text, { dialect, hasGobin: false }, "end"), "latin1"));
}

const isInstalled = (shell: string): boolean => spawnSync("sh", ["-c", `command -v ${shell}`]).status === 0;
const printPath = 'printf "%s\\n" "$PATH"';

it.each([".profile", ".bash_profile"])("lets lines of %s below the one that reads .bashrc use GOROOT", (name) => {
  write(".bashrc", "export GOROOT=/opt/go1.19\n", "bash");
  write(name, ". ~/.bashrc\nexport GOBIN=$GOROOT/bin PATH=$PATH:$GOROOT/bin\n", name === ".profile" ? "sh" : "bash");
  const ask = 'printf "%s\\n" "$GOBIN" "$PATH" "${GOROOT-none}"';
  const made = ["/opt/go1.19/bin", expect.stringMatching(/^\/usr\/local\/go\/bin:.*:\/opt\/go1\.19\/bin$/), "none"];
  expect(run(["bash", "-l", "-c", ask])).toEqual(made);
  expect(run(["bash", "-i", "-c", 'printf "%s\\n" "${PATH%%:*}" "${GOROOT-none}"'])).toEqual([goBin, "none"]);
});

it.skipIf(!isInstalled("zsh"))("keeps an empty entry where zsh keeps each entry once (needs zsh)", () => {
  write(".zshrc", "typeset -U path PATH\npath=(~/bin $path)\nPATH=$PATH:/opt/tools/bin:\nexport PATH\n", "zsh");
  const [path = ""] = run(["zsh", "-i", "-c", 'print -r -- "$PATH"']);
  expect([path.startsWith(`${goBin}:`), path.endsWith("/opt/tools/bin:")]).toEqual([true, true]);
  // Again, in a shell that is started from that one.
  expect(run(["zsh", "-i", "-c", `PATH=${path} zsh -i -c 'print -r -- "$PATH"'`])).toEqual([path]);
});

it.skipIf(!isInstalled("zsh"))("lets .zshrc use what .zprofile has set (needs zsh)", () => {
  write(".zprofile", "export GOROOT=/opt/go1.19\n", "zsh");
  write(".zshrc", "export GOBIN=$GOROOT/bin\npath+=($GOROOT/bin)\n", "zsh");
  const ask = 'print -l -- "$GOBIN" "$path[1]" "$path[-1]" "${GOROOT-none}"';
  expect(run(["zsh", "-l", "-i", "-c", ask])).toEqual(["/opt/go1.19/bin", goBin, "/opt/go1.19/bin", "none"]);
  expect(run(["zsh", "-l", "-c", 'print -l -- "$path[1]" "${GOROOT-none}"'])).toEqual([goBin, "none"]);
});

describe.each(["dash", "bash", "zsh"])("the block in %s", (shell) => {
  const block = putBlock("", { dialect: shell === "zsh" ? "zsh" : "sh", hasGobin: false }, "end");
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
    expect(after(before, block)).toEqual([expected]);
    expect(after(before, block + profileText, ["-e", "-u"])).toEqual([expected]);
  });

  it.skipIf(!isInstalled(shell))(
    `works without PATH under set -eu, and leaves no variable behind (needs ${shell})`,
    () => {
      const script = `unset PATH\nset -eu\n${profileText}`;

      expect(after("/usr/bin", script)).toEqual([goBin]);
      expect(after("/usr/bin", `set > before\n${profileText}set > after\n`)).toEqual([`${goBin}:/usr/bin`]);
      const names = (file: string): string =>
        run(["sed", "-n", "s/=.*//p", file])
          .filter((name) => /^\w+$/.test(name) && !/^(?:_|PIPESTATUS|BASH_\w+|LINENO|RANDOM|SRANDOM)$/.test(name))
          .join(" ");
      expect(names("after")).toBe(names("before"));
    },
  );

  it.skipIf(!isInstalled(shell)).each([
    ["of another tree goes", "export GOROOT=/opt/go", ""],
    ["of this tree stays", "export GOROOT=/usr/local/go", "/usr/local/go"],
    ["of this tree stays, with a slash", "export GOROOT=/usr/local/go/", "/usr/local/go/"],
    ["that is empty stays", "export GOROOT=", ""],
    ["that is read-only stays, and ends no shell", "readonly GOROOT=/opt/go", "/opt/go"],
  ])(`a GOROOT %s (needs ${shell})`, (_, line, expected) => {
    for (const flags of [[], ["-e", "-u"]]) {
      const lines = after("/usr/bin", `${line}\n${block}printf '<%s>\\n' "\${GOROOT-}"\n`, flags);
      expect(lines).toEqual([`<${expected}>`, `${goBin}:/usr/bin`]);
    }
  });

  it.skipIf(!isInstalled(shell))(
    `the file in profile.d leaves whoever has a GOROOT of another tree alone (needs ${shell})`,
    () => {
      const script = `export GOROOT=/opt/go\n${profileText}printf '<%s>\\n' "$GOROOT"\n`;
      expect(after("/usr/bin", script, ["-e", "-u"])).toEqual(["</opt/go>", "/usr/bin"]);
      expect(after("/usr/bin", script.replace("/opt/go", "/usr/local/go"))).toEqual([
        "</usr/local/go>",
        `${goBin}:/usr/bin`,
      ]);
    },
  );

  it.skipIf(!isInstalled(shell))(`works in a CRLF file (needs ${shell})`, () => {
    const text = putBlock("A=b #\r\n", { dialect: shell === "zsh" ? "zsh" : "sh", hasGobin: false }, "end");

    expect(after("/usr/bin", text)).toEqual([`${goBin}:/usr/bin`]);
  });
});

const debianBashrc =
  "# ~/.bashrc\n\n# If not running interactively, don't do anything\ncase $- in\n    *i*) ;;\n      *) return;;\nesac\nHISTSIZE=9\n";
const debianProfile =
  'if [ -n "$BASH_VERSION" ]; then\n    if [ -f "$HOME/.bashrc" ]; then\n\t. "$HOME/.bashrc"\n    fi\nfi\n';

describe("with --gobin", () => {
  it.skipIf(!isInstalled("zsh")).each(["dash", "bash", "zsh"] as const)(
    "%s has ~/go/bin at the end of PATH, once (needs zsh)",
    (shell) => {
      const block = putBlock("", { dialect: shell === "zsh" ? "zsh" : "sh", hasGobin: true }, "end");
      const file = join(home, "script");
      const flags = shell === "zsh" ? ["-f"] : [];
      writeFileSync(file, `set -eu\n${block}${block}${printPath}\nunset HOME\n${block}`);
      expect(run([shell, ...flags, file])).toEqual([`${goBin}:/usr/bin:/bin:${home}/go/bin`]);
    },
  );

  it.skipIf(!isInstalled("fish"))("fish has it too (needs fish)", () => {
    const block = putBlock("", { dialect: "fish", hasGobin: true }, "end");
    const file = join(home, "script.fish");
    writeFileSync(file, `${block}${block}string join : $PATH\n`);
    expect(run(["fish", "--no-config", file])).toEqual([`${goBin}:/usr/bin:/bin:${home}/go/bin`]);
  });
});

describe("ways to start bash", () => {
  it.each([
    ["interactive", ["bash", "-ic", printPath], {}],
    ["login", ["bash", "-lc", printPath], {}],
    ["interactive login", ["bash", "-lic", printPath], {}],
    ["nested", ["bash", "-ic", `bash -ic 'bash -lc "${printPath.replaceAll('"', '\\"').replaceAll("$", "\\$")}"'`], {}],
  ] as const)("%s: /usr/local/go/bin is first, once, whatever stands above", (_, argv, env) => {
    write(".bashrc", `${debianBashrc}export GOROOT=/opt/go\nPATH=$GOROOT/bin:$PATH\n`, "bash");
    write(".profile", debianProfile, "sh");

    const [path = ""] = run(argv, env);

    expect(path.split(":").flatMap((entry, index) => (entry === goBin ? [index] : []))).toEqual([0]);
  });
});

describe("ways to start dash", () => {
  it("login: /usr/local/go/bin is first", () => {
    write(".profile", debianProfile, "sh");

    expect(run(["dash", "-lc", printPath])[0]).toMatch(/^\/usr\/local\/go\/bin:/);
  });
});

describe("ways to start zsh", () => {
  it.skipIf(!isInstalled("zsh")).each([
    ["login", ["zsh", "-lc", printPath]],
    ["interactive", ["zsh", "-ic", printPath]],
    ["interactive login", ["zsh", "-lic", printPath]],
  ] as const)("%s: /usr/local/go/bin is first, whatever stands above (needs zsh)", (_, argv) => {
    write(".zprofile", "path=(/a $path)\n", "zsh");
    write(".zshrc", "setopt no_unset\ntypeset -U path\npath=(/opt/go/bin $path)\nexport PATH=/b:$PATH\n", "zsh");

    const [path = ""] = run(argv);

    expect(path.split(":").flatMap((entry, index) => (entry === goBin ? [index] : []))).toEqual([0]);
  });
});

describe("ways to start fish", () => {
  const config = ".config/fish/config.fish";

  it.skipIf(!isInstalled("fish")).each([
    ["command", ["fish", "-c", "string join : $PATH"]],
    ["login", ["fish", "-lc", "string join : $PATH"]],
    ["interactive", ["fish", "-ic", "string join : $PATH"]],
    ["nested", ["fish", "-c", "fish -c 'string join : $PATH'"]],
  ] as const)("%s: /usr/local/go/bin is first, once (needs fish)", (_, argv) => {
    write(config, `set -gx PATH /usr/bin /bin ${goBin} $PATH\nfish_add_path /opt/go/bin\n`, "fish");

    const path = run(argv).at(-1) ?? "";

    expect(path.split(":").flatMap((entry, index) => (entry === goBin ? [index] : []))).toEqual([0]);
  });

  it.skipIf(!isInstalled("fish"))(
    "a GOROOT of another tree is hidden, and one of every session stays set (needs fish)",
    () => {
      write(config, "set -gx GOROOT /opt/go\n", "fish");
      const ask = ["fish", "-c", "env | string match -r '^GOROOT=.*'; set -qU GOROOT; and echo universal; true"];
      expect(run(ask)).toEqual([]);
      expect(run(ask, { GOROOT: "/opt/other" })).toEqual([]);
      run(["fish", "-c", "set -Ux GOROOT /opt/go"]);
      expect(run(ask)).toEqual(["GOROOT=", "universal"]);
      write(config, "set -gx GOROOT /usr/local/go\n", "fish");
      expect(run(ask)).toEqual(["GOROOT=/usr/local/go", "universal"]);
    },
  );

  it.skipIf(!isInstalled("fish"))("works in a CRLF file (needs fish)", () => {
    write(config, "set -g a b #\r\n", "fish");

    expect(run(["fish", "-c", "echo $PATH[1]"])).toEqual([goBin]);
  });
});
