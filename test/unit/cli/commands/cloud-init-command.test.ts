import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../../../../src/cli/run-cli.ts";
import { absolutePath } from "../../../../src/host/absolute-path.ts";
import { collect } from "../../report/collect.ts";

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly summary: string;
}

async function refusal(...words: readonly string[]): Promise<Refusal> {
  const [stdout, stderr] = [collect(), collect()];
  const status = await runCli({
    argv: ["cloud-init", ...words, "--json"],
    env: {},
    cwd: absolutePath("/"),
    uid: 0,
    isTerminal: false,
    stdin: process.stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    stop: new AbortController().signal,
    entry: [],
    version: "0.0.0",
  });
  const { error } = JSON.parse(stdout.text()) as {
    readonly error: { readonly code: string; readonly summary: string } | null;
  };
  return { status, code: error?.code ?? "", summary: error?.summary ?? "" };
}

test.each([
  ["--user", "alice\nrc = no"],
  ["--noproxy", "a.example\nb.example"],
  ["--proxy", "http://proxy\r.example"],
  ["--source", "https://mirror.example/\u001b[2J"],
  ["--module", "rsc.io/quote@v1.5.2\u0085"],
  ["--base", "https://base.example/\nx"],
  ["--ca-file", "/a\tb"],
])("%s with a control character is refused", async (option, value) => {
  expect(await refusal(option, value)).toMatchObject({
    status: 2,
    code: "usage",
    summary: expect.stringContaining(option),
  });
});

test("VERSION with a control character is refused", async () => {
  expect(await refusal("1.27\n")).toMatchObject({
    status: 2,
    code: "usage",
    summary: expect.stringContaining("VERSION"),
  });
});

test("so is one in a value of the settings file", async () => {
  const room = mkdtempSync(join(tmpdir(), "readygo-cloud-init-"));
  try {
    writeFileSync(join(room, "machines.ini"), '[shell]\nuser = "alice\\nrc = no"\n');
    const refused = await refusal("--config", join(room, "machines.ini"));
    expect(refused).toMatchObject({
      status: 2,
      code: "config-invalid",
      summary: expect.stringContaining("shell.user"),
    });
  } finally {
    rmSync(room, { recursive: true });
  }
});

test("a plain-http base whose name only begins as an address of this machine does is refused", async () => {
  const refused = await refusal("--base", "http://127.evil.example/readygo");
  expect(refused).toMatchObject({ status: 2, code: "usage", summary: expect.stringContaining("anybody on the way") });
});
