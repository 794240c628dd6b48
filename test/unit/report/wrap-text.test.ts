import { expect, test } from "vitest";
import { fitLines, wrapRemedy, wrapText } from "../../../src/report/wrap-text.ts";

test.each([
  ["short", "short"],
  ["aaaaaaaaaaaaaa bbbbbbbbb cccc", "aaaaaaaaaaaaaa\n  bbbbbbbbb cccc"],
  ["two  spaces stay together here", "two  spaces stay\n  together here"],
  ["(https://mirror.ex/go/a.tar.gz)", "(https://mirror.ex/go/\n  a.tar.gz)"],
  ["sha256:0123456789abcdef0123456789abcdef", "sha256:0123456789abcde\n  f0123456789abcdef"],
  ["", ""],
])("%j in 22 columns", (text, wrapped) => {
  expect(wrapText(text, { columns: 22, first: "", rest: "  " })).toBe(wrapped);
});

test("what is no terminal has no lines to fill", () => {
  const text = "a word ".repeat(100).trim();
  expect(wrapText(text, { columns: Infinity, first: "note: ", rest: "  " })).toBe(`note: ${text}`);
});

const hint = { columns: 60, first: "  hint: ", rest: "        " };

test.each([
  [
    "what fits is one line",
    "sudo apt-get install git  where it is used",
    "  hint: sudo apt-get install git  where it is used",
  ],
  [
    "what is said and the command have lines of their own",
    "write it in the crontab, or let this be its first line:  PATH=/usr/local/bin:/usr/bin:/bin",
    "  hint: write it in the crontab, or let this be its first\n        line:\n        PATH=/usr/local/bin:/usr/bin:/bin",
  ],
  [
    "a command that is too long goes on after a backslash",
    "sudo readygo install 1.27.4 --source goproxy=https://proxy.example --user ubuntu",
    "  hint: sudo readygo install 1.27.4 --source \\\n        goproxy=https://proxy.example --user ubuntu",
  ],
  [
    "a word of a command is never cut",
    "go env -w GOPROXY=https://one.example,https://two.example,https://three.example,direct",
    "  hint: go env -w GOPROXY=https://one.example,https://two.example,https://three.example,direct",
  ],
])("%s", (_, text, wrapped) => {
  expect(wrapRemedy(text, hint)).toBe(wrapped);
});

test("what is printed for a person fits, and a command in it can be pasted", () => {
  const text = "go1.27.4 linux/amd64 is installed\nin this shell:  unset GOROOT; export PATH=/usr/local/go/bin:$PATH";
  expect(fitLines(text, 60)).toBe(
    "go1.27.4 linux/amd64 is installed\nin this shell:\n  unset GOROOT; export PATH=/usr/local/go/bin:$PATH",
  );
  expect(fitLines("    one two three four five six seven", 30)).toBe("    one two three four five\n      six seven");
});
