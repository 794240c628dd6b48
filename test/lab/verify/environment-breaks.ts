import type { BrokenInstallation } from "./broken-installation.ts";

/** As `go env -w` writes it, also what that would refuse. */
const store = (line: string): string =>
  `su $U -c 'mkdir -p ~/.config/go' && su $U -c 'echo ${line} >>~/.config/go/env'`;
const builds = {
  command:
    "mkdir -p m && cd m && printf 'module m\\n' >go.mod && printf 'package main\\nfunc main() {}\\n' >main.go && go build -n . >out 2>&1 || { cat out; false; }",
  well: /^exit 0/,
} as const;
const found = (by: string, says: RegExp) => ({ by, status: "warn", says }) as const;
const unset = (name: string) =>
  ({
    advice: new RegExp(`unset ${name}`),
    done: `echo unset ${name} >>$H/.profile; echo unset ${name} >>$H/.bashrc`,
  }) as const;

export const environmentBreaks = {
  "GOFLAGS with a flag that there is not": {
    plant: store("GOFLAGS=-nope"),
    hurts: { ...builds, ill: /unknown flag -nope/ },
    found: found("go-env", /unknown flag -nope.*\(by GOFLAGS=-nope of .*\/go\/env\)/),
    cure: "remedy",
  },
  "GOFLAGS of a vendor directory": {
    plant: "echo 'export GOFLAGS=-mod=vendor' >>$H/.profile",
    hurts: { command: "go env GOFLAGS", well: /^\n/, ill: /-mod=vendor/ },
    found: found("account-go", /GOFLAGS=-mod=vendor of .*\.profile/),
    cure: unset("GOFLAGS"),
  },
  "GOTOOLCHAIN of another release": {
    plant: store("GOTOOLCHAIN=go1.20.1"),
    hurts: { command: "cd /tmp && GOPROXY=off go version", well: /go1\.26\.8/, ill: /download go1\.20\.1|go1\.20\.1/ },
    found: found("account-go", /GOTOOLCHAIN=go1\.20\.1 of .*\/go\/env/),
    cure: "remedy",
  },
  "GOOS of another system": {
    plant: store("GOOS=windows"),
    hurts: { command: "go env GOOS", well: /^linux/, ill: /^windows/ },
    found: found("account-go", /GOOS=windows/),
    cure: "remedy",
  },
  "GOARCH of another machine": {
    plant: store("GOARCH=arm64"),
    hurts: { command: "go env GOARCH", well: /^amd64/, ill: /^arm64/ },
    found: found("account-go", /GOARCH=arm64/),
    cure: "remedy",
  },
  "GO111MODULE=off": {
    plant: store("GO111MODULE=off"),
    hurts: {
      command: "cd /tmp && go list -m",
      well: /not using modules|go\.mod file not found|command-line-arguments/,
      ill: /list -m cannot be used with GO111MODULE=off|modules are disabled/,
    },
    found: found("account-go", /GO111MODULE=off/),
    cure: "remedy",
  },
  "an experiment that there is not": {
    plant: store("GOEXPERIMENT=bogus"),
    hurts: { ...builds, ill: /unknown GOEXPERIMENT bogus/ },
    found: found("go-env", /GOEXPERIMENT bogus/),
    cure: "remedy",
  },
  "CGO_ENABLED=1 without a compiler": {
    before: "for c in gcc clang cc; do if [ -e /usr/bin/$c ]; then mv /usr/bin/$c /usr/bin/$c.away; fi; done",
    plant: store("CGO_ENABLED=1"),
    hurts: {
      command: "cd /tmp && GOCACHE=$(mktemp -d) go build net; rm -rf /tmp/tmp.*",
      well: /^exit 0/,
      ill: /executable file not found|gcc/,
    },
    found: found("go-env", /there is no gcc.*CGO_ENABLED=1/),
    cure: "remedy",
    undo: "for c in gcc clang cc; do if [ -e /usr/bin/$c.away ]; then mv /usr/bin/$c.away /usr/bin/$c; fi; done",
  },
  "a build cache that cannot be written": {
    plant: store("GOCACHE=/root/go-cache"),
    hurts: { command: "cd /tmp && go build unicode/utf8", well: /^exit 0/, ill: /permission denied/ },
    found: found("go-env", /GOCACHE is \/root\/go-cache, which cannot be written/),
    cure: "remedy",
  },
  "a GOTMPDIR that is not there": {
    plant: store("GOTMPDIR=/srv/nowhere"),
    hurts: { command: "cd /tmp && go build unicode/utf8", well: /^exit 0/, ill: /creating work dir/ },
    found: found("go-env", /GOTMPDIR=\/srv\/nowhere/),
    cure: "remedy",
  },
  "GOPATH elsewhere": {
    plant: store("GOPATH=/srv/nowhere"),
    hurts: { command: "go env GOPATH", well: /^\/home\//, ill: /^\/srv\/nowhere/ },
    found: found("no-gopath", /GOPATH=\/srv\/nowhere/),
    cure: "remedy",
  },
  "GOROOT elsewhere": {
    plant: "echo 'export GOROOT=/srv/nowhere' >>$H/.profile; echo 'export GOROOT=/srv/nowhere' >>$H/.bashrc",
    hurts: { command: "go env GOROOT", well: /^\/usr\/local\/go\n/, ill: /cannot find GOROOT|\/srv\/nowhere/ },
    found: found("no-goroot", /GOROOT=\/srv\/nowhere/),
    cure: "remedy",
  },
  "GOPROXY=off": {
    plant: store("GOPROXY=off"),
    hurts: { command: "go env GOPROXY", well: /direct/, ill: /^off/ },
    found: found("goproxy", /GOPROXY is off/),
    cure: "remedy",
  },
  "another go that comes first": {
    plant:
      "mkdir -p $H/bin && printf '#!/bin/sh\\necho another\\n' >$H/bin/go && chmod 755 $H/bin/go && chown -R $U: $H/bin && echo 'PATH=$HOME/bin:$PATH' >>$H/.profile",
    hurts: { command: "go version", well: /go1\.26\.8/, ill: /^another/ },
    found: found("which-go", /says \/home\/u\d+\/bin\/go/),
    cure: "remedy",
  },
  "go that is an alias": {
    plant: "echo \"alias go='echo another'\" >>$H/.bashrc",
    hurts: { command: "bash -ic 'go version' 2>/dev/null", well: /go1\.26\.8/, ill: /^another/ },
    found: found("interactive-shell", /is an alias of .*\.bashrc/),
    cure: { advice: /another name than go/, done: "sed -i '/^alias go=/d' $H/.bashrc" },
  },
} satisfies Readonly<Record<string, BrokenInstallation>>;
