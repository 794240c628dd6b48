#!/bin/sh
# From a checkout to a verified Go: installs what the build needs, builds readygo, runs `readygo install`.
# Arguments go to `readygo install`:  ./scripts/bootstrap.sh 1.26 --source goproxy=https://proxy.example
# One function, called at the last line: a script that was cut off in transit does nothing.
set -eu

bootstrap() {
  here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
  cd "$here"
  if ! command -v npm >/dev/null 2>&1; then
    say "installing npm with apt-get"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null
  fi
  if ! is_built; then
    "$here/scripts/install-modules.sh" >&2
    say "building dist/readygo.mjs"
    npm run --silent build >&2
  fi
  # Only this needs root; what was built belongs to who built it.
  as_root "$here/node_modules/.bin/node" "$here/dist/readygo.mjs" install "$@"
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
    return
  fi
  command -v sudo >/dev/null 2>&1 || fail "root is needed to write /usr/local, /etc and /var/lib, and there is no sudo" "run it as root"
  [ -t 0 ] || sudo -n true 2>/dev/null || fail "sudo wants a password, and there is no terminal to ask on" "run it as root"
  sudo --preserve-env=GOPROXY,HTTP_PROXY,HTTPS_PROXY,NO_PROXY,http_proxy,https_proxy,no_proxy "$@"
}

is_built() {
  [ -x node_modules/.bin/node ] && [ -f dist/readygo.mjs ] || return 1
  newer=$(find src manifests scripts/build.ts package-lock.json -newer dist/readygo.mjs -print | head -n 1)
  [ -z "$newer" ]
}

say() {
  echo "bootstrap: $1" >&2
}

fail() {
  echo "bootstrap: $1" >&2
  echo "  hint: $2" >&2
  exit 3
}

bootstrap "$@"
