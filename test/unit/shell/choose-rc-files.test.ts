import { describe, expect, it } from "vitest";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import type { ShellDialect } from "../../../src/shell/managed-block.ts";
import { chooseRcFiles, rcFileCandidates } from "../../../src/shell/choose-rc-files.ts";

const home = absolutePath("/home/ann");

function choose(
  shell: string,
  names: readonly string[],
  installed: readonly ShellDialect[] = ["sh", "bash", "zsh", "fish"],
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
      [".bashrc bash may be made", ".zshrc zsh", ".config/fish/config.fish fish"],
    ],
    ["/bin/rbash", [".bashrc", ".profile"], []],
    ["/bin/sh", [".profile", ".bashrc"], [".bashrc bash", ".profile sh"]],
    ["/bin/dash", [], []],
    ["/usr/sbin/nologin", [], []],
    ["/usr/bin/zsh", [], [".zprofile zsh may be made", ".zshrc zsh may be made"]],
    [
      "/usr/bin/zsh",
      [".zshenv", ".zlogin", ".bashrc"],
      [".bashrc bash", ".zprofile zsh may be made", ".zshrc zsh may be made", ".zlogin zsh"],
    ],
    ["/usr/bin/fish", [], [".config/fish/config.fish fish may be made"]],
  ] as const)("%s with %j", (shell, existing, expected) => {
    expect(choose(shell, existing)).toEqual(expected);
  });

  it("leaves the files of shells alone that the host does not have", () => {
    expect(choose("/bin/bash", [".zshrc", ".bashrc"], ["sh", "bash"])).toEqual([".bashrc bash may be made"]);
  });

  it("follows ZDOTDIR", () => {
    const zdotdir = absolutePath(home, ".config/zsh");
    const files = chooseRcFiles({
      shell: absolutePath("/usr/bin/zsh"),
      home,
      existing: new Set([`${home}/.zshrc`, `${zdotdir}/.zshrc`]),
      installedShells: new Set<ShellDialect>(["zsh"]),
      zdotdir,
    });

    expect(files.map((file) => file.path)).toEqual([`${zdotdir}/.zprofile`, `${zdotdir}/.zshrc`]);
  });

  it("names no file that is not among the candidates", () => {
    const candidates = rcFileCandidates(home);
    const every = chooseRcFiles({
      shell: absolutePath("/usr/bin/zsh"),
      home,
      existing: new Set(candidates),
      installedShells: new Set<ShellDialect>(["sh", "bash", "zsh", "fish"]),
    });

    expect(every.filter((file) => !candidates.includes(file.path))).toEqual([]);
  });
});
