import type { Plant } from "./plant.ts";

/** A go that says another release, in a tree of its own. */
const otherGo = (place: string): string =>
  `mkdir -p ${place}/bin && echo go1.22.5 >${place}/VERSION && printf '#!/bin/sh\\necho go version go1.22.5 linux/amd64\\n' >${place}/bin/go && chmod 755 ${place}/bin/go`;

const version = { command: "go version", well: /go1\.26\.8/, ill: /go1\.22\.5/ } as const;

/** A module of one empty program in the home. */
const module = `mkdir -p ~/m && cd ~/m && { [ -e go.mod ] || go mod init m; } >/dev/null 2>&1; printf 'package main\\n\\nfunc main() {}\\n' >main.go`;

export const environmentPlants = {
  "context-none": {
    plant: `echo 'Defaults secure_path="/usr/sbin:/usr/bin:/sbin:/bin"' >/etc/sudoers.d/path`,
    hurts: {
      as: "root",
      command: "sudo go version",
      well: /go version go1/,
      ill: /command not found/,
    },
    found: { severity: "warning", says: /`sudo CMD`.* find.* no go/, at: "/etc/sudoers.d/path:1" },
    clear: "remedy",
    undo: "rm -f /etc/sudoers.d/path",
  },
  "context-other": {
    plant: `${otherGo("/opt/old-go")}; echo 'Defaults secure_path="/opt/old-go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"' >/etc/sudoers.d/path`,
    hurts: { as: "root", ...version, command: "sudo go version" },
    found: { severity: "warning", says: /\/opt\/old-go\/bin\/go \(go1\.22\.5\)/, at: "/etc/sudoers.d/path:1" },
    clear: "remedy",
    undo: "rm -rf /etc/sudoers.d/path /opt/old-go",
  },
  "context-alias": {
    plant: `${otherGo("$H/old")}; echo 'alias go=$HOME/old/bin/go' >>$H/.bashrc; chown -R $U: $H/old`,
    hurts: { ...version, command: "bash -ic 'go version'" },
    found: { severity: "warning", says: /the alias go=/, at: "$H/.bashrc:" },
    clear: "remedy",
  },
  "context-real": {
    plant: `${otherGo("/opt/old-go")}; printf '#!/bin/sh\\nPATH=/opt/old-go/bin:$PATH exec /bin/bash "$@"\\n' >/usr/local/bin/own-shell; chmod 755 /usr/local/bin/own-shell; usermod --shell /usr/local/bin/own-shell $U`,
    hurts: {
      as: "root",
      command: "su $(tail -n 1 /etc/passwd | cut -d: -f1) -c 'go version'",
      well: /go1\.26\.8/,
      ill: /go1\.22\.5/,
    },
    found: { severity: "warning", says: /finds \/opt\/old-go\/bin\/go; it could not be told before/ },
    clear: { advice: /look for what sets PATH there/, done: "usermod --shell /bin/bash $U" },
    undo: "rm -rf /opt/old-go /usr/local/bin/own-shell",
  },
  "shell-silent": {
    plant: `sed -i '1i if [ -z "$AGAIN" ]; then AGAIN=1 exec sh; fi' $H/.bashrc`,
    hurts: { ...version, ill: /^exit 0/ },
    found: { severity: "warning", says: /did not answer/, at: "$H/.bashrc:1" },
    clear: { advice: /see what .* files do/, done: "sed -i 1d $H/.bashrc" },
  },
  "tmux-old-environment": {
    plant: "su - $U -c 'GOROOT=/opt/gone tmux new-session -d -s old'",
    hurts: {
      command:
        "rm -f ~/said; tmux new-session -d -s ask 'go version >~/said 2>&1'; for i in 1 2 3 4 5 6 7 8 9; do [ -s ~/said ] || sleep 0.3; done; cat ~/said; rm ~/said",
      well: /go version go1/,
      ill: /cannot find GOROOT/,
    },
    found: { severity: "warning", says: /GOROOT=\/opt\/gone/, at: "/tmp/tmux-" },
    clear: "remedy",
    undo: "su - $U -c 'tmux kill-server' || true",
  },
  goroot: {
    plant: "echo GOROOT=/opt/gone >>/etc/environment",
    hurts: {
      as: "root",
      command: "su nobody -s /bin/sh -c 'go version'",
      well: /go version go1/,
      ill: /cannot find GOROOT/,
    },
    found: { severity: "warning", says: /GOROOT=\/opt\/gone/, at: "/etc/environment:" },
    clear: "remedy",
    undo: "sed -i /GOROOT/d /etc/environment",
  },
  gopath: {
    plant: `echo 'export GOPATH="~/go"' >>$H/.profile`,
    hurts: { command: "go env GOPATH", well: /^\/home\/.*\/go\nexit 0/, ill: /must be absolute|metacharacter/ },
    found: { severity: "warning", says: /does not know ~/, at: "$H/.profile:" },
    clear: "remedy",
  },
  gobin: {
    plant: "su - $U -c 'go env -w GOBIN=bin'",
    hurts: { command: `${module}; go install -n . 2>&1 | tail -n 2`, well: /mv .*\/go\/bin\/m/, ill: /GOBIN must be/ },
    found: { severity: "warning", says: /GOBIN=bin/, at: "$H/.config/go/env" },
    clear: "fix",
  },
  "gotoolchain-older": {
    plant: "su - $U -c 'go env -w GOTOOLCHAIN=go1.22.5+auto'",
    hurts: { ...version, ill: /download go1\.22\.5/ },
    found: {
      severity: "warning",
      says: /GOTOOLCHAIN=go1\.22\.5\+auto .*go1\.26\.8 is installed/,
      at: "$H/.config/go/env",
    },
    clear: "remedy",
  },
  "gotoolchain-offline": {
    plant: "su - $U -c 'go env -w GOPROXY=off && go env -w GOTOOLCHAIN=go1.99.1'",
    hurts: { ...version, ill: /go1\.99\.1/ },
    found: {
      severity: "warning",
      says: /go1\.99\.1 is not in the module cache.*GOPROXY is off/,
      at: "$H/.config/go/env",
    },
    clear: "fix",
  },
  go111module: {
    plant: "su - $U -c 'go env -w GO111MODULE=off'",
    hurts: { command: `${module}; go list -m`, well: /^m$/m, ill: /GO111MODULE=off/ },
    found: { severity: "warning", says: /GO111MODULE=off/, at: "$H/.config/go/env" },
    clear: "fix",
  },
  goflags: {
    plant: "su $U -c 'go env -w GOFLAGS=-mod=vendor'",
    hurts: {
      command: "cd /tmp && go list -m -json rsc.io/quote@v1.5.2 2>&1 | head -n 3; go env GOFLAGS",
      well: /^((?!vendor)[^])*$/,
      ill: /-mod=vendor/,
    },
    found: { severity: "warning", says: /GOFLAGS=-mod=vendor/, at: "$H/.config/go/env" },
    clear: "fix",
  },
  gocache: {
    plant: "mkdir -p $H/.config/go; echo 'GOCACHE=~/.gocache' >>$H/.config/go/env; chown -R $U: $H/.config",
    hurts: {
      command: "go list -m 2>&1; go build -n fmt 2>&1 | tail -n 1",
      well: /^((?!not an absolute)[^])*$/,
      ill: /GOCACHE is not an absolute path/,
    },
    found: { severity: "warning", says: /GOCACHE=~\/\.gocache of /, at: "$H/.config/go/env" },
    clear: "fix",
  },
  "goenv-unreadable": {
    plant:
      "mkdir -p $H/.config/go; rm -f $H/.config/go/env; chown -R $U: $H/.config; echo GOFLAGS=-v >$H/.config/go/env; chmod 600 $H/.config/go/env",
    hurts: { command: "go env -w GOFLAGS=-v && go env -u GOFLAGS", well: /exit 0$/, ill: /permission denied/ },
    found: { severity: "warning", says: /go\/env cannot be read by/, at: "$H/.config/go/env" },
    clear: { advice: /chown -h/, done: "chown -h $U: $H/.config/go/env; rm $H/.config/go/env" },
  },
  "home-workspace": {
    plant: "printf 'go 1.26\\n\\nuse ./old\\n' >$H/go.work; chown $U: $H/go.work",
    hurts: {
      command: "mkdir -p m && cd m && [ -f go.mod ] || go mod init m 2>/dev/null; go list -m 2>&1",
      well: /^m\nexit 0$/,
      ill: /listed in go\.work/,
    },
    found: { severity: "warning", says: /go\.work of .* uses \.\/old/, at: "$H/go.work:3" },
    clear: { advice: /set it aside/, done: "rm $H/go.work" },
  },
  "goos-goarch": {
    plant: "echo 'export GOARCH=riscv64' >>$H/.profile",
    hurts: {
      command: `${module}; go install -n . 2>&1 | tail -n 2`,
      well: /mv .*\/bin\/m/,
      ill: /bin\/linux_riscv64\/m/,
    },
    found: { severity: "warning", says: /GOARCH=riscv64/, at: "$H/.profile:" },
    clear: "remedy",
  },
  "cgo-no-compiler": {
    plant: "su - $U -c 'go env -w CGO_ENABLED=1'",
    hurts: {
      command: "go list -compiled -f '{{len .CompiledGoFiles}}' runtime/cgo",
      well: /^9\nexit 0/,
      ill: /C compiler "gcc" not found/,
    },
    found: { severity: "warning", says: /CGO_ENABLED=1 .*gcc is on no PATH/, at: "$H/.config/go/env" },
    clear: "fix",
  },
  goexperiment: {
    plant: "echo 'export GOEXPERIMENT=boringssl' >>$H/.profile",
    hurts: { ...version, ill: /unknown GOEXPERIMENT/ },
    found: { severity: "warning", says: /unknown GOEXPERIMENT/, at: "$H/.profile:" },
    clear: "remedy",
  },
  gowork: {
    plant: "echo 'export GOWORK=/gone/go.work' >>$H/.profile",
    hurts: { command: `${module}; go list -m`, well: /^m$/m, ill: /reading go\.work/ },
    found: { severity: "warning", says: /no such file/, at: "$H/.profile:" },
    clear: "remedy",
  },
  gotmpdir: {
    plant: "su - $U -c 'go env -w GOTMPDIR=/gone'",
    hurts: { command: "go env GOGCCFLAGS", well: /exit 0/, ill: /creating work dir/ },
    found: { severity: "warning", says: /GOTMPDIR=\/gone/, at: "$H/.config/go/env" },
    clear: "fix",
  },
  goenv: {
    plant: "su - $U -c 'go env -w GOPRIVATE=corp.example'; echo 'export GOENV=off' >>$H/.profile",
    hurts: {
      command: "grep -qs PRIVATE ~/.config/go/env || echo none; go env GOPRIVATE",
      well: /^(?:none|corp)/,
      ill: /^\nexit 0/,
    },
    found: { severity: "warning", says: /the 1 setting in .*\/go\/env does not count/, at: "$H/.profile:" },
    clear: "remedy",
  },
  "stored-settings": {
    plant: "su - $U -c 'go env -w GOAMD64=v4'",
    hurts: { command: "go env GOAMD64", well: /^v1$/m, ill: /^v4$/m },
    found: { severity: "info", says: /GOAMD64=v4/, at: "$H/.config/go/env" },
    clear: { advice: /go env -u GOAMD64/, done: "su - $U -c 'go env -u GOAMD64'" },
  },
  "environment-literal": {
    plant: `echo 'PATH="$PATH:/usr/local/go/bin"' >>/etc/environment`,
    hurts: {
      as: "root",
      command: "su nobody -s /bin/sh -c 'ls -d / && go version'",
      well: /go version go1/,
      ill: /not found/,
    },
    found: { severity: "warning", says: /\$PATH in PATH/, at: "/etc/environment:" },
    clear: "remedy",
    undo: "sed -i /PATH/d /etc/environment",
    alone: "It takes /usr/bin from PATH in every context that PAM begins.",
  },
  "profile-hidden": {
    plant:
      "sed -i '1i export GOPATH=$HOME/work' $H/.profile; echo 'umask 022' >$H/.bash_profile; chown $U: $H/.bash_profile",
    hurts: {
      command:
        "case $(go env GOPATH) in $(sed -n 's,^export GOPATH=$HOME,'$HOME',p' ~/.profile | grep . || echo $HOME/go)) echo well ;; *) echo ill ;; esac",
      well: /^well/,
      ill: /^ill/,
    },
    found: { severity: "warning", says: /\.bash_profile hides .*\.profile/, at: "$H/.profile:1" },
    clear: "remedy",
  },
  "profile-order": {
    plant: `${otherGo("/opt/old-go")}; echo 'PATH="/opt/old-go/bin:$PATH"' >>$H/.profile`,
    hurts: version,
    found: { severity: "warning", says: /\/opt\/old-go\/bin in front after line \d+ has read/, at: "$H/.profile:" },
    clear: "remedy",
    undo: "rm -rf /opt/old-go",
  },
  "profile-d-later": {
    plant: `${otherGo("/opt/old-go")}; echo 'export PATH=/opt/old-go/bin:$PATH' >/etc/profile.d/vendor-go.sh`,
    hurts: { as: "root", ...version, command: "env -i HOME=/nowhere PATH=/usr/bin:/bin sh -lc 'go version'" },
    found: { severity: "warning", says: /puts \/opt\/old-go\/bin in front/, at: "/etc/profile.d/vendor-go.sh:1" },
    clear: "remedy",
    undo: "rm -rf /opt/old-go /etc/profile.d/vendor-go.sh",
  },
  "rc-duplicates": {
    plant: "for i in 1 2; do echo 'export PATH=$PATH:$HOME/go/bin' >>$H/.profile; done",
    hurts: {
      command: "echo $PATH | tr : '\\n' | sort | uniq -d",
      well: /^(?!.*go\/bin)/,
      ill: /go\/bin/,
    },
    found: { severity: "info", says: /says the same as line/, at: "$H/.profile:" },
    clear: "remedy",
  },
  "rc-unreachable": {
    plant: "sed -i '1i return\\nexport GOPRIVATE=corp.example' $H/.profile",
    hurts: {
      command: 'grep -q GOPRIVATE= ~/.profile && [ -z "$(go env GOPRIVATE)" ] && echo ill || echo well',
      well: /^well/,
      ill: /^ill/,
    },
    found: { severity: "warning", says: /lines? [\d, ]+ of .* never run: line \d+/, at: "$H/.profile:" },
    clear: {
      advice: /move lines? [\d, ]+ .* above line \d+, or delete/,
      done: "sed -i '/^return$/,/GOPRIVATE/d' $H/.profile",
    },
  },
  "rc-exec": {
    plant: "sed -i '1i exec /bin/sh' $H/.bashrc",
    hurts: { ...version, ill: /^exit 0/ },
    found: { severity: "warning", says: /ends the file before readygo's block/, at: "$H/.bashrc:1" },
    clear: { advice: /move line 1/, done: "sed -i 1d $H/.bashrc" },
  },
  "gopath-src": {
    plant:
      "su - $U -c 'mkdir -p go/src/hello && cd go/src/hello && rm -f go.mod && printf \"package main\\n\\nfunc main() {}\\n\" >main.go && go env -w GO111MODULE=off'",
    hurts: {
      command: "mkdir -p ~/go/src/hello && cd ~/go/src/hello && { [ -e go.mod ] || go mod init hello; }; go list -m",
      well: /^hello$/m,
      ill: /GO111MODULE=off/,
    },
    found: { severity: "warning", says: /go\/src\/hello .*no go\.mod/, at: "$H/go/src/hello" },
    clear: {
      advice: /go mod init/,
      done: "su - $U -c 'cd go/src/hello && GO111MODULE=on go mod init hello && go env -u GO111MODULE'",
    },
  },
  "gobin-not-on-path": {
    plant: "su - $U -c 'mkdir -p go/bin && cp /bin/true go/bin/my-tool'",
    hurts: {
      command: "[ ! -e ~/go/bin/my-tool ] || my-tool",
      well: /^exit 0/,
      ill: /command not found/,
    },
    found: { severity: "info", says: /my-tool, and is on no PATH/, at: "$H/go/bin" },
    clear: "remedy",
  },
  "service-home": {
    plant:
      "mkdir -p /opt/hello && cd /opt/hello && printf 'package main\\n\\nfunc main() {}\\n' >main.go && printf '[Service]\\nWorkingDirectory=/opt/hello\\nExecStart=/usr/local/go/bin/go vet main.go\\n' >/etc/systemd/system/hello.service",
    hurts: {
      as: "root",
      // As systemd starts it.
      command:
        "cd /opt/hello 2>/dev/null || exit 0; unit=/etc/systemd/system/hello.service; env -i PATH=/usr/local/bin:/usr/bin $(sed -n 's/^Environment=//p' $unit) $(sed -n 's/^ExecStart=//p' $unit)",
      well: /^exit 0/,
      ill: /build cache is required/,
    },
    found: { severity: "info", says: /hello\.service runs go/, at: "/etc/systemd/system/hello.service:3" },
    clear: {
      advice: /Environment=HOME=\/root/,
      done: "sed -i 's/^.Service.$/&\\nEnvironment=HOME=\\/root/' /etc/systemd/system/hello.service",
    },
    undo: "rm -rf /opt/hello /etc/systemd/system/hello.service",
  },
} as const satisfies Readonly<Record<string, Plant>>;
