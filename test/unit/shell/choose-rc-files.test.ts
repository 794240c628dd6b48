import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import { chooseRcFiles, rcFileCandidates, type ShellName, syntaxCheck } from "../../../src/shell/choose-rc-files.ts";

const home = absolutePath("/home/ann");

function choose(
  shell: string,
  names: readonly string[],
  installed: readonly ShellName[] = ["sh", "bash", "zsh", "fish"],
) {
  const existing = new Set(names.map((name) => `${home}/${name}`));
  const files = chooseRcFiles({ shell: absolutePath(shell), home, existing, installedShells: new Set(installed) });
  return files.map(
    (file) => `${file.path.slice(home.length + 1)} ${file.dialect}${file.mayCreate ? " may be made" : ""}`,
  );
}

describe("which files carry the block", () => {
  it.each([
    ["/bin/bash", [], [".bashrc bash may be made"]],
    ["/bin/bash", [".bashrc", ".profile"], [".bashrc bash may be made", ".profile sh"]],
    [
      "/bin/bash",
      [".bash_profile", ".bash_login", ".profile"],
      [".bashrc bash may be made", ".bash_profile bash", ".profile sh"],
    ],
    ["/bin/bash", [".bash_login"], [".bashrc bash may be made", ".bash_login bash"]],
    [
      "/bin/bash",
      [".zshrc", ".config/fish/config.fish"],
      [
        ".bashrc bash may be made",
        ".zshrc zsh",
        ".config/fish/conf.d/readygo.fish fish may be made",
        ".config/fish/config.fish fish",
      ],
    ],
    ["/bin/sh", [".profile", ".bashrc"], [".bashrc bash", ".profile sh"]],
    ["/bin/dash", [], []],
    ["/usr/sbin/nologin", [], []],
    ["/usr/bin/zsh", [], [".zshenv zsh may be made"]],
    [
      "/usr/bin/zsh",
      [".zshrc", ".zprofile", ".bashrc"],
      [".bashrc bash", ".zshenv zsh may be made", ".zprofile zsh", ".zshrc zsh"],
    ],
    ["/usr/bin/fish", [], [".config/fish/conf.d/readygo.fish fish may be made"]],
  ] as const)("%s with %j", (shell, existing, expected) => {
    expect(choose(shell, existing)).toEqual(expected);
  });

  it("leaves the files of shells alone that the host does not have", () => {
    expect(choose("/bin/bash", [".zshrc", ".bashrc"], ["sh", "bash"])).toEqual([".bashrc bash may be made"]);
  });

  it("follows ZDOTDIR but for the first .zshenv", () => {
    const zdotdir = absolutePath(home, ".config/zsh");
    const files = chooseRcFiles({
      shell: absolutePath("/usr/bin/zsh"),
      home,
      existing: new Set([`${home}/.zshrc`, `${zdotdir}/.zshrc`]),
      installedShells: new Set<ShellName>(["zsh"]),
      zdotdir,
    });

    expect(files.map((file) => file.path)).toEqual([`${home}/.zshenv`, `${zdotdir}/.zshrc`]);
  });

  it("names no file that is not among the candidates", () => {
    const candidates = rcFileCandidates(home);
    const every = chooseRcFiles({
      shell: absolutePath("/usr/bin/zsh"),
      home,
      existing: new Set(candidates),
      installedShells: new Set<ShellName>(["sh", "bash", "zsh", "fish"]),
    });

    expect(every.filter((file) => !candidates.includes(file.path))).toEqual([]);
  });

  it("checks .profile with the shell that reads it", () => {
    const check = (shell: string): readonly string[] | undefined =>
      chooseRcFiles({
        shell: absolutePath(shell),
        home,
        existing: new Set([`${home}/.profile`]),
        installedShells: new Set<ShellName>(["sh", "bash"]),
      }).find((file) => file.dialect === "sh")?.validate;

    expect([check("/bin/bash"), check("/bin/sh")]).toEqual([
      ["bash", "-n"],
      ["sh", "-n"],
    ]);
  });
});

describe.each(["sh", "bash", "zsh", "fish"] as const)("the syntax check of %s", (shell) => {
  const isInstalled = spawnSync("sh", ["-c", `command -v ${shell}`]).status === 0;
  const [command, ...args] = syntaxCheck[shell];
  const check = (input: string): number | null =>
    spawnSync(command, args, { input, env: { PATH: "/usr/bin:/bin", HOME: "/nonexistent" } }).status;

  it.skipIf(!isInstalled)(`tells good from bad (needs ${shell})`, () => {
    expect(check(shell === "fish" ? "if true\n: # x\nend\nexit 3\n" : "if true; then\n: # x\nfi\nexit 3\n")).toBe(0);
    expect(check("if true; then\n")).not.toBe(0);
  });
});
