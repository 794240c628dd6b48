import { describe, expect, it } from "vitest";
import { expandPath } from "../../../../src/doctor/environment/environment-literal.ts";
import { parseServers } from "../../../../src/doctor/environment/tmux-old-environment.ts";
import { readUnit, runsGo } from "../../../../src/doctor/environment/service-home.ts";
import { openKnownTexts } from "../../../../src/environment/texts.ts";

const usual = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

describe("a PATH of /etc/environment", () => {
  it.each([
    ['"$PATH:/usr/local/go/bin"', `${usual}:/usr/local/go/bin`],
    ["/opt/go/bin:${PATH}", `/opt/go/bin:${usual}`],
    ["$HOME/go/bin:/usr/bin", `/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/bin`],
    ["$GOROOT/bin:$PATH # mine", usual],
  ])("%s", (value, better) => expect(expandPath(value)).toBe(better));
});

describe("what tmux and screen have said", () => {
  it("is a server for each", () => {
    const said = "tmux\0/tmp/tmux-1000/default\0PATH=/bin\nGOROOT=/opt/go\n\0screen\x001061.work\0PATH=/bin\n\0";
    expect(parseServers(said)).toEqual([
      { kind: "tmux", name: "/tmp/tmux-1000/default", env: { PATH: "/bin", GOROOT: "/opt/go" } },
      { kind: "screen", name: "1061.work", env: { PATH: "/bin" } },
    ]);
  });

  it("is nothing where a server has ended, and once for windows that are alike", () => {
    expect(parseServers("tmux\0/tmp/tmux-1000/old\0\0")).toEqual([]);
    expect(parseServers("screen\0a\0PATH=/b\n\0screen\0a\0PATH=/b\n\0")).toHaveLength(1);
    expect(parseServers("")).toEqual([]);
  });
});

describe("a service", () => {
  const path = "/etc/systemd/system/a.service";
  const read = (text: string, dropIn?: string) =>
    readUnit(
      openKnownTexts(new Map([[path, text], ...(dropIn === undefined ? [] : [[`${path}.d/b.conf`, dropIn] as const])])),
      path,
    );

  it.each([
    ["[Service]\nExecStart=/usr/local/go/bin/go run .\n", undefined, false],
    ["[Service]\nUser=ada\nExecStart=/usr/local/go/bin/go run .\n", undefined, true],
    ['[Service]\nEnvironment="HOME=/root" A=b\nExecStart=go run .\n', undefined, true],
    ["[Service]\nExecStart=go run .\n", "[Service]\nEnvironment=GOCACHE=/var/cache/go\n", true],
    ["[Service]\nUser=\nExecStart=go run .\n", undefined, false],
  ])("%s", (text, dropIn, hasHome) => expect(read(text, dropIn).hasHome).toBe(hasHome));

  it("has its commands with their lines", () => {
    expect(read("[Service]\nExecStart=/bin/sh -c \\\n 'go build'\n").commands).toEqual([
      { path, number: 2, text: "ExecStart=/bin/sh -c  'go build'" },
    ]);
  });

  it.each([
    ["ExecStart=-/usr/local/go/bin/go run ./cmd", true],
    ["ExecStart=/bin/sh -c 'cd /srv && go build .'", true],
    ["ExecStart=/usr/bin/env go test ./...", true],
    ["ExecStart=/usr/local/bin/hello go", false],
    ["ExecStart=/opt/cargo build", false],
    ["ExecStart=/usr/local/go/bin/go version", false],
  ])("%s", (command, answer) => expect(runsGo(command)).toBe(answer));
});
