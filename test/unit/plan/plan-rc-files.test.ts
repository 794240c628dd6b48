import { describe, expect, it } from "vitest";
import type { ShellAnswer, ShellAnswers } from "../../../src/environment/shell-answer.ts";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import type { ObservedRcFile } from "../../../src/plan/observed-state.ts";
import { planRcFiles, type RcPlan } from "../../../src/plan/plan-rc-files.ts";
import { hashBytes } from "../../../src/release/sha256.ts";
import { putBlock } from "../../../src/shell/rc-block.ts";

const path = absolutePath("/home/ada/.bashrc");
const account = {
  name: "ada",
  uid: 1000,
  gid: 1000,
  home: absolutePath("/home/ada"),
  shell: absolutePath("/bin/bash"),
};
const block = putBlock("", { dialect: "bash", hasGobin: false }, "end");
const hash = (text: string) => hashBytes(Buffer.from(text, "latin1"));

interface FileStory {
  /** Before readygo's last run; undefined: it never wrote the file. */
  readonly before?: string;
  /** As that run left it. Default: before, with the block at its end. */
  readonly left?: string;
  readonly now: string | null;
  readonly more?: Partial<ObservedRcFile>;
}

function file({ before, left = `${before ?? ""}${block}`, now, more = {} }: FileStory): ObservedRcFile {
  const managed =
    before === undefined
      ? undefined
      : {
          path,
          owner: "ada",
          sha256: hash(left),
          before: { backup: "b", sha256: hash(before), mode: 0o644 },
          createdDirectories: [],
        };
  return {
    path,
    owner: "ada",
    text: now,
    sha256: now === null ? null : hash(now),
    mode: 0o644,
    isManaged: managed !== undefined,
    restores: now,
    missingDirectories: [],
    dialect: "bash",
    isChosen: true,
    managed,
    backup: before,
    isLeftAlone: false,
    isClosed: true,
    ...more,
  };
}

const answer = (command: string, env: Readonly<Record<string, string>> = {}): ShellAnswer => ({
  kind: "answered",
  go: command.startsWith("/") ? { kind: "program", path: command } : { kind: "alias", text: command },
  env,
});
const both = (one: ShellAnswer): ShellAnswers => ({ login: one, interactive: one });
const ours = both(answer("/usr/local/go/bin/go"));

const plan = (story: FileStory, shells: ShellAnswers | undefined = ours, hasLinks = true): RcPlan =>
  planRcFiles({ hasLinks, hasGobin: false, account }, { rcFiles: [file(story)], shells, receipt: undefined });
/** What the file becomes; null where nothing is done. */
const become = (...request: Parameters<typeof plan>): string | null => {
  const [step] = plan(...request).steps;
  if (step === undefined) return null;
  if (step.kind === "write-file") return step.content;
  return step.result.kind === "text" ? step.result.content : step.result.kind;
};

describe("where the block stands", () => {
  it.each<[string, FileStory, string | null]>([
    ["a file without one gets it at its end", { now: "a=1\n" }, `a=1\n${block}`],
    ["a file that is absent is made", { now: null }, block],
    ["one that is in its place stays", { before: "a=1\n", now: `a=1\n${block}` }, null],
    ["one whose receipt is lost is known again", { now: `a=1\n${block}` }, `a=1\n${block}`],
    ["one that somebody took out comes back", { before: "a=1\n", now: "a=1\n" }, `a=1\n${block}`],
    ["a line above it is the user's affair", { before: "a=1\n", now: `a=1\nb=2\n${block}` }, null],
    ["a line below it does no harm where Go is found", { before: "a=1\n", now: `a=1\n${block}b=2\n` }, null],
  ])("%s", (_, story, expected) => {
    expect(become(story)).toBe(expected);
  });

  it.each([
    ["another go comes first", both(answer("/opt/go/bin/go"))],
    ["an alias is in the way", { login: answer("/usr/local/go/bin/go"), interactive: answer("alias go='x'") }],
    ["GOROOT names another tree", both(answer("/usr/local/go/bin/go", { GOROOT: "/opt/go" }))],
  ])("it moves to the end again where a line below it matters: %s", (_, shells) => {
    expect(become({ before: "a=1\n", now: `a=1\n${block}b=2\n` }, shells)).toBe(`a=1\nb=2\n${block}`);
  });

  it("stays where the user has moved it, whatever the shells say", () => {
    const another = both(answer("/opt/go/bin/go"));
    expect(become({ before: "a=1\nb=2\n", now: `a=1\n${block}b=2\n` }, another)).toBeNull();
    expect(plan({ before: "a=1\nb=2\n", now: `a=1\n${block}b=2\n` }, another).notes).toMatchObject([
      { remedy: "readygo verify  names the file and line that put it there" },
    ]);
    expect(become({ before: "a=1\nb=2\n", now: `${block}c=3\na=1\nb=2\n` }, another)).toBeNull();
  });

  it("is taken out of a file that no shell reads last", () => {
    const story = { before: "a=1\n", now: `a=1\n${block}`, more: { isChosen: false } };
    expect(become(story)).toBe("backup");
    expect(become({ ...story, now: `a=1\n${block}b=2\n` })).toBe("a=1\nb=2\n");
    expect(become({ now: block, more: { isChosen: false } })).toBe("remove");
  });

  it("stands before a guard with --no-links alone", () => {
    const guarded = "a=1\ncase $- in *i*) ;; *) return;; esac\n";
    expect(become({ now: guarded }, ours, false)).toBe(guarded.replace("case", `${block}case`));
    expect(become({ before: guarded, now: guarded + block }, ours, false)).toBe(
      guarded.replace("case", `${block}case`),
    );
  });
});

describe("where there is none", () => {
  const mise = both(answer("/home/ada/.local/share/mise/installs/go/1.22.5/bin/go"));

  it("a version manager that is active for Go is the account's choice", () => {
    const { steps, notes, leftAlone } = plan({ now: "eval mise\n" }, mise);
    expect(steps).toEqual([]);
    expect(notes).toEqual([
      {
        text: "ada's interactive shell takes go from mise (/home/ada/.local/share/mise/installs/go/1.22.5/bin/go): that is the account's own choice, and its files get no block",
        remedy: "to hand over to /usr/local/go:  mise unuse --global go,  then  readygo install",
      },
    ]);
    expect(leftAlone).toEqual([{ path, owner: "ada", sha256: hash("eval mise\n") }]);
  });

  it("one that stood there goes", () => {
    expect(become({ before: "eval mise\n", now: `eval mise\n${block}` }, mise)).toBe("backup");
  });

  it("code at its end would not be run", () => {
    const { steps, notes } = plan({ now: "cat <<X\n", more: { isClosed: false } });
    expect(steps).toEqual([]);
    expect(notes[0]?.text).toContain("it gets no block");
  });

  it("a file that was left alone is left so until the shells are asked", () => {
    const story = { now: "eval mise\n", more: { isLeftAlone: true } };
    const quiet = planRcFiles(
      { hasLinks: true, hasGobin: false, account },
      { rcFiles: [file(story)], shells: undefined, receipt: undefined },
    );
    expect([quiet.steps, quiet.notes]).toEqual([[], []]);
    expect(become(story)).toBe(`eval mise\n${block}`);
  });
});
