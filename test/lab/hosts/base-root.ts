import { execFile } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cached, say } from "../suite/lab-cache.ts";

const run = promisify(execFile);
const maxBuffer = 64 << 20;

/**
 * `minbase`: Debian's smallest. `server`: with what a server's people and its other tools bring. `cloud`: what a cloud
 * image has, systemd and cloud-init above all; it can be booted (booted-host.ts). `contexts`: that with every program that
 * starts processes for people, and their shells; `trixie` and `forky`: the same of newer Debians, of which the last is close to
 * Ubuntu 26.04. `fleet`: a server that Ansible runs from or manages; `fleet-forky`: the same of the newer Debian, and
 * `fleet-lint`, `fleet-lint-forky`: those with what checks collections. `directory`: a server with an LDAP server, and what asks it for accounts. `emulator`:
 * what runs an emulated machine, and `kernel`: what such a machine's disk has (emulated-machine.ts).
 */
export type BaseRoot = "minbase" | NewerDebian | keyof typeof additions;

type NewerDebian = "trixie" | "forky";

/** Roots that are a copy of another one with more packages: a third of what debootstrap takes for all of them anew. */
const additions = {
  server: {
    to: "minbase",
    packages: ["ca-certificates", "cron", "curl", "fish", "iproute2", "openssh-server", "procps", "sudo", "zsh"],
  },
  cloud: {
    to: "minbase",
    packages: [
      "ca-certificates",
      "cloud-init",
      "curl",
      "dbus",
      "iproute2",
      "libpam-systemd",
      "procps",
      "rust-coreutils",
      "sudo",
      "systemd",
      "systemd-container",
      "systemd-sysv",
      "xz-utils",
      "zstd",
    ],
  },
  contexts: {
    to: "cloud",
    packages: ["cron", "dbus-user-session", "fish", "openssh-client", "openssh-server", "tcsh", "tmux", "zsh"],
  },
  fleet: { to: "server", packages: ["ansible-core", "openssh-client", "python3", "xz-utils"] },
  "fleet-forky": { to: "forky", packages: ["ansible-core"] },
  "fleet-lint": {
    to: "fleet",
    packages: ["ansible-lint", "pycodestyle", "pylint", "python3-voluptuous", "shellcheck", "yamllint"],
  },
  "fleet-lint-forky": {
    to: "fleet-forky",
    packages: ["ansible-lint", "pycodestyle", "pylint", "python3-voluptuous", "shellcheck", "yamllint"],
  },
  directory: { to: "server", packages: ["ldap-utils", "libnss-extrausers", "libnss-ldapd", "nslcd", "slapd"] },
  emulator: { to: "minbase", packages: ["genisoimage", "iproute2", "qemu-system-x86", "qemu-utils"] },
  kernel: {
    to: "cloud",
    packages: ["initramfs-tools", "linux-image-cloud-amd64", "netplan.io", "qemu-guest-agent", "udev"],
  },
} as const satisfies Record<string, { to: string; packages: readonly string[] }>;

const isClockAhead = "-o Acquire::Check-Valid-Until=false";

/** Numbers of the recipes, part of the cache's keys: raise a root's, and those of its copies, with every change of what is built. */
const recipes: Readonly<Record<BaseRoot, number>> = {
  minbase: 1,
  server: 2,
  cloud: 1,
  contexts: 1,
  trixie: 1,
  forky: 1,
  fleet: 1,
  "fleet-forky": 1,
  "fleet-lint": 1,
  "fleet-lint-forky": 1,
  directory: 1,
  emulator: 1,
  kernel: 1,
};

