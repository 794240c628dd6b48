import { broughtPlants } from "./brought-go-plants.ts";
import type { Plant } from "./plant.ts";

const goOf = (version: string): string => `printf '#!/bin/sh\\necho go version ${version} linux/amd64\\n'`;

/** A toolchain as go keeps it: without api, doc, misc and test, with each go.mod under another name too, read-only. */
const toolchain = `t=$H/go/pkg/mod/golang.org/toolchain@v0.0.1-$V.linux-amd64
  mkdir -p $t && cp -a /usr/local/go/. $t && rm -r $t/api $t/doc $t/misc $t/test
  for m in src src/cmd; do cp -a $t/$m/go.mod $t/$m/_go.mod; done
  mkdir -p $H/go/pkg/mod/cache/download/golang.org/toolchain/@v
  touch $H/go/pkg/mod/cache/download/golang.org/toolchain/@v/v0.0.1-$V.linux-amd64.zip`;
const ownReadOnly = "chown -R $U: $H/go && chmod -R a-w $t";

const mounts = "others run go from the very same place";

export const goPlants = {
  "go-missing": {
    plant: "rm -rf /usr/local/go",
    hurts: { command: "go version", well: /go version go/, ill: /not found/ },
    found: { severity: "error", says: /\/usr\/local\/go is not there, and readygo installed/, at: "/usr/local/go" },
    clear: "remedy",
    alone: "there is no Go for the other one",
  },
  "tree-part": {
    plant: "rm -r /usr/local/go/src/unicode/utf8",
    hurts: { command: "cd /tmp && go list unicode/utf8", well: /^unicode\/utf8\nexit 0/, ill: /is not in std/ },
    found: { severity: "error", says: /files of go1\.\S+ are missing: src\/unicode\/utf8/, at: "/usr/local/go/src/" },
    clear: "remedy",
    alone: "other findings need a proven go",
  },
  "tree-mixed": {
    plant: "printf 'package utf8\\n\\nfunc RuneLen(r rune) int { return 1 }\\n' >/usr/local/go/src/unicode/utf8/old.go",
    hurts: { command: "cd /tmp && go build unicode/utf8", well: /^exit 0/, ill: /redeclared in this block/ },
    found: { severity: "error", says: /stand among its own: src\/unicode\/utf8\/old\.go/, at: "/usr/local/go/src/" },
    clear: "remedy",
    alone: "other findings need a proven go",
  },
  "tree-replaced": {
    plant: `echo go1.25.3 >/usr/local/go/VERSION; ${goOf("go1.25.3")} >/usr/local/go/bin/go; rm -r /usr/local/go/src/weak`,
    hurts: { command: "go version", well: /go version go1\.26\.8/, ill: /go1\.25\.3/ },
    found: {
      severity: "error",
      says: /is go1\.25\.3, and readygo installed go1\.26\.8/,
      at: "/usr/local/go/VERSION:1",
    },
    clear: "remedy",
    alone: "other findings need a proven go",
  },
  "tree-changed": {
    plant: "echo 'func mine(' >>/usr/local/go/src/unicode/utf8/utf8.go",
    hurts: { command: "cd /tmp && go build unicode/utf8", well: /^exit 0/, ill: /syntax error/ },
    found: { severity: "error", says: /src\/unicode\/utf8\/utf8\.go \(size\)/, at: "/usr/local/go/src/unicode" },
    clear: "remedy",
    alone: "other findings need a proven go",
  },
  "tree-modes": {
    plant: "chmod 0700 /usr/local/go/src/unicode",
    hurts: {
      command: "cd /tmp && go list unicode/utf8",
      well: /^unicode\/utf8\nexit 0/,
      ill: /permission denied|not in std/,
    },
    found: { severity: "error", says: /src\/unicode \(mode\)/, at: "/usr/local/go/src/unicode" },
    clear: "remedy",
    alone: "other findings need a proven go",
  },
  "tree-additions": {
    plant: "cp /usr/local/go/bin/gofmt /usr/local/go/bin/gopls",
    hurts: { command: "command -v gopls", well: /^(?!\/usr\/local\/go)/, ill: /^\/usr\/local\/go\/bin\/gopls/ },
    found: { severity: "warning", says: /gopls is no program of go1\.26\.8/, at: "/usr/local/go/bin/gopls" },
    clear: "remedy",
    undo: "rm -f /usr/local/bin/gopls /usr/local/go/bin/gopls",
    alone: "other findings need a proven go",
  },
  "goroot-link": {
    plant: "mv /usr/local/go /opt/go-moved && ln -s /opt/go-moved /usr/local/go",
    hurts: { command: "go env GOROOT", well: /^\/usr\/local\/go\n/, ill: /^\/opt\/go-moved/ },
    found: { severity: "error", says: /\/usr\/local\/go is a link to \/opt\/go-moved/, at: "/usr/local/go" },
    clear: "remedy",
    undo: "rm -rf /opt/go-moved",
    alone: "other findings need a proven go",
  },
  "goroot-mount": {
    plant: "mount -t tmpfs tmpfs /usr/local/go",
    hurts: { command: "go version", well: /go version go/, ill: /not found/ },
    found: { severity: "warning", says: /is a mount point \(tmpfs\)/, at: "/usr/local/go" },
    clear: { advice: /^umount \/usr\/local\/go/, done: "umount /usr/local/go" },
    alone: mounts,
  },
  "goroot-noexec": {
    plant: "mount --bind /usr/local /usr/local && mount -o remount,bind,noexec /usr/local",
    hurts: { command: "go version", well: /go version go/, ill: /Permission denied/ },
    found: { severity: "error", says: /mounted noexec/, at: "/usr/local" },
    clear: "remedy",
    undo: "umount -l /usr/local",
    alone: mounts,
  },
  "goroot-network": {
    plant:
      "perl /srv/hanging-mount /usr/local/go >/run/hanging 2>&1 & echo $! >/run/hanging.pid; for i in $(seq 50); do grep -q mounted /run/hanging && break; sleep 0.1; done",
    // Who looks there waits until the server is gone, a shell that has it on PATH among them.
    hurts: {
      as: "root",
      command: "(/usr/local/go/bin/go version >/run/said 2>&1 &); sleep 3; cat /run/said",
      well: /go version go/,
      ill: /^exit 0/,
    },
    found: { severity: "warning", says: /lies on fuse, mounted at \/usr\/local\/go/, at: "/usr/local/go" },
    clear: {
      advice: /^umount -l \/usr\/local\/go/,
      done: "kill $(cat /run/hanging.pid); umount -l /usr/local/go || true",
    },
    alone: mounts,
  },
  "go-architecture": {
    // e_machine of its ELF header: 183 is arm64's.
    plant: "printf '\\267\\000' | dd of=/usr/local/go/bin/go bs=1 seek=18 conv=notrunc status=none",
    hurts: { command: "go version", well: /go version go/, ill: /Exec format error|cannot execute/ },
    found: {
      severity: "error",
      says: /bin\/go is built for linux\/arm64, and this host is amd64/,
      at: "/usr/local/go/bin/go",
    },
    clear: "remedy",
    alone: "other findings need a proven go",
  },
  emulation: {
    // As the kernel says it where qemu-user runs the programs; nothing here emulates for real.
    plant: "echo aarch64 >/run/arch && mount --bind /run/arch /proc/sys/kernel/arch",
    hurts: { command: "cat /proc/sys/kernel/arch; go env GOHOSTARCH", well: /^x86_64\namd64/, ill: /^aarch64\namd64/ },
    found: { severity: "info", says: /the kernel is aarch64/, at: "/proc/sys/kernel/arch" },
    clear: { advice: /linux\/arm64/, done: "umount /proc/sys/kernel/arch" },
    alone: "it covers a file of the kernel's",
  },
  "lone-go": {
    plant:
      "install -D -o $U /usr/local/go/bin/go $H/bin/go && chown $U: $H/bin && echo 'PATH=$HOME/bin:$PATH' | tee -a $H/.profile >>$H/.bashrc",
    hurts: { command: "go version; go env GOROOT", well: /go version go[^]*exit 0/, ill: /cannot find GOROOT/ },
    found: { severity: "warning", says: /bin\/go has no Go tree around it, and is the go of/, at: "$H/bin/go" },
    clear: "remedy",
  },
  "go-trees": {
    plant:
      "mkdir -p $H/sdk && cp -a /usr/local/go $H/sdk/$V && echo '// mine' >>$H/sdk/$V/src/fmt/print.go && chown -R $U: $H/sdk",
    hurts: {
      command: "$HOME/sdk/*/bin/go version 2>&1; tail -n 1 $HOME/sdk/*/src/fmt/print.go",
      well: /No such file/,
      ill: /\/\/ mine/,
    },
    found: { severity: "error", says: /the public release/, at: "$H/sdk/" },
    clear: { advice: /use nothing from/, done: "rm -rf $H/sdk" },
  },
  "own-parts": {
    plant: "rm /usr/local/bin/go",
    hurts: {
      as: "root",
      command: "env -i PATH=/usr/local/bin:/usr/bin:/bin go version",
      well: /go version go/,
      ill: /No such file/,
    },
    found: { severity: "error", says: /\/usr\/local\/bin\/go, which readygo made/ },
    clear: "fix",
  },
  "toolchain-unproven": {
    plant: `${toolchain}; echo '// mine' >>$t/src/fmt/print.go; ${ownReadOnly}`,
    hurts: {
      command: "tail -n 1 $HOME/go/pkg/mod/golang.org/toolchain@*/src/fmt/print.go",
      well: /No such file/,
      ill: /\/\/ mine/,
    },
    found: {
      severity: "error",
      says: /src\/fmt\/print\.go \(size\)|the public release/,
      at: "$H/go/pkg/mod/golang.org/toolchain@",
    },
    clear: "remedy",
  },
  "toolchain-cache": {
    plant: `${toolchain}; ${ownReadOnly}`,
    hurts: { command: "ls $(go env GOMODCACHE)/golang.org", well: /No such file/, ill: /toolchain@/ },
    found: {
      severity: "info",
      says: /1 toolchain with \d+ MB for u\d+: go1/,
      at: "$H/go/pkg/mod/golang.org/toolchain@",
    },
    clear: { advice: /^go clean -modcache/, done: "su - $U -c 'go clean -modcache'" },
  },
  "apt-go": {
    plant: `d=/run/golang-deb; mkdir -p $d/DEBIAN $d/usr/lib/go-1.19/bin $d/usr/bin
      printf 'Package: golang-go\\nVersion: 2:1.19~1\\nArchitecture: amd64\\nMaintainer: x <x@example.com>\\nDescription: x\\n' >$d/DEBIAN/control
      ${goOf("go1.19.8")} >$d/usr/lib/go-1.19/bin/go; chmod 755 $d/usr/lib/go-1.19/bin/go
      ln -s ../lib/go-1.19/bin/go $d/usr/bin/go; dpkg-deb --build $d /run/golang-go.deb >/dev/null; dpkg -i /run/golang-go.deb >/dev/null`,
    hurts: {
      command: "env -i PATH=/usr/bin:/bin go version",
      well: /No such file/,
      ill: /go1\.19\.8/,
    },
    found: { severity: "warning", says: /golang-go 2:1\.19~1; it is the go of/, at: "/usr/bin/go" },
    clear: { advice: /sudo apt-get remove golang-go/, done: "dpkg -r golang-go >/dev/null" },
    undo: "rm -rf /run/golang-deb /run/golang-go.deb; dpkg --purge golang-go >/dev/null 2>&1 || true",
  },
  "snap-go": {
    // What snapd makes of `snap install go --classic`, without snapd.
    plant: `mkdir -p /snap/go/10907/meta /snap/go/10907/bin /snap/bin
      printf 'name: go\\nversion: 1.24.2\\nconfinement: classic\\n' >/snap/go/10907/meta/snap.yaml
      ${goOf("go1.24.2")} >/snap/go/10907/bin/go; chmod 755 /snap/go/10907/bin/go
      ln -s 10907 /snap/go/current; ln -s ../go/current/bin/go /snap/bin/go
      echo 'PATH=/snap/bin:$PATH' | tee -a $H/.profile >>$H/.bashrc`,
    hurts: { command: "go version", well: /go1\.26\.8/, ill: /go1\.24\.2/ },
    found: {
      severity: "warning",
      says: /1\.24\.2, revision 10907, confinement classic\); it is the go of/,
      at: "/snap/bin/go",
    },
    clear: {
      advice: /snap remove go/,
      done: "rm -rf /snap/go /snap/bin/go; sed -i '/snap.bin/d' $H/.profile $H/.bashrc",
    },
  },
  "alternatives-go": {
    plant: `mkdir -p /opt/alt/bin; ${goOf("go1.20.1")} >/opt/alt/bin/go; chmod 755 /opt/alt/bin/go
      update-alternatives --quiet --install /usr/bin/go go /opt/alt/bin/go 10`,
    hurts: { command: "env -i PATH=/usr/bin:/bin go version", well: /No such file/, ill: /go1\.20\.1/ },
    found: { severity: "warning", says: /leads to \/opt\/alt\/bin\/go; it is the go of/, at: "/etc/alternatives/go" },
    clear: {
      advice: /--remove go \/opt\/alt\/bin\/go/,
      done: "update-alternatives --quiet --remove go /opt/alt/bin/go",
    },
    undo: "rm -rf /opt/alt",
  },
  ...broughtPlants,
} as const satisfies Readonly<Record<string, Plant>>;
