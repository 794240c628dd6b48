import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const program = join(import.meta.dirname, "../../../../src/main.ts");

function refusal(...words: readonly string[]): {
  readonly status: number | null;
  readonly code: string;
  readonly summary: string;
} {
  const { status, stdout } = spawnSync(process.execPath, [program, "cloud-init", ...words, "--json"], { encoding: "utf8" }); // prettier-ignore
  const { error } = JSON.parse(stdout) as {
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
])("%s with a control character is refused", (option, value) => {
  expect(refusal(option, value)).toMatchObject({ status: 2, code: "usage", summary: expect.stringContaining(option) });
});

test("VERSION with a control character is refused", () => {
  expect(refusal("1.27\n")).toMatchObject({ status: 2, code: "usage", summary: expect.stringContaining("VERSION") });
});

test("so is one in a value of the settings file", () => {
  const room = mkdtempSync(join(tmpdir(), "readygo-cloud-init-"));
  try {
    writeFileSync(join(room, "machines.ini"), '[shell]\nuser = "alice\\nrc = no"\n');
    const refused = refusal("--config", join(room, "machines.ini"));
    expect(refused).toMatchObject({
      status: 2,
      code: "config-invalid",
      summary: expect.stringContaining("shell.user"),
    });
  } finally {
    rmSync(room, { recursive: true });
  }
});

test("a plain-http base whose name only begins as an address of this machine does is refused", () => {
  const refused = refusal("--base", "http://127.evil.example/readygo");
  expect(refused).toMatchObject({ status: 2, code: "usage", summary: expect.stringContaining("anybody on the way") });
});
