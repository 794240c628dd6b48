import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { makeSmallRelease } from "../lab/releases/releases.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";

// Every command in a real terminal: tmux tells a line that it had to wrap from two lines. What prints a file (cloud-init,
// completion, the man page) prints it as it is.
describe.each(isFullMode ? [80, 120] : [80])("in a terminal of %i columns", (columns) => {
  let host: LabHost;
  beforeAll(async () => {
    host = await createHost({ lower: "contexts" });
    const releases = [await makeSmallRelease("1.30.1"), await makeSmallRelease("1.30.2")];
    await host.startMirror({ releases, modules: ["rsc.io/quote@v1.5.2"] });
    host.write("/etc/readygo.ini", "[verify]\ntimeout = 300\n");
    host.write(
      "/usr/local/bin/readygo",
      '#!/bin/sh\nexec /opt/readygo/node /opt/readygo/dist/readygo.mjs "$@"\n',
      0o755,
    );
    await host.addUser("ubuntu");
  });
  afterAll(() => host?.destroy());

  let session = 0;
  /** What stands there in the end: as lines of the terminal, and as lines that were printed. */
  const type = async (
    command: string,
  ): Promise<{ readonly exit: number; readonly rows: string[]; printed: string[] }> => {
    session += 1;
    const name = `s${session}`;
    const inPane = `${command}; echo "exit $?"; exec sleep 1000`;
    const size = ["-x", `${columns}`, "-y", "200"];
    const env = { LANG: "C.UTF-8", TERM: "xterm-256color", SUDO_USER: "ubuntu" };
    await host.must(["tmux", "-f", "/dev/null", "-L", name, "new-session", "-d", ...size, inPane], { env });
    const capture = async (...words: readonly string[]): Promise<string[]> =>
      (await host.must(["tmux", "-L", name, "capture-pane", "-p", ...words], { env })).stdout.trimEnd().split("\n");
    for (;;) {
      const rows = await capture();
      const exit = /^exit (\d+)$/.exec(rows.at(-1) ?? "")?.[1];
      if (exit !== undefined) {
        const printed = (await capture("-J")).map((line) => line.trimEnd());
        await host.must(["tmux", "-L", name, "kill-server"], { env });
        return { exit: Number(exit), rows: rows.slice(0, -1), printed: printed.slice(0, -1) };
      }
      await sleep(50);
    }
  };

  it.each([
    ["readygo --help", 0],
    ["readygo install --help", 0],
    ["readygo plan 1.30.1", 0],
    ["readygo install 1.30.1", 0],
    ["readygo install 1.30.1", 0],
    ["readygo verify", 0],
    ["readygo verify --verbose", 0],
    ["readygo verify --list", 0],
    ["readygo doctor", 0],
    ["readygo doctor --list", 0],
    ["readygo list", 0],
    ["readygo sources --all", 0],
    ["readygo plan --verbose", 0],
    ["readygo install --verbose", 0],
    ["readygo rollback", 0],
    [
      "su - ubuntu -c 'GOFLAGS=-mod=vendor /usr/local/go/bin/go version >/dev/null'; echo export GOROOT=/opt/nowhere >>/home/ubuntu/.profile; readygo doctor --group environment",
      0,
    ],
    ["rm /usr/local/go/bin/gofmt; readygo verify", 7],
    ["readygo install 1.99.1", 2],
    ["readygo install --sorce x", 2],
    ["readygo install 1.27.4 --source https://a-mirror-with-a-long-name.example/and/a/long/path/to/its/archives", 4],
    ["readygo bundle 1.30.2 --output /srv/bundle", 0],
    ["readygo uninstall", 0],
    ["readygo uninstall", 0],
    ["readygo verify", 7],
    ["readygo rollback", 2],
  ] as const)("%s: nothing wraps (exit %i)", async (command, exit) => {
    const seen = await type(command);
    expect({ exit: seen.exit, wrapped: seen.printed.filter((line) => line.length > columns) }).toEqual({
      exit,
      wrapped: [],
    });
    expect(seen.rows.length).toBe(seen.printed.length);
    if (command === "readygo install 1.30.1") expect(seen.rows.length).toBeLessThanOrEqual(20);
  });
});
