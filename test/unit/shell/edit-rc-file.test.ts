import { array, assert, constantFrom, oneof, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { directoriesToAsk, editRcFile, type RcEdit } from "../../../src/shell/edit-rc-file.ts";
import { blockFor, type ShellDialect } from "../../../src/shell/managed-block.ts";
import { removeFromRcFile } from "../../../src/shell/remove-block.ts";

const others = new Set([
  "/opt/go1.20/bin",
  "/usr/lib/go-1.19/bin",
  "/opt/go/bin",
  "/home/ann/sdk/go1.21.0/bin",
  "/usr/bin",
]);

function edit(text: string, dialect: ShellDialect = "bash", disableLines = true): RcEdit {
  return editRcFile({
    text,
    dialect,
    home: "/home/ann",
    isOtherGo: (directory) => others.has(directory),
    disableLines,
  });
}

const block = blockFor("bash");
const off = (line: string): string => `: # readygo-off: ${line}`;

function expectRoundTrip(text: string, dialect: ShellDialect = "bash"): void {
  const once = edit(text, dialect).text;
  expect(edit(once, dialect)).toMatchObject({ text: once, changes: [] });
  expect(removeFromRcFile(once, dialect)).toBe(text);
}

describe("where the block goes", () => {
  it("stands before Debian's guard and the comment that belongs to it", () => {
    const head = "# ~/.bashrc: executed by bash(1) for non-login shells.\n\n";
    const guard =
      "# If not running interactively, don't do anything\ncase $- in\n    *i*) ;;\n      *) return;;\nesac\n\nHISTSIZE=1000\n";

    expect(edit(head + guard)).toEqual({
      text: head + block + guard,
      changes: [{ line: 3, kind: "block-added", before: "", after: block }],
      reported: [],
    });
    expectRoundTrip(head + guard);
  });

  it.each([
    '[ -z "$PS1" ] && return\n',
    "[[ $- != *i* ]] && return\n",
    "[[ $- == *i* ]] || return\n",
    'if [ -z "$PS1" ]; then return; fi\n',
    "if [[ $- != *i* ]] ; then\n\t# Shell is non-interactive.\n\treturn\nfi\n",
    'case "$-" in *i*) ;; *) return 0;; esac\n',
    "[ -t 0 ] || exit 0\n",
    "return 0\n",
    "exec fish\n",
  ])("stands before the guard %j", (guard) => {
    const text = `alias a=b\n\n${guard}alias c=d\n`;

    expect(edit(text).text).toBe(`alias a=b\n\n${block}${guard}alias c=d\n`);
    expectRoundTrip(text);
  });

  it.each([
    'if [ -n "$PS1" ]; then\n  alias a=b\nfi\n',
    'prompt() {\n[ -z "$PS1" ] && return\n}\n',
    "cat <<'END'\ncase $- in *i*) ;; *) return;; esac\nEND\n",
    "exec 3>&1\n",
    '# [ -z "$PS1" ] && return\n',
    "if [[ $- == *i* ]]; then\n  stty -ixon\nfi\nf() {\n  return\n}\n",
  ])("stands at the end where no guard is: %j", (text) => {
    expect(edit(text).text).toBe(text + block);
    expectRoundTrip(text);
  });

  it.each(["", "\n", "alias a=b", "a=1\r\nb=2\r\n", "a=1\r\nb=2", "a=1\nb=2\r", "a=1\nb=2\r\n", "\r", "a\0b\xff\n"])(
    "comes and goes without a trace in %j",
    (text) => expectRoundTrip(text),
  );

  it("says inside the block that the last line had no newline, and leaves what is appended below on its own line", () => {
    const { text } = edit("alias a=b");

    expect(text).toBe("alias a=b\n" + block.replace("\n", "\n# the line above this block had no newline at its end\n"));
    expect(removeFromRcFile(`${text}alias c=d\n`, "bash")).toBe("alias a=b\nalias c=d\n");
    expect(removeFromRcFile(edit(`${text}alias c=d\n`).text, "bash")).toBe("alias a=b\nalias c=d\n");
  });

  it("keeps CRLF and hides the carriage return from the shell in a comment", () => {
    const lines = edit("a=1\r\n").text.split("\r\n");

    expect(lines[0]).toBe("a=1");
    expect(lines.at(-1)).toBe("");
    expect(lines.slice(1, -1).filter((line) => !line.includes("#"))).toEqual([]);
    expect(edit("a=1\r\n").text.replaceAll("\r\n", "")).not.toContain("\n");
  });

  it("never stands in something that does not close", () => {
    expect(edit("alias a=b\ncat <<END\nx\n").text).toBe(`alias a=b\n${block}cat <<END\nx\n`);
    expect(edit("alias a=b\nx='open\nexport GOROOT=/x\n").text).toBe(`alias a=b\n${block}x='open\nexport GOROOT=/x\n`);
    expect(edit("alias a=b\necho \\").text).toBe(`alias a=b\n${block}echo \\`);
  });

  it("stays where the user has moved it", () => {
    const text = `alias a=b\n${block}[ -z "$PS1" ] && return\nalias c=d\n`;
    const moved = `[ -z "$PS1" ] && return\nalias a=b\n${block}alias c=d\n`;

    expect(edit(text)).toMatchObject({ text, changes: [] });
    expect(edit(moved)).toMatchObject({ text: moved, changes: [] });
  });
});

describe("lines that are switched off", () => {
  it.each([
    "export GOROOT=/opt/go1.20",
    "GOROOT=$HOME/go1.20",
    'export GOROOT="/usr/lib/go-1.19" # the old one',
    "\texport GOROOT=/usr/local/go  ",
    "export GOROOT=$(go env GOROOT)",
    "declare -x GOROOT=/opt/go",
    "typeset -gx GOROOT=/opt/go",
    "export GOROOT",
    "export PATH=$PATH:/opt/go1.20/bin",
    'PATH="/usr/lib/go-1.19/bin:$PATH"',
    "export PATH=/opt/go/bin${PATH:+:${PATH}}",
    "PATH=$PATH:$GOROOT/bin",
    "export PATH=${GOROOT}/bin:${PATH}",
    "PATH+=:/opt/go/bin",
    "export PATH=$PATH:/usr/local/go/bin:/opt/go/bin/",
    "export PATH=~/sdk/go1.21.0/bin:$PATH",
    'export PATH="$HOME/sdk/go1.21.0/bin:$PATH"',
    "export GOROOT=/opt/go PATH=$PATH:/opt/go/bin",
  ])("%s", (line) => {
    const text = `alias a=b\n${line}\n`;

    expect(edit(text)).toEqual({
      text: `alias a=b\n${off(line)}\n${block}`,
      changes: [
        { line: 2, kind: "line-disabled", before: line, after: off(line) },
        { line: 3, kind: "block-added", before: "", after: block },
      ],
      reported: [],
    });
    expectRoundTrip(text);
  });

  it.each([
    ["zsh", "path+=(/opt/go/bin)"],
    ["zsh", "path=(/opt/go/bin $path)"],
    ["zsh", "export PATH=/opt/go/bin:$PATH"],
    ["fish", "set -gx GOROOT /opt/go"],
    ["fish", "set -gx PATH /opt/go/bin $PATH"],
    ["fish", "set -x PATH $PATH /opt/go/bin"],
    ["fish", "set -a PATH /opt/go/bin"],
    ["fish", "fish_add_path /opt/go/bin"],
    ["fish", "fish_add_path -g --prepend ~/sdk/go1.21.0/bin"],
    ["fish", "export GOROOT=/opt/go"],
  ] as const)("in %s: %s", (dialect, line) => {
    expect(edit(`${line}\n`, dialect).text).toBe(`${off(line)}\n${blockFor(dialect)}`);
    expectRoundTrip(`${line}\n`, dialect);
  });

  it("follows variables that the file set before", () => {
    const text = "GO_HOME=/opt\nmine=$GO_HOME/go\nexport PATH=$PATH:$mine/bin\n";

    expect(edit(text).text).toBe(`GO_HOME=/opt\nmine=$GO_HOME/go\n${off("export PATH=$PATH:$mine/bin")}\n${block}`);
  });

  it("switches off the only line of an if, which still parses", () => {
    const text = "if [ -d /opt/go ]; then\n  export GOROOT=/opt/go\nfi\n";

    expect(edit(text).text).toBe(`if [ -d /opt/go ]; then\n${off("  export GOROOT=/opt/go")}\nfi\n${block}`);
    expectRoundTrip(text);
  });

  it("stay off when that Go has gone, and come back with removal", () => {
    const { text } = edit("PATH=$PATH:/opt/go/bin\n");
    const again = editRcFile({ text, dialect: "bash", home: "/home/ann", isOtherGo: () => false });

    expect(again).toEqual({ text, changes: [], reported: [] });
  });
});

describe("lines that are left alone", () => {
  it.each([
    "export PATH=$PATH:$HOME/go/bin",
    "export PATH=$PATH:$GOPATH/bin",
    "export PATH=$PATH:$(go env GOPATH)/bin",
    "export PATH=$PATH:/usr/local/go/bin",
    "export PATH=/usr/bin:$PATH",
    "export PATH=$HOME/bin:$HOME/.local/bin:$PATH",
    "# export GOROOT=/opt/go",
    "GOROOT=/opt/go /opt/go/bin/go build",
    "unset GOROOT",
    "echo 'GOROOT is out'",
  ])("without a word: %s", (line) => {
    expect(edit(`${line}\n`)).toMatchObject({ text: `${line}\n${block}`, reported: [] });
  });

  it.each([
    ["export GOPATH=$HOME/gocode", "sets GOPATH; left as it is"],
    ["export PATH=$PATH:/opt/go/bin:$HOME/bin", "puts another Go on PATH together with other directories"],
    ["PATH=/opt/go/bin:/usr/bin:/bin", "sets PATH anew with another Go in it"],
    ["export GOROOT=/opt/go; export A=b", "sets GOROOT together with something else on the line"],
    ["[ -d /opt/go ] && export GOROOT=/opt/go", "sets GOROOT together with something else on the line"],
    [
      "[ -d /opt/go/bin ] && PATH=/opt/go/bin:$PATH",
      "puts another Go on PATH together with something else on the line",
    ],
    ["if true; then export GOROOT=/opt/go; fi", "sets GOROOT together with something else on the line"],
    ["export GOROOT=/opt/go GOPATH=/x", "sets up another Go and does something else as well"],
  ])("but reported: %s", (line, why) => {
    expect(edit(`${line}\n`)).toMatchObject({ text: `${line}\n${block}`, reported: [{ line: 1, text: line, why }] });
  });

  it.each([
    ["cat <<END >x\nexport GOROOT=/opt/go\nEND\n", "stands in a quoted text"],
    ["x='\nexport GOROOT=/opt/go\n'\n", "stands in a quoted text"],
    ["env \\\nGOROOT=/opt/go\n", "is a part of a longer command"],
    ["old() {\n  export GOROOT=/opt/go\n}\n", "stands in a function"],
    [
      "# >>> conda initialize >>>\nexport GOROOT=/opt/go\n# <<< conda initialize <<<\n",
      "stands in another tool's block",
    ],
    [
      "# BEGIN ANSIBLE MANAGED BLOCK\nexport GOROOT=/opt/go\n# END ANSIBLE MANAGED BLOCK\n",
      "stands in another tool's block",
    ],
  ])("with their surroundings: %j", (text, why) => {
    const { text: edited, reported } = edit(text);

    expect(edited).toBe(text + block);
    expect(reported).toMatchObject([{ line: 2, why: `sets GOROOT; ${why}` }]);
  });

  it("all of them where the caller says so", () => {
    const text = "export GOROOT=/opt/go\n";

    expect(edit(text, "bash", false)).toMatchObject({
      text: text + block,
      reported: [{ line: 1, text: "export GOROOT=/opt/go" }],
    });
  });

  it("GOROOT=/usr/local/go where a leading $GOROOT/bin that must stay would become /bin without it", () => {
    const text = "export GOROOT=/usr/local/go\nexport PATH=$GOROOT/bin:$HOME/bin:$PATH\n";

    expect(edit(text).text).toBe(text + block);
    expect(edit(text).reported.map((report) => report.line)).toEqual([1, 2]);
  });
});

describe("blocks that something has happened to", () => {
  const [begin = "", ...rest] = block.split("\n");
  const body = rest.slice(0, -2).join("\n");

  it("without its end mark: the lines that are ours go, the user's stay", () => {
    const text = `alias a=b\n${begin}\n${body}\nesac\nalias c=d\n`;

    expect(removeFromRcFile(text, "bash")).toBe("alias a=b\nesac\nalias c=d\n");
    expect(removeFromRcFile(`${begin}\nalias c=d\n`, "bash")).toBe("alias c=d\n");
  });

  it("without its begin mark", () => {
    expect(removeFromRcFile(`alias a=b\n${body}\n${rest.at(-2) ?? ""}\nalias c=d\n`, "bash")).toBe(
      "alias a=b\nalias c=d\n",
    );
  });

  it("twice: one is left", () => {
    const { text, changes } = edit(`alias a=b\n${block}alias c=d\n${block}alias e=f\n`);

    expect(text).toBe(`alias a=b\n${block}alias c=d\nalias e=f\n`);
    expect(changes).toEqual([{ line: 2, kind: "block-refreshed", before: block + block, after: block }]);
  });

  it("with lines of the user's in it", () => {
    const text = block.replace("export PATH\n", "export PATH\nalias a=b\n");

    expect(removeFromRcFile(text, "bash")).toBe("alias a=b\n");
    expect(edit(text).text).toBe(`${block}alias a=b\n`);
  });

  it("of another readygo: refreshed in its place", () => {
    const text = `alias a=b\n${begin}\nPATH=/usr/local/go/bin:$PATH\n${rest.at(-2) ?? ""}\nalias c=d\n`;

    expect(edit(text).text).toBe(`alias a=b\n${block}alias c=d\n`);
  });

  it("in a here-document: text, not ours", () => {
    const text = `cat <<END >>other\n${block}END\n`;

    expect(edit(text).text).toBe(text + block);
    expectRoundTrip(text);
  });
});

it("names the directories that it has to know of", () => {
  const text =
    "GOROOT=/opt/go\nPATH=$PATH:/opt/a/bin:$HOME/b\nexport PATH=$GOROOT/bin:$PATH\n[ -d /c/bin ] && PATH=/c/bin:$PATH\n";

  expect(directoriesToAsk({ text, dialect: "bash", home: "/home/ann" })).toEqual([
    "/opt/a/bin",
    "/home/ann/b",
    "/c/bin",
  ]);
});

describe("for any text", () => {
  const pieces = constantFrom(
    ..."'\"$`\\#(){}<>;&|=:~ \t\r\n".split(""),
    "\n", "\n", "\r\n", "export GOROOT=/opt/go", "PATH=$PATH:/opt/go/bin", "$(", "${", "$((", "<<END", "<<-'E F'", "END", "case $- in",
    "esac", "if true; then", "fi", "f() {", "}", "return", '[ -z "$PS1" ] && return', "# x", "$'", "\xe9", "\0", "# >>> conda >>>",
    "# <<< conda <<<", "function g", "do", "done", "\\\n", "GOROOT=", "export GOPATH=/x",
  ); // prettier-ignore
  const text = array(pieces, { maxLength: 40 }).map((parts) => parts.join(""));
  const dialect = constantFrom<ShellDialect>("sh", "bash", "zsh", "fish");
  const numRuns = process.env["READYGO_FULL"] === "1" ? 3000 : 300;

  it("removal is the exact inverse, and a second edit changes nothing", () => {
    assert(
      property(text, dialect, (given, language) => expectRoundTrip(given, language)),
      { numRuns },
    );
  });

  it("with pieces of blocks in it, a second edit still changes nothing", () => {
    const marks = constantFrom(
      "# >>> readygo >>>\n",
      "# <<< readygo <<<\n",
      block,
      blockFor("fish"),
      "export PATH\n",
      off("x\n"),
    );
    const damaged = array(oneof(pieces, marks), { maxLength: 25 }).map((parts) => parts.join(""));
    assert(
      property(damaged, dialect, (given, language) => {
        const once = edit(given, language).text;
        expect(edit(once, language).text).toBe(once);
      }),
      { numRuns },
    );
  });
});
