import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findBlock, putBlock, removeBlock } from "../../../src/shell/rc-block.ts";

const block = putBlock("", { dialect: "bash", hasGobin: false }, "end");
/** As readygos before this one wrote it, with lines that they switched off. */
const formerBlock = `# >>> readygo >>>
# Go's commands first on PATH. Managed by readygo: \`readygo uninstall\` takes this out again.
case "\${PATH-}" in
/usr/local/go/bin|/usr/local/go/bin:*) ;;
"") PATH="/usr/local/go/bin" ;;
*)
  PATH=":$PATH:"
  while :; do
    case "$PATH" in
    *:/usr/local/go/bin:*) PATH="\${PATH%%:/usr/local/go/bin:*}:\${PATH#*:/usr/local/go/bin:}" ;;
    *) break ;;
    esac
  done
  PATH="/usr/local/go/bin\${PATH%:}"
  ;;
esac
export PATH
# <<< readygo <<<
`;

const debian =
  "# ~/.bashrc\n\n# If not running interactively, don't do anything\ncase $- in\n    *i*) ;;\n      *) return;;\nesac\nHISTSIZE=9\n";

describe("putBlock", () => {
  it("stands at the end, whatever the file has", () => {
    expect(putBlock(debian, { dialect: "bash", hasGobin: false }, "end")).toBe(debian + block);
  });

  it("stands before the guard, and its comment, where no link would be found otherwise", () => {
    expect(putBlock(debian, { dialect: "bash", hasGobin: false }, "before-guard")).toBe(
      debian.replace("# If not running", `${block}# If not running`),
    );
    expect(putBlock("a=1\n", { dialect: "bash", hasGobin: false }, "before-guard")).toBe(`a=1\n${block}`);
  });

  it.each([
    ['[ -z "$PS1" ] && return\n'],
    ["[[ $- != *i* ]] && return\n"],
    ["if [[ ! -o interactive ]]; then\n  return\nfi\n"],
    ["case $- in *i*) ;; *) return;; esac\n"],
    ["status is-interactive; or exit\n"],
  ])("knows the guard %j", (guard) => {
    expect(putBlock(`a=1\n${guard}b=2\n`, { dialect: "bash", hasGobin: false }, "before-guard")).toBe(
      `a=1\n${block}${guard}b=2\n`,
    );
  });

  it("moves an older block to the end, and lets the lines come back that it had switched off", () => {
    const former = `a=1\n: # readygo-off: export GOROOT=/opt/go\n${formerBlock}case $- in *i*) ;; *) return;; esac\n`;
    expect(putBlock(former, { dialect: "bash", hasGobin: false }, "end")).toBe(
      `a=1\nexport GOROOT=/opt/go\ncase $- in *i*) ;; *) return;; esac\n${block}`,
    );
    expect(findBlock(former, { dialect: "bash", hasGobin: false })).toEqual({
      isCurrent: false,
      above: "a=1\n: # readygo-off: export GOROOT=/opt/go\n",
      below: "case $- in *i*) ;; *) return;; esac\n",
    });
  });

  it("becomes a new one where it stands", () => {
    expect(putBlock(`a=1\n${formerBlock}b=2\n`, { dialect: "bash", hasGobin: false }, "same")).toBe(
      `a=1\n${block}b=2\n`,
    );
  });

  it("becomes one with ~/go/bin where that is asked for, and one without where it is not", () => {
    const plain = { dialect: "bash", hasGobin: false } as const;
    const more = { dialect: "bash", hasGobin: true } as const;
    const wide = putBlock("a=1\n", more, "end");
    expect([findBlock(wide, more)?.isCurrent, findBlock(wide, plain)?.isCurrent]).toEqual([true, false]);
    expect(putBlock(wide, plain, "same")).toBe(`a=1\n${block}`);
    expect(removeBlock(wide)).toBe("a=1\n");
    expect(removeBlock(wide.replace("# <<< readygo <<<\n", ""))).toBe("a=1\n");
  });

  it("makes one of several", () => {
    expect(putBlock(`a=1\n${block}b=2\n${formerBlock}c=3\n`, { dialect: "bash", hasGobin: false }, "end")).toBe(
      `a=1\nb=2\nc=3\n${block}`,
    );
  });

  it("holds nothing that a shell would read, were its first lines to stand in a quoted text", () => {
    const [, notice = ""] = block.split("\n");
    expect(notice).not.toMatch(/['"`$\\]/);
  });

  it("ends its lines as the file does", () => {
    const lines = putBlock("a=1\r\n", { dialect: "bash", hasGobin: false }, "end").split("\n").slice(0, -1);
    expect(lines.every((line) => line.endsWith("\r"))).toBe(true);
    expect(lines.filter((line) => !/^#|^a=1|#\r$/.test(line))).toEqual([]);
  });
});

describe("removeBlock", () => {
  it.each([
    ["a line that was added inside", block.replace("export PATH\n", "export PATH\nmine=1\n"), "mine=1\n"],
    ["another readygo's lines", "# >>> readygo >>>\nnew things\n# <<< readygo <<<\n", ""],
    ["a block without its end", `${block.replace("# <<< readygo <<<\n", "")}mine=1\n`, "mine=1\n"],
    ["a block without its begin", `mine=1\n${block.replace("# >>> readygo >>>\n", "")}`, "mine=1\n"],
    ["a lone mark", "mine=1\n# <<< readygo <<<\nmine=2\n", "mine=1\nmine=2\n"],
    [
      "a block that lost its end, before a whole one",
      `${block.replace("# <<< readygo <<<\n", "")}mine=1\n${block}`,
      "mine=1\n",
    ],
  ])("keeps what is not readygo's: %s", (_, text, left) => {
    expect(removeBlock(`a=1\n${text}z=1\n`)).toBe(`a=1\n${left}z=1\n`);
  });

  it("leaves the newline that came with the block to who has written on below it", () => {
    const text = putBlock("a=1", { dialect: "bash", hasGobin: false }, "end");
    expect(removeBlock(text)).toBe("a=1");
    expect(removeBlock(`${text}b=2\n`)).toBe("a=1\nb=2\n");
    expect(findBlock(`${text}b=2\n`, { dialect: "bash", hasGobin: false })).toEqual({
      isCurrent: true,
      above: "a=1\n",
      below: "b=2\n",
    });
  });

  const line = fc.oneof(
    fc.constantFrom(
      "",
      "a=1",
      "export GOROOT=/opt/go",
      "case $- in *i*) ;; *) return;; esac",
      "# x",
      "if true; then",
      "fi",
      "'",
      "\xff\0",
    ),
    fc
      .string({ unit: "binary", maxLength: 12 })
      .filter((text) => !/[\n]/.test(text) && !text.startsWith(": # readygo-off: ")),
  );
  const end = fc.constantFrom("\n", "\n", "\n", "\r\n");
  const text = fc.tuple(fc.array(fc.tuple(line, end), { maxLength: 8 }), fc.boolean()).map(([lines, isClosed]) => {
    const whole = lines.map((parts) => parts.join("")).join("");
    return isClosed ? whole : whole.replace(/\r?\n$/, "");
  });

  it("gives back every byte, and putting the block a second time changes nothing", () => {
    fc.assert(
      fc.property(
        text,
        fc.constantFrom("sh", "bash", "zsh", "fish"),
        fc.constantFrom("end", "before-guard"),
        (given, dialect, place) => {
          const edited = putBlock(given, { dialect, hasGobin: false }, place);
          expect(removeBlock(edited)).toBe(given);
          expect(putBlock(edited, { dialect, hasGobin: false }, place)).toBe(edited);
          expect(putBlock(edited, { dialect, hasGobin: false }, "same")).toBe(edited);
          expect(findBlock(edited, { dialect, hasGobin: false })?.isCurrent).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
