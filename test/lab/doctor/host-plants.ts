import type { Plant } from "./plant.ts";

/**
 * What nobody here can make for real is imitated where a diagnostic reads it: another file is mounted over that of the
 * kernel or the system. Then only that is shown which a user would see of it.
 */
function imitate(path: string, content: string): Pick<Plant, "plant" | "undo"> {
  const file = `/run/imitated${path.replaceAll("/", "-")}`;
  return {
    plant: `printf '${content}' >${file} && chmod 755 ${file} && mount --bind ${file} ${path}`,
    undo: `while mountpoint -q "$(readlink -f ${path})"; do umount "$(readlink -f ${path})"; done`,
  };
}

const meminfo = imitate("/proc/meminfo", String.raw`MemTotal: 524288 kB\nMemFree: 1024 kB\nSwapTotal: 0 kB\n`);
const osrelease = imitate("/proc/sys/kernel/osrelease", String.raw`2.6.18-old\n`);
const getconf = imitate("/usr/bin/getconf", String.raw`#!/bin/sh\necho glibc 2.17\n`);
const dpkg = imitate("/usr/bin/dpkg", String.raw`#!/bin/sh\necho i386\n`);
const ubuntu = imitate(
  "/etc/os-release",
  String.raw`PRETTY_NAME="Ubuntu 20.04.6 LTS"\nID=ubuntu\nVERSION_ID="20.04"\n`,
);
const windows = imitate("/proc/version", String.raw`Linux version 5.15.153.1-microsoft-standard-WSL2\n`);

/** A stand-in: it only has to be found. */
const stub = (name: string): string =>
  String.raw`printf '#!/bin/sh\nexit 1\n' >/usr/local/bin/${name} && chmod 755 /usr/local/bin/${name}`;

/** A file system of the account's own. */
const mount = (options: string, directory: string): string =>
  `su $U -c 'mkdir -p ${directory}' && mount -t tmpfs -o mode=0755,uid=$(id -u $U),gid=$(id -g $U),${options} lab ${directory}`;

const cache = "$H/.cache/go-build";
/** Another program each time: go keeps one that it has run, in its cache. */
const build = `mkdir -p /tmp/$USER && cd /tmp/$USER && printf 'package main\\nfunc main() { println("it ran", %s) }\\n' $$ >m.go && go run m.go 2>&1 | tail -n 3`;

