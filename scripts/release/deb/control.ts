import type { ReleaseArchitecture } from "../release-architecture.ts";

const units = ["readygo-verify.timer", "readygo-verify.service"];

export function formatControl(
  architecture: ReleaseArchitecture,
  {
    version,
    maintainer,
    installedKib,
  }: { readonly version: string; readonly maintainer: string; readonly installedKib: number },
): string {
  return `Package: readygo
Version: ${version}
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${installedKib}
Depends: libc6 (>= 2.28), libgcc-s1 (>= 4.2), libstdc++6 (>= 6)
Recommends: ca-certificates
Section: devel
Priority: optional
Description: official Go releases at /usr/local/go, proven
 readygo brings a host from anything to an official Go release at
 /usr/local/go, proves by its bytes and by what it does that it works, and
 changes nothing when it is run again.
 .
 This package holds the readygo command alone and changes nothing below
 /usr/local: "sudo readygo install" does. A timer that proves the tree once a
 day is installed and not enabled.
`;
}

// The lines that dh_installsystemd --no-enable --no-start writes: a timer that the administrator has enabled stays enabled over an
// upgrade, and its link goes with a purge.
const each = (line: (unit: string) => string): string => units.map(line).join("\n");

/** Files of the control archive that are run, by name. */
export const maintainerScripts: Readonly<Record<string, string>> = {
  postinst: `#!/bin/sh
set -e
if [ "$1" = "configure" ] || [ "$1" = "abort-upgrade" ] || [ "$1" = "abort-deconfigure" ] || [ "$1" = "abort-remove" ]; then
${each(
  (unit) => `	if deb-systemd-helper debian-installed '${unit}'; then
		deb-systemd-helper unmask '${unit}' >/dev/null || true
		if deb-systemd-helper --quiet was-enabled '${unit}'; then
			deb-systemd-helper enable '${unit}' >/dev/null || true
		fi
	fi
	deb-systemd-helper update-state '${unit}' >/dev/null || true`,
)}
fi
if [ -d /run/systemd/system ]; then
	systemctl --system daemon-reload >/dev/null || true
fi
`,
  prerm: `#!/bin/sh
set -e
if [ -z "$DPKG_ROOT" ] && [ "$1" = remove ] && [ -d /run/systemd/system ]; then
	deb-systemd-invoke stop ${units.map((unit) => `'${unit}'`).join(" ")} >/dev/null || true
fi
`,
  postrm: `#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
	systemctl --system daemon-reload >/dev/null || true
fi
if [ "$1" = purge ] && command -v deb-systemd-helper >/dev/null; then
${each((unit) => `	deb-systemd-helper purge '${unit}' >/dev/null || true`)}
fi
`,
};

/** In the machine-readable form of Debian's copyright files. */
export function formatCopyright(license: string): string {
  const [, ...lines] = license.trimEnd().split("\n");
  const text = lines.join("\n").trim().split("\n");
  const body = text.map((line) => ` ${line === "" ? "." : line}`).join("\n");
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: readygo

Files: *
Copyright: 2026 The readygo authors
License: Expat
${body}
Comment: usr/bin/readygo contains the work of others: Node.js with its libraries, and packages of npm's. Their licences, as
 their authors wrote them, are in THIRD-PARTY.txt.gz beside this file.
`;
}

/** As debchangelog(5) has it: one entry, of this version. */
export function formatChangelog(version: string, maintainer: string, time: string): string {
  return `readygo (${version}) unstable; urgency=medium

  * Release ${version}.

 -- ${maintainer}  ${new Date(time).toUTCString().replace("GMT", "+0000")}
`;
}

/** Each with its reason; all else that lintian calls an error or a warning is one. */
export const lintianOverrides = `# The command is one executable: Node.js, which brings its own zlib (Chromium's, not Debian's), with readygo inside.
readygo: embedded-library
# Node.js as its project builds and publishes it; readygo changes nothing in its code.
readygo: hardening-no-pie
`;
