import { randomUUID } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { baseRoot } from "../hosts/base-root.ts";
import type { CommandOptions, CommandResult, RunningCommand } from "../hosts/command.ts";
import { followInside, locateInside } from "../hosts/inside-root.ts";
import { startMirror, type Mirror, type MirrorOptions } from "../servers/mirror.ts";
import { createHost, type LabHost } from "../hosts/throw-away-host.ts";

/**
 * A machine that boots: systemd as process 1, cloud-init, logins. It is a container (systemd-nspawn) on this machine's
 * kernel, with a disk of its own that stays from boot to boot, and a network that is nothing but loopback.
 */
export interface BootedHost {
  /** The throw-away host that it runs in, and whose network it has; servers of a test are started there. */
  readonly around: LabHost;
  /** Starts it, and waits until all that is started at boot has ended or is running. */
  boot(): Promise<void>;
  /** `systemctl reboot` from inside, and the next boot. */
  reboot(): Promise<void>;
  powerOff(): Promise<void>;
  /** Runs a command in it, as root, with none of this machine's environment. */
  run(argv: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** `run` that throws, with what was printed, unless the exit status is 0. */
  must(argv: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  exists(path: string): boolean;
  read(path: string): string;
  write(path: string, content: string | Buffer, mode?: number): void;
  startMirror(options: MirrorOptions): Promise<Mirror>;
  /** What its console has said, all boots. */
  console(): string;
  destroy(): Promise<void>;
}

const bootTimeoutMs = 300_000;
const machineRoot = "/lab/machine";
let made = 0;

/** It is off, so that files can be put on its disk before its first boot. `kind` is a root with systemd. */
export async function createBootedHost(kind: "cloud" | "contexts" | "trixie" | "forky" = "cloud"): Promise<BootedHost> {
  const root = await baseRoot(kind);
  const around = await createHost({
    lower: "cloud",
    bind: [
      { from: root, to: "/lab/lower" },
      { from: join(import.meta.dirname, "boot-host.sh"), to: "/lab/boot" },
    ],
  });
  made += 1;
  const name = `readygo-lab-${process.pid}-${made}`;
  await around.script(`
    mkdir -p /lab/disk ${machineRoot}
    mount -t tmpfs -o size=2g,mode=0755 disk /lab/disk
    mkdir /lab/disk/up /lab/disk/work
    mount -t overlay overlay -o lowerdir=/lab/lower,upperdir=/lab/disk/up,workdir=/lab/disk/work,redirect_dir=on,metacopy=on,volatile ${machineRoot}
  `);
  const seenFromHere = `/proc/${around.initPid}/root${machineRoot}`;
  let power: RunningCommand | undefined;
  let mirror: Mirror | undefined;
  let output = "";

  const path = (inside: string): string => locateInside(seenFromHere, inside);
  const machine: BootedHost = {
    around,
    async boot() {
      if (power !== undefined) throw new Error("the machine is on");
      // systemd 256 and later want version 2 alone.
      const isNewer = kind === "trixie" || kind === "forky";
      power = around.spawn(["bash", "/lab/boot", name, ...(isNewer ? ["unified"] : [])], {
        timeoutMs: 600_000,
      });
      for (const stream of [power.stdout, power.stderr]) {
        stream.on("data", (bytes: Buffer) => (output += bytes.toString("utf8")));
      }
      await waitUntilBooted(machine, power);
    },
    async reboot() {
      await machine.run(["systemctl", "reboot"]);
      await ended();
      await machine.boot();
    },
    async powerOff() {
      await machine.run(["systemctl", "poweroff"]);
      await ended();
    },
    async run(argv, options) {
      // Process 1 of the machine is the only child of systemd-nspawn.
      const enter = 'exec nsenter --target "$(pgrep --parent "$(cat /run/machine.pid)")" --all --root --wd -- "$@"';
      return await around.run(["bash", "-euc", enter, "bash", ...argv], options);
    },
    async must(argv, options) {
      const result = await machine.run(argv, options);
      if (result.status !== 0) {
        throw new Error(`${argv.join(" ")}: exit ${result.status}\n${result.stdout}${result.stderr}`);
      }
      return result;
    },
    exists: (inside) => lstatSync(path(inside), { throwIfNoEntry: false }) !== undefined,
    read: (inside) => readFileSync(followInside(seenFromHere, inside), "utf8"),
    write(inside, content, mode = 0o644) {
      mkdirSync(dirname(path(inside)), { recursive: true });
      const real = path(inside);
      writeFileSync(`${real}.lab`, content);
      chmodSync(`${real}.lab`, mode);
      renameSync(`${real}.lab`, real);
    },
    async startMirror(options) {
      await mirror?.stop();
      mirror = await startMirror({ ...machine, initPid: around.initPid }, options);
      return mirror;
    },
    console: () => output,
    async destroy() {
      if (power !== undefined) {
        await around.run(["bash", "-c", 'kill -KILL "$(pgrep --parent "$(cat /run/machine.pid)")"']);
        await ended();
      }
      await mirror?.stop();
      await around.destroy();
    },
  };

  async function ended(): Promise<void> {
    const running = power;
    power = undefined;
    await running?.exited;
  }

  // Its own, or journald takes it for the machine around it.
  machine.write("/etc/machine-id", `${randomUUID().replaceAll("-", "")}\n`);
  machine.write("/etc/hosts", "127.0.0.1 localhost lab\n");
  // What cloud-init would do to a network that is the test's own, and keys and locales that would cost it seconds.
  machine.write(
    "/etc/cloud/cloud.cfg.d/99-lab.cfg",
    "datasource_list: [NoCloud]\nnetwork: { config: disabled }\nlocale: false\nssh_genkeytypes: [ed25519]\n",
  );
  return machine;
}

/** `running`, or `degraded` where a unit has failed: both are the end of a boot. */
async function waitUntilBooted(machine: BootedHost, power: RunningCommand): Promise<void> {
  const end = performance.now() + bootTimeoutMs;
  let hasEnded = false;
  void power.exited.then(() => (hasEnded = true));
  let state = "";
  while (performance.now() < end) {
    if (hasEnded) throw new Error(`the machine ended while it booted:\n${machine.console()}`);
    state = (
      await machine.run(["systemctl", "is-system-running", "--wait"], { timeoutMs: bootTimeoutMs })
    ).stdout.trim();
    if (state === "running" || state === "degraded") return;
    await sleep(50);
  }
  throw new Error(`the machine did not boot within ${bootTimeoutMs / 1000} s (${state}):\n${machine.console()}`);
}

/** Puts a NoCloud seed on the disk of a machine that is off; another instance id makes it a new machine for cloud-init. */
export function seedCloudInit(machine: BootedHost, instance: string, userData: string): void {
  const seed = "/var/lib/cloud/seed/nocloud";
  machine.write(posix.join(seed, "meta-data"), `instance-id: ${instance}\nlocal-hostname: lab\n`);
  machine.write(posix.join(seed, "user-data"), userData, 0o600);
}
