import { mkdirSync, writeFileSync } from "node:fs";
import process from "node:process";
import type { LabHost } from "../test/lab/hosts/throw-away-host.ts";
import { readDefaultGoproxy, readDefaultProxyName } from "../test/lab/releases/machine-go.ts";
import { mirrorNames } from "../test/lab/servers/mirror-protocol.ts";
import { officialRelease, officialVersions } from "../test/lab/releases/releases.ts";
import { createUbuntuLike } from "../test/lab/hosts/ubuntu-like.ts";
import { drawSvg } from "./terminal/draw-svg.ts";
import { readScreen } from "./terminal/read-screen.ts";

// `npm run record [-- SCENE…]` makes docs/pictures/*.svg, each from a real run: the built bundle, real releases' trees (packed by the
// lab), a throw-away host dressed as Ubuntu, and a terminal of 80 columns, each step typed at a prompt. Run as root.
const columns = 80;
const { older, newer } = officialVersions;
const prompt = "\u001B[32mubuntu@host\u001B[39m:\u001B[34m~\u001B[39m$ ";

interface Scene {
  /** Before the picture begins. */
  readonly before: readonly string[];
  readonly steps: readonly string[];
  /** What the steps end with. */
  readonly exits: readonly number[];
}

const patient = "printf '[verify]\\ntimeout = 300\\n' | sudo tee /etc/readygo.ini";
const scenes: Readonly<Record<string, Scene>> = {
  install: {
    before: [patient],
    steps: ["sudo readygo install", "go version", "sudo readygo install"],
    exits: [0, 0, 0],
  },
  upgrade: {
    before: [patient, `sudo readygo install ${older}`],
    steps: ["sudo readygo install", "sudo readygo rollback --no-verify"],
    exits: [0, 0],
  },
  "failed-gate": {
    before: [
      patient,
      `sudo readygo install ${older}`,
      "printf '[verify]\\ntimeout = 1\\n' | sudo tee /etc/readygo.ini",
    ],
    steps: ["sudo readygo install", "go version"],
    exits: [7, 0],
  },
  doctor: {
    before: [patient, "sudo readygo install", "sudo apt-get --version", "go env -w GOFLAGS=-mod=vendor"],
    steps: ["sudo readygo doctor --group environment", "sudo readygo doctor goflags --fix"],
    exits: [0, 0],
  },
};

const asked = process.argv.slice(2);
mkdirSync("docs/pictures", { recursive: true });
for (const [name, scene] of Object.entries(scenes)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const screen = readScreen(withoutLab(withoutTimes(await play(scene))), columns);
  writeFileSync(`docs/pictures/${name}.svg`, drawSvg(screen, `${scene.steps.join("; ")}: what readygo prints`));
  for (const line of screen) console.log(line.map(({ text }) => text).join(""));
}

async function play({ before, steps, exits }: Scene): Promise<string> {
  const host = await createUbuntuLike("24.04", "server");
  try {
    await host.startMirror({
      releases: [await officialRelease(older), await officialRelease(newer)],
      names: [...Object.values(mirrorNames), readDefaultProxyName()],
    });
    host.write(
      "/usr/local/bin/readygo",
      '#!/bin/sh\nexec /opt/readygo/node /opt/readygo/dist/readygo.mjs "$@"\n',
      0o755,
    );
    for (const step of before) await type(host, step, 0);
    let output = "";
    for (const [at, step] of steps.entries()) output += `${prompt}${step}\r\n${await type(host, step, exits[at] ?? 0)}`;
    return output.trimEnd();
  } finally {
    await host.destroy();
  }
}

/** In a new login each: as somebody would, who was told that this shell does not find it yet. */
async function type(host: LabHost, step: string, exit: number): Promise<string> {
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
  if (run.status !== exit) throw new Error(`${step}: exit ${run.status}\n${run.stdout.slice(-2000)}`);
  return run.stdout;
}

/** The lab's proxy has a name that nobody else would see. */
function withoutLab(output: string): string {
  return output
    .replaceAll(readDefaultGoproxy(), "as in the release's go.env")
    .replaceAll(readDefaultGoproxy().replace(",", ", "), "the release's own proxies");
}

/** How long things took is the recording machine's, and differs each time. */
function withoutTimes(output: string): string {
  return output
    .replaceAll(/ after \d+(?:\.\d+)? s\b/g, "")
    .replaceAll(/, \d+(?:\.\d+)? [kM]?B\/s/g, "")
    .replaceAll(/( in| {3})(?: )?\d+(?:\.\d+)? m?s\r/g, (_, before: string) => (before === " in" ? "\r" : "\r"));
}
