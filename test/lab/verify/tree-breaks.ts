import type { BrokenInstallation } from "./broken-installation.ts";

const go = "/usr/local/go";
const tools = `${go}/pkg/tool/linux_amd64`;
const builds = { command: "cd /tmp && go build unicode/utf8", well: /^exit 0/ } as const;
const lists = { command: "cd /tmp && go list unicode/utf8", well: /^unicode\/utf8\nexit 0/ } as const;
const compiles = {
  command: "cd /tmp && GOCACHE=$(mktemp -d) go build unicode/utf8; rm -rf /tmp/tmp.*",
  well: /^exit 0/,
} as const;
const tells = { command: "go version", well: /go version go1\.26\.8/ } as const;
/** e_machine of the ELF header: 183 is arm64's. */
const makeForArm = (path: string): string =>
  String.raw`printf '\267\000' | dd of=${path} bs=1 seek=18 conv=notrunc status=none`;
const manifest = (says: RegExp) => ({ by: "tree-manifest", status: "fail", says }) as const;
const mine = { well: /^exit 1/, ill: /^mine/ } as const;

export const treeBreaks = {
  "a changed byte": {
    plant: `sed -i 's/^package utf8/package utf9/' ${go}/src/unicode/utf8/utf8.go`,
    hurts: { ...builds, ill: /found packages|utf9/ },
    found: manifest(/src\/unicode\/utf8\/utf8\.go \(content\)/),
    cure: "remedy",
  },
  "a file that was cut off": {
    plant: `truncate -s 100 ${go}/src/unicode/utf8/utf8.go`,
    hurts: { ...builds, ill: /expected 'package'|unexpected EOF|EOF|expected/ },
    found: manifest(/src\/unicode\/utf8\/utf8\.go \(size\)/),
    cure: "remedy",
  },
  "an older release's file": {
    plant: `printf 'package utf8\\n\\nfunc RuneLen(r rune) int { return 1 }\\n' >${go}/src/unicode/utf8/old.go`,
    hurts: { ...builds, ill: /redeclared in this block/ },
    found: manifest(/src\/unicode\/utf8\/old\.go \(added\)/),
    cure: "remedy",
  },
  "a package too many": {
    plant: `mkdir ${go}/src/mine && echo 'package mine' >${go}/src/mine/mine.go`,
    hurts: { command: "cd /tmp && go list mine", well: /is not in std/, ill: /^mine\nexit 0/ },
    found: manifest(/src\/mine \(added\)/),
    cure: "remedy",
  },
  "a package too few": {
    plant: `rm -r ${go}/src/unicode/utf8`,
    hurts: { ...lists, ill: /is not in std/ },
    found: manifest(/src\/unicode\/utf8 \(missing\)/),
    cure: "remedy",
  },
  "no compiler": {
    plant: `rm ${tools}/compile`,
    hurts: { ...compiles, ill: /no such tool "compile"|no such file/ },
    found: { by: "architecture", status: "fail", says: /linux_amd64\/compile is not there/ },
    cure: "remedy",
  },
  "a compiler of another architecture": {
    plant: makeForArm(`${tools}/compile`),
    hurts: { ...compiles, ill: /exec format error/ },
    found: { by: "architecture", status: "fail", says: /linux_amd64\/compile is for arm64/ },
    cure: "remedy",
  },
  "an assembler that is empty": {
    plant: `: >${tools}/asm`,
    hurts: { command: "go tool asm -V", well: /^asm version/, ill: /exec format error|fork\/exec|exit [12]/ },
    found: { by: "architecture", status: "fail", says: /linux_amd64\/asm is no program/ },
    cure: "remedy",
  },
  "another program in a tool's place": {
    plant: `cp ${go}/bin/gofmt ${tools}/vet`,
    hurts: {
      command: "mkdir -p v && cd v && printf 'module v\\n' >go.mod && echo 'package v' >v.go && go vet .",
      well: /^exit 0/,
      ill: /vet/,
    },
    found: manifest(/linux_amd64\/vet \((?:size|content)\)/),
    cure: "remedy",
  },
  "a go of another architecture": {
    plant: makeForArm(`${go}/bin/go`),
    hurts: { ...tells, ill: /Exec format error|cannot execute/ },
    found: { by: "architecture", status: "fail", says: /bin\/go is for arm64/ },
    cure: "remedy",
  },
  "a script in go's place": {
    plant: `mv ${go}/bin/go ${go}/bin/go.real && printf '#!/bin/sh\\necho go version go1.20 linux/amd64\\n' >${go}/bin/go && chmod 755 ${go}/bin/go`,
    hurts: { ...tells, ill: /go1\.20/ },
    found: { by: "architecture", status: "fail", says: /bin\/go is no program/ },
    cure: "remedy",
  },
  "a go that nobody may start": {
    plant: `chmod 0644 ${go}/bin/go`,
    hurts: { ...tells, ill: /denied|not found/ },
    found: manifest(/bin\/go \(mode\)/),
    cure: "remedy",
  },
  "a directory that nobody may enter": {
    plant: `chmod 0700 ${go}/src/unicode`,
    hurts: { ...lists, ill: /permission denied|not in std/ },
    found: manifest(/src\/unicode \(mode\)/),
    cure: "remedy",
  },
  "a file that is another's": {
    plant: `chown $U ${go}/src/unicode/utf8/utf8.go`,
    hurts: { command: `test -w ${go}/src/unicode/utf8/utf8.go && echo mine`, ...mine },
    found: manifest(/utf8\.go \(owner\)/),
    cure: "remedy",
  },
  "a go.env that was edited": {
    plant: `sed -i 's/^GOPROXY=.*/GOPROXY=off/' ${go}/go.env`,
    hurts: { command: "go env GOPROXY", well: /direct/, ill: /^off/ },
    found: manifest(/go\.env \(size\)/),
    cure: "remedy",
  },
  "another VERSION": {
    plant: `sed -i '1s/.*/go1.25.3/' ${go}/VERSION`,
    hurts: { command: `head -1 $(go env GOROOT)/VERSION`, well: /^go1\.26\.8/, ill: /^go1\.25\.3/ },
    found: { by: "version", status: "fail", says: /VERSION says go1\.25\.3, wanted go1\.26\.8/ },
    cure: "remedy",
  },
  "a tree that is elsewhere": {
    plant: `mv ${go} /opt/go-moved && ln -s /opt/go-moved ${go}`,
    hurts: { command: "go env GOROOT", well: /^\/usr\/local\/go\n/, ill: /^\/opt\/go-moved/ },
    found: manifest(/is no directory but a link/),
    cure: "remedy",
    undo: "rm -rf /opt/go-moved",
  },
  "no tree": {
    plant: `rm -rf ${go}`,
    hurts: { ...tells, ill: /not found/ },
    found: manifest(/\/usr\/local\/go is not there/),
    cure: "remedy",
  },
  "a directory above that everybody may write": {
    plant: "chmod 0777 /usr/local",
    hurts: { command: "test -w /usr/local && echo mine", ...mine },
    found: { by: "tree-path", as: "account", status: "fail", says: /\/usr\/local can be written by everybody/ },
    cure: "remedy",
    undo: "chown root:root /usr/local && chmod 0755 /usr/local",
  },
  "a directory above that is a group's": {
    plant: "usermod -aG staff $U; chgrp staff /usr/local && chmod 0775 /usr/local",
    hurts: { command: "test -w /usr/local && echo mine", ...mine },
    found: { by: "tree-path", as: "account", status: "fail", says: /\/usr\/local can be written by the group staff/ },
    cure: "remedy",
    undo: "chown root:root /usr/local && chmod 0755 /usr/local",
  },
  "a directory above that is a user's": {
    plant: "chown $U /usr/local",
    hurts: { command: "test -w /usr/local && echo mine", ...mine },
    found: { by: "tree-path", as: "account", status: "fail", says: /\/usr\/local can be written by its owner u\d+/ },
    cure: "remedy",
    undo: "chown root:root /usr/local && chmod 0755 /usr/local",
  },
  "a link that is gone": {
    plant: "rm /usr/local/bin/go",
    hurts: {
      command: "env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=$HOME go version",
      well: tells.well,
      ill: /such file/,
    },
    found: { by: "command-links", status: "fail", says: /\/usr\/local\/bin\/go of readygo's is gone/ },
    cure: "remedy",
  },
  "a link that leads elsewhere": {
    plant: "ln -sfn /bin/true /usr/local/bin/go",
    hurts: {
      command: "env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=$HOME go version",
      well: tells.well,
      ill: /^exit 0/,
    },
    found: { by: "command-links", status: "fail", says: /\/usr\/local\/bin\/go of readygo's/ },
    cure: "remedy",
  },
  "a file in a link's place": {
    plant: "rm /usr/local/bin/go && cp /bin/true /usr/local/bin/go",
    hurts: {
      command: "env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=$HOME go version",
      well: tells.well,
      ill: /^exit 0/,
    },
    found: { by: "command-links", status: "fail", says: /\/usr\/local\/bin\/go of readygo's/ },
    cure: "remedy",
    undo: "rm -f /usr/local/bin/go.before-readygo",
  },
} satisfies Readonly<Record<string, BrokenInstallation>>;