export const hostPlants = {
  "kernel-floor": {
    ...osrelease,
    hurts: { command: "cat /proc/sys/kernel/osrelease; go version", well: /^[4-9]\./, ill: /^2\.6\.18/ },
    found: { severity: "error", says: /the kernel is 2\.6\.18-old, and go1\.26\.8 needs 3\.2/ },
    clear: { advice: /newer kernel/, done: osrelease.undo ?? "" },
  },
  "glibc-floor": {
    ...getconf,
    hurts: { command: "getconf GNU_LIBC_VERSION; go version", well: /^glibc 2\.(?:3|4)/, ill: /^glibc 2\.17/ },
    found: { severity: "warning", says: /glibc is 2\.17, and 2\.28 or newer is needed/ },
    clear: { advice: /upgrade the distribution/, done: getconf.undo ?? "" },
  },
  "dpkg-kernel": {
    ...dpkg,
    hurts: { command: "go env GOARCH; dpkg --print-architecture", well: /^amd64\namd64/, ill: /^amd64\ni386/ },
    found: { severity: "warning", says: /dpkg --print-architecture says i386, uname -m says x86_64/ },
    clear: { advice: /CGO_ENABLED=0/, done: dpkg.undo ?? "" },
    alone: "readygo provisions nothing for such a userland",
  },
  "ubuntu-release": {
    ...ubuntu,
    hurts: { command: ". /etc/os-release; echo $PRETTY_NAME; go version", well: /^Debian/, ill: /^Ubuntu 20\.04/ },
    found: {
      severity: "info",
      says: /Ubuntu 20\.04\.6 LTS: its standard support ended on 2025-05-29/,
      at: "/etc/os-release",
    },
    clear: { advice: /do-release-upgrade/, done: ubuntu.undo ?? "" },
  },
  "usr-local-writable": {
    plant: "chmod 777 /usr/local/bin",
    hurts: {
      command: "command -v go; test -w /usr/local/bin && echo anybody can replace it",
      well: /go\nexit 1$/,
      ill: /anybody can replace it/,
    },
    found: {
      severity: "warning",
      says: /\/usr\/local\/bin can be written by others .*mode 0777/,
      at: "/usr/local/bin",
    },
    clear: "remedy",
    undo: "chmod 755 /usr/local/bin",
  },
  "disk-space": {
    plant: `${mount("size=4k", "$H/build")} && su $U -c "go env -w GOCACHE=$H/build"`,
    hurts: {
      command: "go list -export -f '{{.Export}}' internal/goarch 2>&1",
      well: /go-build\//,
      // The second is what go makes of an index that it could not store.
      ill: /no space left on device|is not in std/,
    },
    found: { severity: "warning", says: /0 MiB are left where GOCACHE \(.*\/build\)/, at: "$H/build" },
    clear: { advice: /go clean -cache/, done: "su $U -c 'go env -u GOCACHE'; umount $H/build" },
    undo: "umount $H/build 2>/dev/null || true",
  },
  inodes: {
    plant: `rm -rf ${cache}; ${mount("nr_inodes=20", cache)}`,
    hurts: { command: "go list fmt 2>&1", well: /^fmt\n/, ill: /no space left on device/ },
    found: { severity: "warning", says: /^\d+ inodes are left where GOCACHE/, at: cache },
    clear: { advice: /go clean -cache/, done: `umount ${cache}` },
    undo: `umount ${cache} 2>/dev/null || true`,
    alone: "the cache lies in one place, which others fill in their own way",
  },
  "home-unwritable": {
    plant: "mount --bind $H $H && mount -o remount,bind,ro $H",
    hurts: {
      command: "go env -w GOINSECURE=example.com 2>&1 && go env -u GOINSECURE && echo stored",
      well: /stored/,
      ill: /read-only file system/,
    },
    found: { severity: "error", says: /the home of u\d+, .*, lies on .*, which is mounted read-only/, at: "$H" },
    clear: { advice: /remount,rw/, done: "umount $H" },
    undo: "umount $H 2>/dev/null || true",
    alone: "nothing else can be written in such a home",
  },
  "cache-owner": {
    plant: `install -d -o $U -g $U $H/.cache; rm -rf ${cache}; install -d ${cache}/00`,
    hurts: { command: "go list fmt 2>&1", well: /^fmt\n/, ill: /permission denied/ },
    found: { severity: "warning", says: /go-build of u\d+ has 2 files of root: .*go-build/, at: cache },
    clear: "remedy",
  },
  "tmpdir-missing": {
    plant: "echo 'export TMPDIR=/gone' >>$H/.profile",
    hurts: { command: "go env GOGCCFLAGS 2>&1", well: /go-build/, ill: /creating work dir: stat \/gone/ },
    found: { severity: "warning", says: /TMPDIR=\/gone of u\d+ does not exist/, at: "$H/.profile:" },
    clear: "remedy",
  },
  "tmpdir-small": {
    plant: `${mount("size=1m,nr_inodes=1", "$H/tmp")} && sed -i "1i export TMPDIR=$H/tmp" $H/.bashrc`,
    hurts: { command: "go env GOGCCFLAGS 2>&1", well: /go-build/, ill: /no space left on device/ },
    found: { severity: "warning", says: /TMPDIR=.*\/tmp of u\d+ has 1 MiB free/, at: "$H/.bashrc:1" },
    clear: "remedy",
    undo: "umount $H/tmp",
  },
  "tmpdir-noexec": {
    plant: `${mount("noexec", "$H/work")} && su $U -c "go env -w GOTMPDIR=$H/work"`,
    hurts: { command: build, well: /it ran/, ill: /permission denied/ },
    found: { severity: "warning", says: /GOTMPDIR=.*\/work of u\d+ lies on .*\/work, which is mounted noexec/ },
    clear: "fix",
    undo: "umount $H/work",
  },
  "bin-noexec": {
    plant: mount("noexec", "$H/go/bin"),
    hurts: {
      // What go install would put there.
      command: "mkdir -p ~/go/bin && cp /usr/local/go/bin/gofmt ~/go/bin/tool && echo 'package a' | ~/go/bin/tool 2>&1",
      well: /package a\nexit 0/,
      ill: /Permission denied/,
    },
    found: { severity: "warning", says: /\/go\/bin, which is mounted noexec/, at: "$H/go/bin" },
    clear: { advice: /GOBIN/, done: "umount $H/go/bin" },
    undo: "umount $H/go/bin 2>/dev/null || true",
  },
  "low-limits": {
    plant: 'echo "$U hard nproc 3" >/etc/security/limits.d/90-few.conf',
    hurts: { command: "go version", well: /^go version/, ill: /failed to create new OS thread|fork/ },
    found: {
      severity: "warning",
      says: /processes of u\d+ may have 3 processes and threads/,
      at: "/etc/security/limits.d/90-few.conf:1",
    },
    clear: "remedy",
    undo: "rm /etc/security/limits.d/90-few.conf",
    alone: "the account's own go starts for nobody who would clear another one",
  },
  memory: {
    ...meminfo,
    hurts: {
      command: "head -n 1 /proc/meminfo; go version",
      well: /^MemTotal: +\d{7,} kB/,
      ill: /^MemTotal: 524288 kB/,
    },
    found: { severity: "info", says: /512 MiB of memory and swap/, at: "/proc/meminfo" },
    clear: { advice: /-p 1/, done: meminfo.undo ?? "" },
  },
  "compiler-missing": {
    before: stub("gcc"),
    plant: "rm -f /usr/local/bin/gcc",
    hurts: { command: "go env CGO_ENABLED", well: /^1\n/, ill: /^0\n/ },
    found: { severity: "info", says: /u\d+ and root have no C compiler \(gcc, clang\)/ },
    clear: { advice: /apt-get install gcc/, done: stub("gcc") },
    undo: "rm -f /usr/local/bin/gcc",
  },
  "git-missing": {
    before: stub("git"),
    plant: "rm -f /usr/local/bin/git",
    hurts: {
      command: "GOPROXY=direct GOSUMDB=off go list -m github.com/pkg/errors@v0.9.1 2>&1",
      well: /^((?!executable file not found)[^])*$/,
      ill: /"git": executable file not found/,
    },
    found: { severity: "info", says: /u\d+ and root have no git/ },
    clear: { advice: /apt-get install git/, done: stub("git") },
    undo: "rm -f /usr/local/bin/git",
  },
  wsl: {
    ...windows,
    hurts: { command: "cat /proc/version; go version", well: /^((?!microsoft)[^])*$/, ill: /microsoft/ },
    found: { severity: "info", says: /Windows Subsystem for Linux/, at: "/proc/version" },
    clear: { advice: /appendWindowsPath=false/, done: windows.undo ?? "" },
  },
  "container-init": {
    // The lab's hosts have no init; with the mark of a container they are one.
    plant: "touch /.dockerenv",
    hurts: {
      command: "ls /.dockerenv 2>&1; cat /proc/1/comm; go version",
      well: /No such file/,
      ill: /^\/\.dockerenv\nsleep/,
    },
    found: { severity: "info", says: /this container \(docker\) has no init: its first process is sleep/ },
    clear: { advice: /docker run --init/, done: "rm /.dockerenv" },
    undo: "rm -f /.dockerenv",
  },
  "left-overs": {
    // Others on this host have had their trees replaced.
    before: "rm -rf /usr/local/.readygo/previous/damaged-*",
    plant:
      "aside=/var/lib/readygo.set-aside-20261130T101500000Z; mkdir $aside; head -c 3M /dev/zero >$aside/receipt.json",
    hurts: {
      command: "ls -d /var/lib/readygo.set-aside-* 2>&1; go version",
      well: /No such file/,
      ill: /set-aside-2026/,
    },
    found: {
      severity: "info",
      says: /set aside by readygo install --adopt \(3 MiB\)/,
      at: "/var/lib/readygo.set-aside-",
    },
    clear: "remedy",
  },
  "readygo-itself": {
    before: stub("readygo"),
    plant: "rm -f /usr/local/bin/readygo",
    hurts: {
      as: "root",
      command: "command -v readygo; go version",
      well: /^\/usr\/local\/bin\/readygo/,
      ill: /^go version/,
    },
    found: { severity: "info", says: /\/usr\/local\/bin\/readygo does not exist/ },
    clear: { advice: /in place of the word/, done: stub("readygo") },
    undo: "rm -f /usr/local/bin/readygo",
  },
} as const satisfies Readonly<Record<string, Plant>>;
