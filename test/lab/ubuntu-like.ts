import type { LabHost } from "./throw-away-host.ts";

const codenames = {
  "20.04": { codename: "focal", name: "Focal Fossa" },
  "22.04": { codename: "jammy", name: "Jammy Jellyfish" },
  "24.04": { codename: "noble", name: "Noble Numbat" },
} as const;

const ubuntuPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/usr/local/games:/snap/bin";

/** A .bashrc that is left at once by a shell that isn't interactive: what stands below its guard is not for scripts. */
const bashrc = `# ~/.bashrc: executed by bash(1) for non-login shells.

# If not running interactively, don't do anything
case $- in
    *i*) ;;
      *) return;;
esac

HISTCONTROL=ignoreboth
shopt -s histappend
`;

/** A root's .profile that reads .bashrc, and silences \`mesg\` where there is no terminal. */
const profile = `# ~/.profile: executed by Bourne-compatible login shells.

if [ "$BASH" ]; then
  if [ -f ~/.bashrc ]; then
    . ~/.bashrc
  fi
fi

mesg n 2> /dev/null || true
`;

/**
 * Gives a Debian host the name-plate and the start-up files that decide what a Go installer does on Ubuntu. It stays
 * Debian below (glibc, dpkg, kernel): nothing that passes here was tested on Ubuntu.
 */
export async function makeUbuntuLike(host: LabHost, version: keyof typeof codenames): Promise<void> {
  const { codename, name } = codenames[version];
  const osRelease = [
    `PRETTY_NAME="Ubuntu ${version} LTS"`,
    'NAME="Ubuntu"',
    `VERSION_ID="${version}"`,
    `VERSION="${version} LTS (${name})"`,
    `VERSION_CODENAME=${codename}`,
    "ID=ubuntu",
    "ID_LIKE=debian",
    `UBUNTU_CODENAME=${codename}`,
  ];
  // On Debian /etc/os-release is a link to /usr/lib: `write` replaces it.
  host.write("/etc/os-release", lines(osRelease));
  host.write(
    "/etc/lsb-release",
    lines([
      "DISTRIB_ID=Ubuntu",
      `DISTRIB_RELEASE=${version}`,
      `DISTRIB_CODENAME=${codename}`,
      `DISTRIB_DESCRIPTION="Ubuntu ${version} LTS"`,
    ]),
  );
  host.write("/etc/environment", `PATH="${ubuntuPath}"\n`);
  host.write("/root/.bashrc", bashrc);
  host.write("/root/.profile", profile);
  if (host.exists("/etc/sudoers.d")) {
    const securePath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin";
    host.write("/etc/sudoers.d/00-ubuntu-path", `Defaults secure_path="${securePath}"\n`, 0o440);
    await host.must(["visudo", "--check", "--quiet"]);
  }
}

function lines(text: readonly string[]): string {
  return `${text.join("\n")}\n`;
}
