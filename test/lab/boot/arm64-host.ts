import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { aptSource } from "../hosts/base-root.ts";
import { cached, checkout, say } from "../suite/lab-cache.ts";

const run = promisify(execFile);
const inNamespace = ["perl", join(import.meta.dirname, "in-user-namespace.pl"), "bash"];
const arm64Root = join(import.meta.dirname, "arm64-root.sh");

/** A Debian arm64 root with curl, its set-up run under emulation once: minutes. Never write to it. */
async function baseArm64Root(): Promise<string> {
  const directory = await cached("roots/arm64-1", async (into) => {
    const root = join(into, "root");
    if (!existsSync("/usr/bin/qemu-aarch64-static")) {
      say("installing qemu-user-static by apt-get");
      await run("apt-get", ["install", "--yes", "--quiet", "--no-install-recommends", "qemu-user-static"]);
    }
    const { codename, uri } = aptSource();
    const options = ["--foreign", "--arch=arm64", "--variant=minbase", "--include=ca-certificates,curl"];
    const quiet = { maxBuffer: 64 << 20, env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` } };
    await run("debootstrap", [...options, codename, root, uri], quiet);
    const [command = "", ...words] = inNamespace;
    await run(command, [...words, arm64Root, "set-up", root], quiet);
  });
  return join(directory, "root");
}

interface Arm64Run {
  readonly status: number | null;
  readonly output: string;
  /** Paths that the release server was asked for. */
  readonly requests: readonly string[];
}

/**
 * Runs a shell script in a throw-away arm64 host under emulation, with `served` on http://127.0.0.1:8099 and read-only
 * paths of this machine. For at most `timeoutMs`.
 */
export async function runOnArm64(
  script: string,
  options: { readonly served: string; readonly binds: Readonly<Record<string, string>>; readonly timeoutMs: number },
): Promise<Arm64Run> {
  const root = await baseArm64Root();
  const scratch = mkdtempSync(join(tmpdir(), "readygo-arm64-"));
  const binds = Object.entries(options.binds).map(([from, to]) => `${from}:${to}`);
  const [command = "", ...words] = inNamespace;
  try {
    const requests = join(scratch, "requests");
    const child = spawn(
      "setpriv",
      [
        "--pdeathsig",
        "KILL",
        command,
        ...words,
        arm64Root,
        "run",
        root,
        join(scratch, "host"),
        binds.join("\n"),
        "/bin/sh",
        "-c",
        script,
      ],
      {
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          PATH: process.env["PATH"],
          LAB_NODE: join(checkout, "node_modules/.bin/node"),
          LAB_SERVER: join(import.meta.dirname, "../servers/release-server-main.ts"),
          LAB_SERVED: JSON.stringify({ directories: { "": options.served }, port: 8099 }),
          LAB_REQUESTS: requests,
        },
      },
    );
    const bound = setTimeout(() => child.kill("SIGKILL"), options.timeoutMs);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (bytes: Buffer) => (output += bytes.toString()));
    const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
    clearTimeout(bound);
    return {
      status,
      output,
      requests: existsSync(requests) ? readFileSync(requests, "utf8").trim().split("\n").slice(1) : [],
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