/** A Debian root, built once by debootstrap from the archive that this machine's own apt uses. Never write to it. */
export async function baseRoot(kind: BaseRoot): Promise<string> {
  const { codename, uri } = aptSource();
  if (kind === "trixie" || kind === "forky") return await newerRoot(kind, uri);
  if (kind !== "minbase") return await extendRoot(kind, codename);
  const directory = await cached(`roots/${kind}-${codename}-${recipes[kind]}`, async (into) => {
    await needDebootstrap();
    const root = join(into, "root");
    const { PATH = "", ...apt } = process.env;
    await run("debootstrap", ["--variant=minbase", codename, root, uri], {
      env: { ...apt, PATH: `${PATH}:/usr/sbin:/sbin`, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
      maxBuffer,
    });
    rmSync(join(root, "var/cache/apt/archives"), { recursive: true, force: true });
    for (const name of readdirSync(join(root, "var/lib/apt/lists"))) {
      rmSync(join(root, "var/lib/apt/lists", name), { recursive: true, force: true });
    }
    for (const name of ["bashrc", "profile"]) {
      copyFileSync(join(root, `usr/share/base-files/dot.${name}`), join(root, `root/.${name}`));
    }
    writeFileSync(join(root, "etc/hostname"), "lab\n");
    writeFileSync(join(root, "etc/resolv.conf"), "");
  });
  return join(directory, "root");
}

/**
 * debootstrap configures packages in an order of its own, by which cloud-init's Python packages fail: apt-get adds them to
 * a copy of the smaller root. No service is started while that lasts (policy-rc.d).
 */
async function extendRoot(kind: keyof typeof additions, codename: string): Promise<string> {
  const { to, packages } = additions[kind];
  const smaller = await baseRoot(to);
  const directory = await cached(`roots/${kind}-${codename}-${recipes[kind]}`, async (into) => {
    const root = join(into, "root");
    await run("cp", ["--archive", smaller, root]);
    await addPackages(root, packages, kind.endsWith("-forky") ? isClockAhead : "");
  });
  return join(directory, "root");
}

/**
 * debootstrap of an older Debian has no script of that name, and no key of its archive; a machine whose clock is ahead finds
 * the archive's list too old. On forky sudo is sudo-rs, and the coreutils that readygo and rc files use are uutils'.
 */
async function newerRoot(codename: NewerDebian, uri: string): Promise<string> {
  const directory = await cached(`roots/${codename}-${recipes[codename]}`, async (into) => {
    await needDebootstrap();
    const root = join(into, "root");
    const script = "/usr/share/debootstrap/scripts/sid";
    await run("debootstrap", ["--no-check-gpg", "--variant=minbase", codename, root, uri, script], {
      env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin`, LC_ALL: "C" },
      maxBuffer,
    });
    const own = codename === "forky" ? ["sudo-rs"] : [];
    const packages = [...additions.cloud.packages, ...additions.contexts.packages, "bsdutils", ...own];
    await addPackages(root, packages, isClockAhead);
    for (const name of ["bashrc", "profile"]) {
      copyFileSync(join(root, `usr/share/base-files/dot.${name}`), join(root, `root/.${name}`));
    }
    writeFileSync(join(root, "etc/hostname"), "lab\n");
    if (codename === "forky") linkRustTools(root);
  });
  return join(directory, "root");
}

function linkRustTools(root: string): void {
  const rust = "../lib/cargo/bin";
  const links = { sudo: "sudo-rs", ...Object.fromEntries(uutils.map((name) => [name, `${rust}/coreutils/${name}`])) };
  for (const [name, target] of Object.entries(links)) {
    rmSync(join(root, "usr/bin", name), { force: true });
    symlinkSync(target, join(root, "usr/bin", name));
  }
}

const uutils = ["cat", "env", "head", "id", "mv", "printf", "readlink", "tr"];

/** By the root's own apt-get; no service is started meanwhile, and nothing is fsynced: a part has no name in the cache. */
async function addPackages(root: string, packages: readonly string[], updateOptions = ""): Promise<void> {
  writeFileSync(join(root, "usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  copyFileSync("/etc/resolv.conf", join(root, "etc/resolv.conf"));
  const install = `mount --make-rprivate / && mount -t proc proc "$1/proc" && exec chroot "$1" sh -euc '
    apt-get update --quiet ${updateOptions}
    apt-get install --yes --quiet --no-install-recommends --option=Dpkg::Options::=--force-unsafe-io \\
      ${packages.join(" ")}
    apt-get clean'`;
  await run("unshare", ["--mount", "--pid", "--fork", "--kill-child", "bash", "-euc", install, "bash", root], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
    maxBuffer,
  });
  rmSync(join(root, "usr/sbin/policy-rc.d"));
  for (const name of readdirSync(join(root, "var/lib/apt/lists"))) {
    rmSync(join(root, "var/lib/apt/lists", name), { recursive: true, force: true });
  }
  writeFileSync(join(root, "etc/resolv.conf"), "");
}

async function needDebootstrap(): Promise<void> {
  if (existsSync("/usr/sbin/debootstrap")) return;
  say("installing debootstrap by apt-get");
  await run("apt-get", ["update", "--quiet"], { maxBuffer });
  await run("apt-get", ["install", "--yes", "--quiet", "--no-install-recommends", "debootstrap"], { maxBuffer });
}

/** The release that this machine runs, and the first archive of its own apt sources that carries it. */
export function aptSource(): { readonly codename: string; readonly uri: string } {
  const codename = /^VERSION_CODENAME=(.+)$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  if (codename === undefined) throw new Error("/etc/os-release names no release: the lab builds its roots on Debian");
  const directory = "/etc/apt/sources.list.d";
  const more = existsSync(directory) ? readdirSync(directory).map((name) => join(directory, name)) : [];
  const files = ["/etc/apt/sources.list", ...more].filter(
    (path) => /\.(?:list|sources)$/.test(path) && existsSync(path),
  );
  for (const file of files) {
    const text = readFileSync(file, "utf8");
    const uri = file.endsWith(".list") ? fromList(text, codename) : fromSources(text, codename);
    if (uri !== undefined) return { codename, uri };
  }
  throw new Error(`no apt source of this machine carries ${codename}`);
}

function fromList(text: string, codename: string): string | undefined {
  for (const line of text.split("\n")) {
    const entry = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s/.exec(line);
    if (entry?.[2] === codename) return entry[1];
  }
  return undefined;
}

function fromSources(text: string, codename: string): string | undefined {
  for (const stanza of text.split(/\n\s*\n/)) {
    const suites = /^Suites:\s*(.+)$/m.exec(stanza)?.[1]?.split(/\s+/) ?? [];
    if (suites.includes(codename)) return /^URIs:\s*(\S+)/m.exec(stanza)?.[1];
  }
  return undefined;
}
