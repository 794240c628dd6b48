import { join } from "node:path";
import { baseRoot, type BaseRoot } from "./base-root.ts";
import { createHost, type LabHost } from "./throw-away-host.ts";

/** What tells the releases apart, as far as it can reach a Go installer. */
const releases = {
  "20.04": { full: "20.04.6 LTS", codename: "focal", name: "Focal Fossa", hasUserUbuntu: false, hasUutils: false },
  "22.04": { full: "22.04.5 LTS", codename: "jammy", name: "Jammy Jellyfish", hasUserUbuntu: false, hasUutils: false },
  "24.04": { full: "24.04.3 LTS", codename: "noble", name: "Noble Numbat", hasUserUbuntu: true, hasUutils: false },
  "26.04": { full: "26.04 LTS", codename: "resolute", name: "Resolute Raccoon", hasUserUbuntu: true, hasUutils: true },
} as const;

export type UbuntuVersion = keyof typeof releases;

/** An image for clouds, what the server installer makes, and what container registries have. */
export type UbuntuKind = "cloud" | "server" | "container";

const roots: Readonly<Record<UbuntuKind, BaseRoot>> = { cloud: "cloud", server: "server", container: "minbase" };

const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const environment = `PATH="${systemPath}:/usr/games:/usr/local/games:/snap/bin"\n`;

/** Root's, left at once by a shell that isn't interactive: what stands below the guard is not for scripts. */
const rootBashrc = `# ~/.bashrc: executed by bash(1) for non-login shells.
# see /usr/share/doc/bash/examples/startup-files (in the package bash-doc)
# for examples

# If not running interactively, don't do anything
[ -z "$PS1" ] && return

HISTCONTROL=ignoredups:ignorespace
shopt -s histappend
HISTSIZE=1000
HISTFILESIZE=2000
shopt -s checkwinsize

if [ -f ~/.bash_aliases ]; then
    . ~/.bash_aliases
fi
`;

/** A root's .profile that reads .bashrc, and silences \`mesg\` where there is no terminal. */
const rootProfile = `# ~/.profile: executed by Bourne-compatible login shells.

if [ "$BASH" ]; then
  if [ -f ~/.bashrc ]; then
    . ~/.bashrc
  fi
fi

mesg n 2> /dev/null || true
`;

/** snapd's: /snap/bin for login shells, after everything else. */
const snapProfile = `# shellcheck shell=sh

# Expand $PATH to include the directory where snappy applications go.
snap_bin_path="/snap/bin"
if [ -n "\${PATH##*\${snap_bin_path}}" ] && [ -n "\${PATH##*\${snap_bin_path}:*}" ]; then
    export PATH="$PATH:\${snap_bin_path}"
fi

# Ensure base distro defaults xdg path are set if nothing filed up some
# defaults yet.
if [ -z "$XDG_DATA_DIRS" ]; then
    export XDG_DATA_DIRS="/usr/local/share:/usr/share"
fi
`;

/**
 * A Debian host in the dress of an Ubuntu release: name-plate, start-up files, sudo, accounts and tools, as far as they
 * decide what a Go installer does. docs/verification.md says what of it is imitated and what cannot be.
 */
export async function createUbuntuLike(version: UbuntuVersion, kind: UbuntuKind): Promise<LabHost> {
  const uutils = releases[version].hasUutils ? join(await baseRoot("cloud"), "usr/bin/coreutils") : undefined;
  const host = await createHost({
    lower: roots[kind],
    hostname: `ubuntu-like-${kind}`,
    ...(uutils === undefined ? {} : { bind: [{ from: uutils, to: "/opt/uutils/coreutils" }] }),
  });
  try {
    await makeUbuntuLike(host, version, kind);
    if (uutils !== undefined) await putUutilsInPlace(host);
  } catch (error) {
    await host.destroy();
    throw error;
  }
  return host;
}

/**
 * Gives a Debian host the name-plate and the start-up files. It stays Debian below (glibc, dpkg, kernel): nothing that
 * passes here was tested on Ubuntu.
 */
export async function makeUbuntuLike(
  host: LabHost,
  version: UbuntuVersion,
  kind: UbuntuKind = "container",
): Promise<void> {
  const { full, codename, name, hasUserUbuntu } = releases[version];
  // On Debian /etc/os-release is a link to /usr/lib: `write` replaces it.
  host.write(
    "/etc/os-release",
    lines([
      `PRETTY_NAME="Ubuntu ${full}"`,
      'NAME="Ubuntu"',
      `VERSION_ID="${version}"`,
      `VERSION="${full} (${name})"`,
      `VERSION_CODENAME=${codename}`,
      "ID=ubuntu",
      "ID_LIKE=debian",
      `UBUNTU_CODENAME=${codename}`,
    ]),
  );
  host.write(
    "/etc/lsb-release",
    lines([
      "DISTRIB_ID=Ubuntu",
      `DISTRIB_RELEASE=${version}`,
      `DISTRIB_CODENAME=${codename}`,
      `DISTRIB_DESCRIPTION="Ubuntu ${full}"`,
    ]),
  );
  host.write("/etc/environment", environment);
  host.write("/root/.bashrc", rootBashrc);
  host.write("/root/.profile", rootProfile);
  if (kind !== "container") await makeServerLike(host, kind);
  else if (hasUserUbuntu)
    await host.must(["useradd", "--create-home", "--uid", "1000", "--shell", "/bin/bash", "ubuntu"]);
}

async function makeServerLike(host: LabHost, kind: UbuntuKind): Promise<void> {
  host.write("/etc/profile.d/apps-bin-path.sh", snapProfile);
  await host.must(["install", "-d", "/snap/bin"]);
  await host.must(["useradd", "--create-home", "--uid", "1000", "--groups", "sudo", "--shell", "/bin/bash", "ubuntu"]);
  const sudoers = [`Defaults secure_path="${systemPath}:/snap/bin"`, "Defaults use_pty"];
  host.write("/etc/sudoers.d/00-ubuntu", lines(sudoers), 0o440);
  // The server's user types a password; the tests have no keyboard.
  const rule = kind === "cloud" ? "ubuntu ALL=(ALL) NOPASSWD:ALL" : "%sudo ALL=(ALL:ALL) NOPASSWD: ALL";
  host.write("/etc/sudoers.d/90-users", `${rule}\n`, 0o440);
  await host.must(["visudo", "--check", "--quiet"]);
}

/** As 26.04's coreutils-from-uutils does it: each tool of GNU's is a link to the one program, under its name. */
async function putUutilsInPlace(host: LabHost): Promise<void> {
  await host.script(`
    uutils=/opt/uutils/coreutils
    known=$($uutils --help | tr ',' '\\n' | tr -d ' ')
    for tool in $(dpkg --listfiles coreutils | grep -E '^/(usr/)?s?bin/'); do
      if grep -qxF "\${tool##*/}" <<<"$known"; then $uutils ln -sfn $uutils "$tool"; fi
    done`);
}

function lines(text: readonly string[]): string {
  return `${text.join("\n")}\n`;
}
