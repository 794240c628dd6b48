import { execFile } from "node:child_process";
import { globSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { aptSource, baseRoot } from "../hosts/base-root.ts";
import type { CommandResult, RunningCommand } from "../hosts/command.ts";
import { connectGuestAgent, type GuestAgent } from "./guest-agent.ts";
import { cached } from "../suite/lab-cache.ts";
import { createHost, type LabHost } from "../hosts/throw-away-host.ts";

const run = promisify(execFile);

/**
 * A computer in software (qemu without KVM, ten times slower than this machine): its own kernel, disk and clock, Debian
 * with systemd and cloud-init. Its network is the loopback interface of `around`, at 10.0.2.2, and nothing else.
 */
export interface EmulatedMachine {
  /** The throw-away host that the emulator runs in; servers of a test are started there. */
  readonly around: LabHost;
  /** Puts a NoCloud seed into the drive, by file name. The machine is off; another instance id is a new machine. */
  seed(files: Readonly<Record<string, string>>): Promise<void>;
  /** Starts it and waits until cloud-init has ended; gives what `cloud-init status --long` says. */
  boot(): Promise<string>;
  /** From inside; and the next boot. */
  reboot(): Promise<string>;
  powerOff(): Promise<void>;
  /** Runs a command in it, as root. */
  run(argv: readonly string[], options?: { readonly timeoutMs?: number }): Promise<CommandResult>;
  /** `run` that throws, with what was printed, unless the exit status is 0. */
  must(argv: readonly string[], options?: { readonly timeoutMs?: number }): Promise<CommandResult>;
  /** What its serial console has said, all boots. */
  console(): string;
  destroy(): Promise<void>;
}

/** Where the machine finds what listens on the loopback interface around it. */
export const machineGateway = "10.0.2.2";

const bootTimeoutMs = 600_000;
const offTimeoutMs = 180_000;

/** It is off, and wants a seed. */
export async function createEmulatedMachine(): Promise<EmulatedMachine> {
  const disk = await baseDisk();
  const around = await createHost({ lower: "emulator", bind: [{ from: disk, to: "/lab/base" }] });
  await around.must(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", "/lab/base/disk", "/lab/disk"]);
  let power: RunningCommand | undefined;
  let agent: GuestAgent | undefined;
  let output = "";

  const machine: EmulatedMachine = {
    around,
    async seed(files) {
      for (const [name, content] of Object.entries(files)) around.write(`/lab/seed/${name}`, content);
      await around.must(["genisoimage", "-quiet", "-o", "/lab/seed.iso", "-V", "cidata", "-J", "-r", "/lab/seed"]);
    },
    async boot() {
      if (power !== undefined) throw new Error("the machine is on");
      power = around.spawn(["qemu-system-x86_64", ...emulation], { timeoutMs: 3_600_000 });
      for (const stream of [power.stdout, power.stderr]) {
        stream.on("data", (bytes: Buffer) => (output += bytes.toString("utf8")));
      }
      try {
        const hasEnded = power.exited.then(() => true);
        while (!around.exists("/run/agent")) {
          if (await Promise.race([hasEnded, sleep(20, false)])) throw new Error("qemu has ended");
        }
        agent = await connectGuestAgent(around.path("/run/agent"), bootTimeoutMs);
      } catch (cause) {
        throw new Error(`the machine did not boot:\n${output}`, { cause });
      }
      const wait = await machine.run(["cloud-init", "status", "--wait", "--long"], { timeoutMs: bootTimeoutMs });
      if (wait.isTimedOut) throw new Error(`cloud-init has not ended:\n${output}`);
      return wait.stdout;
    },
    async reboot() {
      await end("reboot");
      return await machine.boot();
    },
    powerOff: async () => await end("poweroff"),
    async run(argv, options) {
      if (agent === undefined) throw new Error("the machine is off");
      return await agent.run(argv, options);
    },
    async must(argv, options) {
      const result = await machine.run(argv, options);
      if (result.status === 0) return result;
      throw new Error(`${argv.join(" ")}: exit ${result.status}\n${result.stdout}${result.stderr}`);
    },
    console: () => output,
    async destroy() {
      await power?.kill("SIGKILL");
      await power?.exited;
      agent?.close();
      await around.destroy();
    },
  };

  /** Both end the emulator, by -no-reboot. */
  async function end(how: "poweroff" | "reboot"): Promise<void> {
    const running = power;
    await agent?.start(["systemctl", how]);
    agent?.close();
    agent = undefined;
    const hasEnded = running?.exited.then(() => true) ?? true;
    if (!(await Promise.race([hasEnded, sleep(offTimeoutMs, false, { ref: false })]))) {
      throw new Error(`the machine did not end:\n${output}`);
    }
    power = undefined;
    await around.must(["rm", "-f", "/run/agent"]);
  }

  return machine;
}

const emulation = [
  ["-accel", "tcg,thread=multi"],
  ["-cpu", "max"],
  ["-smp", "2"],
  ["-m", "1024"],
  ["-no-reboot"],
  ["-display", "none"],
  ["-monitor", "none"],
  ["-serial", "stdio"],
  ["-kernel", "/lab/base/kernel"],
  ["-initrd", "/lab/base/initrd"],
  ["-append", "root=/dev/vda rw console=ttyS0 panic=-1"],
  ["-drive", "file=/lab/disk,if=virtio,cache=unsafe"],
  ["-drive", "file=/lab/seed.iso,if=virtio,format=raw,readonly=on"],
  ["-device", "virtio-rng-pci"],
  ["-netdev", "user,id=net"],
  ["-device", "virtio-net-pci,netdev=net"],
  ["-device", "virtio-serial-pci"],
  ["-chardev", "socket,id=agent,path=/run/agent,server=on,wait=off"],
  ["-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0"],
].flat();

/** The recipe's number is part of the cache's key, as in base-root.ts. */
const recipe = 1;

/** A directory with the disk of a machine that has never been started, its kernel and its initrd. Never write to it. */
async function baseDisk(): Promise<string> {
  const root = await baseRoot("kernel");
  return await cached(`disks/${aptSource().codename}-${recipe}`, async (into) => {
    const copy = join(into, "root");
    await run("cp", ["--archive", root, copy]);
    const write = (name: string, text: string): void => {
      mkdirSync(dirname(join(copy, name)), { recursive: true });
      writeFileSync(join(copy, name), text);
    };
    write("etc/fstab", "/dev/vda / ext4 defaults 0 1\n");
    write("etc/machine-id", "");
    // As on Ubuntu: cloud-init tells netplan, and netplan systemd-networkd. Keys and locales would only cost time.
    const settings = ["datasource_list: [NoCloud]", "locale: false", "ssh_genkeytypes: [ed25519]", ""];
    write("etc/cloud/cloud.cfg.d/99-lab.cfg", settings.join("\n"));
    const wanted = { "multi-user": "systemd-networkd", "network-online": "systemd-networkd-wait-online" };
    for (const [target, unit] of Object.entries(wanted)) {
      const place = join(copy, `etc/systemd/system/${target}.target.wants/${unit}.service`);
      mkdirSync(dirname(place), { recursive: true });
      symlinkSync(`/lib/systemd/system/${unit}.service`, place);
    }
    for (const [pattern, name] of [
      ["vmlinuz-*", "kernel"],
      ["initrd.img-*", "initrd"],
    ] as const) {
      const [found] = globSync(join(copy, "boot", pattern));
      if (found === undefined) throw new Error(`${basename(root)} has no ${pattern}`);
      await run("cp", [found, join(into, name)]);
    }
    await run("mkfs.ext4", ["-q", "-F", "-d", copy, join(into, "disk"), "3G"], {
      env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` },
    });
    await run("rm", ["-rf", copy]);
  });
}
