import { describe, expect, it } from "vitest";
import { putBehind } from "../../../../src/doctor/environment/path-remedy.ts";
import { isEnding, isGoLine, listRepeated } from "../../../../src/doctor/environment/rc-lines.ts";
import { listOwnLines, parsePlace, parseRcText } from "../../../../src/doctor/environment/rc-texts.ts";
import { isPlainAssignment } from "../../../../src/doctor/environment/setting-remedy.ts";
import { absolutePath } from "../../../../src/host/absolute-path.ts";
import { putBlock } from "../../../../src/shell/rc-block.ts";

const rc = (text: string) => parseRcText(absolutePath("/home/ada/.profile"), text);

describe("a line for Go", () => {
  it.each([
    "export PATH=$PATH:/usr/local/go/bin",
    'PATH="$HOME/sdk/go1.22.5/bin:$PATH"',
    "export GOPATH=$HOME/work",
    "set -gx GOROOT /opt/go",
    "fish_add_path /usr/local/go/bin",
    "  export GOPRIVATE=corp.example",
  ])("%s", (line) => expect(isGoLine(line)).toBe(true));

  it.each(["export PATH=$HOME/bin:$PATH", "export GOOD=1", "alias go=x", "PATH=/opt/mongo/bin:$PATH"])(
    "%s is none",
    (line) => expect(isGoLine(line)).toBe(false),
  );
});

describe("a line that ends a file", () => {
  it.each(["exit", "return 0", "return # enough", "exec fish", "exec -l /bin/zsh", 'exec "$SHELL" -l'])("%s", (line) =>
    expect(isEnding(line)).toBe(true),
  );

  it.each([
    "  return",
    "[ -z $PS1 ] && return",
    "exec 2>/dev/null",
    "exec >>~/log",
    "exec fish || true",
    "execute",
    "exit_trap",
    "return_to",
  ])("%s does not", (line) => expect(isEnding(line)).toBe(false));
});

describe("lines that stand there several times", () => {
  it("keeps the first that puts behind, the last that puts in front", () => {
    const text = ["PATH=$PATH:/a/go/bin", "PATH=/b/go/bin:$PATH", "PATH=$PATH:/a/go/bin", "PATH=/b/go/bin:$PATH", ""];
    const found = listRepeated(rc(text.join("\n")));
    expect(found.map(({ kept, surplus }) => [surplus.number, kept.number])).toEqual([
      [3, 1],
      [2, 4],
    ]);
  });

  it("leaves comments, indented lines and readygo's block out", () => {
    const text = putBlock("# export GOPATH=x\n# export GOPATH=x\n  PATH=/go/bin\n  PATH=/go/bin\n", { dialect: "sh", hasGobin: false }, "end"); // prettier-ignore
    const parsed = rc(text);
    expect(listRepeated(parsed)).toEqual([]);
    expect(parsed.block?.begin).toBe(5);
    expect(listOwnLines(parsed).map(({ number }) => number)).toEqual([3, 4]);
  });
});

describe("an assignment that stands alone", () => {
  it.each(["export GOROOT=/opt/go", 'GOROOT="$HOME/go root" # mine', "declare -x GOROOT='/opt/go'", "GOROOT="])(
    "%s",
    (line) => expect(isPlainAssignment(line, "GOROOT")).toBe(true),
  );

  it.each([
    "  export GOROOT=/opt/go",
    "export GOROOT=/opt/go PATH=$GOROOT/bin",
    "GOROOT=/opt/go make",
    "export GOROOT=$(go env GOROOT)",
    "export GOROOT=/opt/go; cd",
    "export GOROOT=/opt/\\",
    'export GOROOT="a',
    "export GOROOT2=/opt/go",
  ])("%s is more", (line) => expect(isPlainAssignment(line, "GOROOT")).toBe(false));

  it("in fish", () => {
    expect(isPlainAssignment("set -gx GOROOT /opt/go", "GOROOT", true)).toBe(true);
    expect(isPlainAssignment("set -gx GOROOT (go env GOROOT)", "GOROOT", true)).toBe(false);
  });
});

describe("a directory that is put behind", () => {
  it.each([
    ["export PATH=/opt/go/bin:$PATH", 'export PATH="$PATH:/opt/go/bin"'],
    ['PATH="$HOME/go/bin:${PATH}"', 'PATH="$PATH:$HOME/go/bin"'],
    ["PATH=/opt/go/bin:$PATH; export PATH", 'PATH="$PATH:/opt/go/bin"; export PATH'],
  ])("%s", (line, better) => expect(putBehind(line)).toBe(better));

  it.each(["PATH=/a:/b:$PATH", "PATH=$PATH:/a", "PATH=$(x):$PATH", "PATH=/a:$PATH && x"])("%s stays", (line) =>
    expect(putBehind(line)).toBeUndefined(),
  );
});

it("an origin with a line is taken apart", () => {
  expect(parsePlace("/home/a:b/.profile:12")).toEqual({ file: "/home/a:b/.profile", line: 12 });
  expect(parsePlace("the files of /bin/bash")).toBeUndefined();
  expect(parsePlace("/home/ada/.config/go/env")).toBeUndefined();
});
