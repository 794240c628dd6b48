import { writeFileSync } from "node:fs";
import { readDefaultGoproxy, readDefaultProxyName } from "../test/lab/releases/machine-go.ts";
import { mirrorNames } from "../test/lab/servers/mirror-protocol.ts";
import { officialRelease, officialVersions } from "../test/lab/releases/releases.ts";
import { createUbuntuLike } from "../test/lab/hosts/ubuntu-like.ts";
import { drawSvg } from "./terminal/draw-svg.ts";
import { readScreen } from "./terminal/read-screen.ts";

// `npm run record` makes docs/install.svg, the README's picture, from a real run: the built bundle, a real release's tree (packed by
// the lab), a throw-away host dressed as Ubuntu, and a terminal of 100 columns, each step typed at a prompt. Run as root.
const columns = 100;
const steps = ["sudo readygo install", "go version", "sudo readygo install"];
const prompt = "\u001B[32mubuntu@host\u001B[39m:\u001B[34m~\u001B[39m$ ";

const host = await createUbuntuLike("24.04", "server");
try {
  await host.startMirror({
    releases: [await officialRelease(officialVersions.newer)],
    names: [...Object.values(mirrorNames), readDefaultProxyName()],
  });
  // A busy machine is not what the picture is about.
  host.write("/etc/readygo.ini", "[verify]\ntimeout = 300\n");
  host.write("/usr/local/bin/readygo", '#!/bin/sh\nexec /opt/readygo/node /opt/readygo/dist/readygo.mjs "$@"\n', 0o755);
  let output = "";
  for (const step of steps) {
    // A new login each: as somebody would, who was told that this shell does not find it yet.
    const inTerminal = [
      "script",
      "--quiet",
      "--return",
      "--command",
      `stty cols ${columns} rows 60; ${step}`,
      "/dev/null",
    ];
    const run = await host.run(["sudo", "--login", "--user", "ubuntu", "env", "TERM=xterm-256color", ...inTerminal], {
      timeoutMs: 600_000,
      // At the end of its input `script` would press ^D.
      keepStdin: true,
    });
    if (run.status !== 0) throw new Error(`${step}: exit ${run.status}\n${run.stdout.slice(-2000)}`);
    output += `${prompt}${step}\r\n${run.stdout}`;
  }
  const screen = readScreen(
    withoutLab(withoutTimes(output.trimEnd()))
      .replaceAll(readDefaultGoproxy(), "as in the release's go.env")
      .replaceAll(readDefaultGoproxy().replace(",", ", "), "the release's own proxies"),
    columns,
  );
  writeFileSync("docs/install.svg", drawSvg(screen, `${steps.join("; ")}: what readygo prints`));
  for (const line of screen) console.log(line.map(({ text }) => text).join(""));
} finally {
  await host.destroy();
}

/** The lab packs the archive and signs it with a key of its own: neither is what anybody else would see. */
function withoutLab(output: string): string {
  return output
    .replaceAll(/\bsha256[: ][0-9a-f]{64}\b/g, (named) => `${named.slice(0, 7)}…`)
    .replaceAll(/signed \S+Z by subkey [0-9A-F]{16} of [0-9A-F]{40}/g, "signed … by subkey … of …");
}

/** How long things took is the recording machine's, and differs each time. */
function withoutTimes(output: string): string {
  return output.replaceAll(/ after \d+(?:\.\d+)? s\b/g, "").replaceAll(/, \d+(?:\.\d+)? [kM]?B\/s/g, "");
}
