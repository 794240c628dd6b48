#!/bin/bash
# Installs what package-lock.json names into node_modules, once for each state of that file, with whatever npm there is.
# Afterwards node_modules/.bin/node is the Node that readygo is built, tested and shipped with.
set -euo pipefail

main() {
  cd "$(dirname "${BASH_SOURCE[0]}")/.."
  local stamp=node_modules/.readygo-lock lock cpu
  lock=$(sha256sum <package-lock.json)
  if [ "$(cat "$stamp" 2>/dev/null)" = "$lock" ] && [ -x node_modules/.bin/node ]; then return; fi
  case $(uname -m) in
    x86_64) cpu=x64 ;;
    aarch64) cpu=arm64 ;;
    *) echo "install-modules.sh: no Node for $(uname -m) is pinned" >&2 && exit 3 ;;
  esac
  echo "installing the npm packages of package-lock.json" >&2
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  # npm leaves out an optional package (here: the native half of rolldown and oxlint) that the Node it runs on is too old
  # for, without a word; so npm has to run on the pinned Node, which comes first. Debian 12's own is 18.
  if ! runs_on_new_node; then
    local node=node-linux-$cpu version
    version=$(pinned "$node")
    # From a folder of its own: with --prefix npm would look for its settings, a company's CA among them, there too.
    echo '{}' >"$scratch/package.json"
    (cd "$scratch" && npm install --no-save --no-audit --no-fund --update-notifier=false --loglevel=error "$node@$version" >&2)
    # npm looks for the machine's settings beside the Node that it runs on: it is told where they are.
    NPM_CONFIG_GLOBALCONFIG=$(npm config get globalconfig)
    export NPM_CONFIG_GLOBALCONFIG PATH="$scratch/node_modules/$node/bin:$PATH" NODE_NO_WARNINGS=1
  fi
  # The versions and hashes of the lock file, which --no-save leaves as it is. Not `npm ci`: that refuses a lock file
  # that lacks other platforms' optional packages, and not every registry carries those.
  npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  # npm 9 and 10 take the link away with the other architecture's package, whose command has the same name.
  [ -x node_modules/.bin/node ] || ln -sf "../node-linux-$cpu/bin/node" node_modules/.bin/node
  echo "$lock" >"$stamp"
}

runs_on_new_node() {
  local major
  major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\).*/\1/p')
  [ "${major:-0}" -ge 22 ]
}

# The version that package.json names for a package: versions there are exact.
pinned() {
  sed -n "s/^ *\"$1\": \"\([0-9.]*\)\".*/\1/p" package.json
}

main "$@"
