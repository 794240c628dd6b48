import type { Plant } from "./plant.ts";

interface Bringer {
  /** Where it puts its go, below the home unless absolute. */
  readonly go: string;
  /** The line that people have at the end of .profile and .bashrc; `~` is the home. */
  readonly line: string;
  /** A file that the line reads, and its text. */
  readonly reads?: readonly [file: string, text: string];
  /** What is removed by doing what the advice says. */
  readonly removed: string;
  readonly advice: RegExp;
}

/** An imitation of what the tool leaves on a host: its go, which says so, and its lines. The tools themselves are not here. */
function plantBringer({ go, line, reads, removed, advice }: Bringer) {
  const path = go.startsWith("/") ? go : `$H/${go}`;
  const file = reads === undefined ? "" : `mkdir -p $(dirname $H/${reads[0]}); echo '${reads[1]}' >$H/${reads[0]};`;
  return {
    plant: `mkdir -p $(dirname ${path}); printf '#!/bin/sh\\necho go version go1.21.0 linux/amd64\\n' >${path}; chmod 755 ${path}
      ${file} echo '${line}' | tee -a $H/.profile >>$H/.bashrc; chown -R $U: $H`,
    hurts: { command: "go version", well: /go1\.26\.8/, ill: /go1\.21\.0/ },
    found: { severity: "warning", says: / is the go of u\d+ in /, at: "$H/.bashrc:" },
    clear: {
      advice,
      // This line alone: another plant may have lines of its own there.
      done: `for f in $H/.profile $H/.bashrc; do grep -vxF '${line}' $f >$f.without; cat $f.without >$f; rm $f.without; done
        rm -rf ${removed}; grep -q '>>> readygo' $H/.bashrc || $R install $V --user $U --no-verify >/dev/null 2>&1`,
    },
  } as const satisfies Plant;
}

export const broughtPlants = {
  "conda-go": plantBringer({
    go: "miniconda3/bin/go",
    line: "export PATH=$HOME/miniconda3/bin:$PATH",
    removed: "$H/miniconda3",
    advice: /conda remove go/,
  }),
  "brew-go": plantBringer({
    go: "/home/linuxbrew/.linuxbrew/bin/go",
    line: "export PATH=/home/linuxbrew/.linuxbrew/bin:$PATH",
    removed: "/home/linuxbrew",
    advice: /brew unlink go/,
  }),
  "nix-go": plantBringer({
    go: ".nix-profile/bin/go",
    line: "export PATH=$HOME/.nix-profile/bin:$PATH",
    removed: "$H/.nix-profile",
    advice: /nix profile remove go/,
  }),
  "gvm-go": plantBringer({
    go: ".gvm/gos/go1.21.0/bin/go",
    line: '[[ -s "$HOME/.gvm/scripts/gvm" ]] && source "$HOME/.gvm/scripts/gvm"',
    reads: [".gvm/scripts/gvm", "export PATH=$HOME/.gvm/gos/go1.21.0/bin:$PATH"],
    removed: "$H/.gvm",
    advice: /gvm use system --default/,
  }),
  "goenv-go": plantBringer({
    go: ".goenv/shims/go",
    line: 'export GOENV_ROOT="$HOME/.goenv"; export PATH="$GOENV_ROOT/shims:$PATH"',
    removed: "$H/.goenv",
    advice: /goenv global system/,
  }),
  "asdf-go": plantBringer({
    go: ".asdf/shims/go",
    line: '. "$HOME/.asdf/asdf.sh"',
    reads: [".asdf/asdf.sh", "export PATH=$HOME/.asdf/shims:$PATH"],
    removed: "$H/.asdf",
    advice: /asdf set --home golang system/,
  }),
  "mise-go": plantBringer({
    go: ".local/share/mise/shims/go",
    line: 'export PATH="$HOME/.local/share/mise/shims:$PATH"',
    removed: "$H/.local",
    advice: /mise unuse --global go/,
  }),
  "vfox-go": plantBringer({
    go: ".version-fox/cache/golang/v-1.21.0/golang-1.21.0/bin/go",
    line: "vfox() { export PATH=$HOME/.version-fox/cache/golang/v-1.21.0/golang-1.21.0/bin:$PATH; }; vfox activate bash",
    removed: "$H/.version-fox",
    advice: /vfox unuse --global golang/,
  }),
  "proto-go": plantBringer({
    go: ".proto/shims/go",
    line: 'export PROTO_HOME="$HOME/.proto"; export PATH="$PROTO_HOME/shims:$PATH"',
    removed: "$H/.proto",
    advice: /proto uninstall go/,
  }),
  "aqua-go": plantBringer({
    go: ".local/share/aquaproj-aqua/bin/go",
    line: 'export PATH="$HOME/.local/share/aquaproj-aqua/bin:$PATH"',
    removed: "$H/.local",
    advice: /aqua\.yaml/,
  }),
  "g-go": plantBringer({
    go: ".g/go/bin/go",
    line: '[ -s "$HOME/.g/env" ] && . "$HOME/.g/env"',
    reads: [".g/env", "export PATH=$HOME/.g/go/bin:$PATH"],
    removed: "$H/.g",
    advice: /~\/\.g\/env/,
  }),
  "goup-go": plantBringer({
    go: ".go/current/bin/go",
    line: '. "$HOME/.go/env"',
    reads: [".go/env", "export PATH=$HOME/.go/current/bin:$PATH"],
    removed: "$H/.go",
    advice: /~\/\.go\/env/,
  }),
  "gobrew-go": plantBringer({
    go: ".gobrew/current/bin/go",
    line: 'export PATH="$HOME/.gobrew/current/bin:$HOME/.gobrew/bin:$PATH"',
    removed: "$H/.gobrew",
    advice: /~\/\.gobrew\/current\/bin/,
  }),
  "gimme-go": plantBringer({
    go: ".gimme/versions/go1.21.0.linux.amd64/bin/go",
    line: '. "$HOME/.gimme/envs/go1.21.0.env"',
    reads: [".gimme/envs/go1.21.0.env", "export PATH=$HOME/.gimme/versions/go1.21.0.linux.amd64/bin:$PATH"],
    removed: "$H/.gimme",
    advice: /~\/\.gimme\/envs/,
  }),
  "webi-go": plantBringer({
    go: ".local/opt/go/bin/go",
    line: 'export PATH="$HOME/.local/opt/go/bin:$PATH"',
    removed: "$H/.local",
    advice: /PATH\.env/,
  }),
  "update-golang-go": {
    plant: `mkdir -p /usr/local/go1.21.0.linux-amd64/bin; printf '#!/bin/sh\\necho go version go1.21.0 linux/amd64\\n' >/usr/local/go1.21.0.linux-amd64/bin/go
      chmod 755 /usr/local/go1.21.0.linux-amd64/bin/go
      echo 'export PATH=$PATH:/usr/local/go/bin ;# DOT NOT EDIT: installed by update-golang.sh' >/etc/profile.d/golang_path.sh`,
    hurts: {
      command: "/usr/local/go1.*/bin/go version; cat /etc/profile.d/golang_path.sh",
      well: /No such file/,
      ill: /go1\.21\.0[^]*update-golang/,
    },
    found: { severity: "info", says: /has a Go of update-golang/, at: "/etc/profile.d/golang_path.sh:1" },
    clear: {
      advice: /update-golang\.sh remove/,
      done: "rm -r /usr/local/go1.21.0.linux-amd64 /etc/profile.d/golang_path.sh",
    },
  },
} as const satisfies Readonly<Record<string, Plant>>;
