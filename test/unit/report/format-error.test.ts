import { expect, test } from "vitest";
import { ProvisionError } from "../../../src/errors/provision-error.ts";
import { formatError, toJsonError } from "../../../src/report/format-error.ts";

const plain = { isColor: false, columns: 120 };

const refused = Object.assign(new Error("connect ECONNREFUSED 192.0.2.1:443"), { code: "ECONNREFUSED" });

const mismatch = new ProvisionError(
  "checksum-mismatch",
  "the archive is not the published go1.27.4.linux-amd64.tar.gz",
  {
    details: { expected: "sha256:00", received: "sha256:11\nfrom https://me:secret@mirror.example/" },
    remedy: ["a proxy may be rewriting downloads; try  readygo install 1.27.4 --source DIR", "ask for help"],
  },
);

test("summary, facts in columns, hints", () => {
  expect(formatError(mismatch, plain))
    .toBe(`error[checksum-mismatch]: the archive is not the published go1.27.4.linux-amd64.tar.gz
  expected  sha256:00
  received  sha256:11
            from https://***@mirror.example/

  hint: a proxy may be rewriting downloads; try  readygo install 1.27.4 --source DIR
  hint: ask for help`);
  expect(toJsonError(mismatch)).toEqual({
    code: "checksum-mismatch",
    summary: "the archive is not the published go1.27.4.linux-amd64.tar.gz",
    details: { expected: "sha256:00", received: "sha256:11\nfrom https://***@mirror.example/" },
    cause: null,
    remedy: ["a proxy may be rewriting downloads; try  readygo install 1.27.4 --source DIR", "ask for help"],
    exit: 5,
  });
});

test("causes are shown once each, however deep they lie", () => {
  const all = new AggregateError([refused, new Error("no route to host"), refused]);
  const fetchFailed = new TypeError("fetch failed", { cause: all });
  const error = new ProvisionError("step-failed", "the step failed", {
    remedy: [],
    cause: new Error("writing: fetch failed", { cause: fetchFailed }),
  });
  expect(formatError(error, plain)).toBe(`error[step-failed]: the step failed
  cause  writing: fetch failed
  cause  connect ECONNREFUSED 192.0.2.1:443
  cause  no route to host`);
  expect(toJsonError(error)).toMatchObject({
    cause: "writing: fetch failed; connect ECONNREFUSED 192.0.2.1:443; no route to host",
    exit: 6,
  });
});

test("a cause that a detail tells already is no line of its own", () => {
  const error = new ProvisionError("sources-failed", "no source could deliver", {
    details: { "go.dev": "connect ECONNREFUSED 192.0.2.1:443" },
    remedy: [],
    cause: refused,
  });
  expect(formatError(error, plain)).toBe(
    "error[sources-failed]: no source could deliver\n  go.dev  connect ECONNREFUSED 192.0.2.1:443",
  );
});

test("errors that cause each other come to an end", () => {
  const one = new Error("one");
  const two = new Error("two", { cause: one });
  one.cause = two;
  expect(toJsonError(one).cause).toBe("two");
});

test("words from outside cannot drive the terminal", () => {
  const error = new ProvisionError("version-unknown", "no release \u001b[2J1.99", {
    details: { "\u001b]0;x": "a\u0008b" },
    remedy: ["\u202Etry"],
  });
  expect(formatError(error, plain)).toBe(
    "error[version-unknown]: no release \\x1b[2J1.99\n  \\x1b]0;x  a\\x08b\n\n  hint: \\u{202e}try",
  );
});

test("anything else is a bug, with its stack and what to do with it", () => {
  const text = formatError(new TypeError("x is undefined"), plain);
  expect(text).toMatch(/^error\[bug\]: x is undefined\n {4}at .*format-error\.test\.ts:\d+:\d+/);
  expect(text).toMatch(
    /\n\n {2}hint: this is a bug in readygo; please report it, with all of this text, where you got readygo from$/,
  );
  expect(toJsonError(new TypeError("x is undefined"))).toEqual({
    code: "bug",
    summary: "x is undefined",
    details: { stack: expect.stringContaining("format-error.test.ts") },
    cause: null,
    remedy: ["this is a bug in readygo; please report it, with all of this text, where you got readygo from"],
    exit: 1,
  });
});

test("what is thrown and no error at all is shown too", () => {
  expect(formatError("just words", plain)).toMatch(/^error\[bug\]: just words\n\n {2}hint: /);
  expect(toJsonError(undefined)).toMatchObject({ code: "bug", summary: "undefined" });
});

test("what was shown with a check is not said again", () => {
  const remedy = "sudo readygo install --repair";
  const failed = { id: "tree-manifest", layer: 1, status: "fail", evidence: "bin/go differs", remedy } as const;
  const error = new ProvisionError("gate-failed", "a check failed", {
    details: { "tree-manifest": "bin/go differs", kept: "at /srv" },
    remedy: [remedy, "readygo list"],
  });
  expect(formatError(error, { ...plain, shown: [failed] })).toBe(
    "error[gate-failed]: a check failed\n  kept  at /srv\n\n  hint: readygo list",
  );
});

test("a narrow terminal has whole words, and a key as long as an address a line of its own", () => {
  const error = new ProvisionError("sources-failed", "no source could deliver go1.27.4 for linux-amd64", {
    details: { "https://mirror.example/a/long/path": "its name does not resolve, and nobody knows another" },
    remedy: [],
  });
  expect(formatError(error, { isColor: false, columns: 50 })).toBe(
    [
      "error[sources-failed]: no source could deliver",
      "  go1.27.4 for linux-amd64",
      "  https://mirror.example/a/long/path",
      "    its name does not resolve, and nobody knows",
      "      another",
    ].join("\n"),
  );
});
