import { describe, expect, it } from "vitest";
import type { BaseRoot } from "../lab/hosts/base-root.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { createHost } from "../lab/hosts/throw-away-host.ts";
import { officialRelease } from "../lab/releases/releases.ts";
import { onlyInFullMode } from "../lab/suite/full-mode.ts";
import type { FoundJson } from "../lab/doctor/play-plant.ts";

// A host on which nothing is wrong has no finding that anybody has to act on, for root, an account and all accounts.
const roots: readonly (readonly [BaseRoot, readonly string[]])[] = [
  // Nothing on it trusts anybody: that is a fault of the host.
  ["minbase", ["ca-missing"]],
  ["server", []],
  ["cloud", []],
  ["contexts", []],
  ["trixie", []],
  // Its sudo has no /usr/local/bin in secure_path, which is no fault of anybody on the host.
  ["forky", []],
];
const desktop = `
[ -d "$HOME/.local/bin" ] && PATH="$HOME/.local/bin:$PATH"
export EDITOR=vim LESS=-R
[ -f ~/.fzf.bash ] && . ~/.fzf.bash
command -v direnv >/dev/null && eval "$(direnv hook bash)"
alias ll='ls -l' gs='git status'
PROMPT_COMMAND='history -a'
`;
const inCi: ReadonlySet<BaseRoot> = new Set(["minbase", "server"]);

describe.each(roots)("doctor on %s", (lower, expected) => {
  it("is silent", async (test) => {
    if (!inCi.has(lower)) onlyInFullMode(test);
    const host = await createHost({ lower });
    try {
      const mirror = await host.startMirror({ releases: [await officialRelease("1.26.8")] });
      await host.addUser("ada");
      // As a desktop's people have them: tools, prompts and completions, and nothing of Go.
      for (const name of [".bashrc", ".profile"])
        host.write(`/home/ada/${name}`, host.read(`/home/ada/${name}`) + desktop);
      host.write("/home/ada/.config/go/env", `GOPROXY=${mirror.proxyUrl}\n`);
      await host.must(["chown", "-R", "ada:", "/home/ada"]);
      const run = await host.readygo(["install", "1.26.8", "--user", "ada", "--no-verify"], { timeoutMs: 280_000 });
      expect(run.status).toBe(0);
      for (const words of [["--user", "ada"], [], ["--all-users"]]) {
        const told = await host.readygo(["doctor", ...words, "--json"], { timeoutMs: 180_000 });
        const findings = readJson(told)["findings"] as readonly FoundJson[];
        const bad = findings
          .filter(({ severity }) => severity !== "info")
          .map(({ id, evidence }) => `${id}: ${evidence}`);
        expect([words, bad.filter((line) => !expected.some((id) => line.startsWith(`${id}:`)))]).toEqual([words, []]);
      }
    } finally {
      await host.destroy();
    }
  });
});
