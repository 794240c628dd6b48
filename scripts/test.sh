#!/bin/bash
# Everything there is to check, on a fresh Debian 12 machine, as root: installs what is missing, builds, runs the static
# checks and all tests. The last line is `N passed, N failed, N skipped`. Arguments go to vitest:
#   ./scripts/test.sh test/unit/release
set -euo pipefail

# Command, and the package that brings it.
needed=(
  apt-ftparchive:apt-utils chromium:chromium curl:curl debootstrap:debootstrap eu-strip:elfutils fish:fish ip:iproute2
  minisign:minisign mkfs.btrfs:btrfs-progs npm:npm openssl:openssl perl:perl ps:procps
  setpriv:util-linux shellcheck:shellcheck strace:strace sudo:sudo tar:tar unshare:util-linux useradd:passwd xz:xz-utils zsh:zsh
)

main() {
  cd "$(dirname "${BASH_SOURCE[0]}")/.."
  if [ "$(id -u)" -ne 0 ]; then
    echo "test.sh: the tests make throw-away hosts out of namespaces: run this as root" >&2
    exit 2
  fi
  # Directories that a bare `su` or cron leaves out.
  export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
  # npm's and the compiler's would stay in /tmp.
  export NODE_DISABLE_COMPILE_CACHE=1
  install_packages
  scripts/install-modules.sh
  export PATH="$PWD/node_modules/.bin:$PATH"
  step "building dist/readygo.mjs"
  npm run --silent build
  step "static checks"
  npm run --silent check
  step "tests"
  run_tests "$@"
}

step() {
  echo "test.sh: $1"
}

install_packages() {
  local entry packages=()
  for entry in "${needed[@]}"; do
    command -v "${entry%%:*}" >/dev/null || packages+=("${entry#*:}")
  done
  [ -e /etc/ssl/certs/ca-certificates.crt ] || packages+=(ca-certificates)
  # The lab fetches and packs real releases with a Go of the machine's own; any will do, the distribution's too.
  command -v go >/dev/null || [ -x /usr/local/go/bin/go ] || packages+=(golang-go)
  [ ${#packages[@]} -gt 0 ] || return 0
  step "installing with apt-get: ${packages[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
}

run_tests() {
  local report status=0
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  report=$scratch/report.json
  # All of the lab is wanted: test/lab/suite/build-ahead.ts.
  [ $# -gt 0 ] || export READYGO_BUILD_AHEAD=1
  vitest run --reporter=default --reporter=json --outputFile.json="$report" "$@" || status=$?
  node scripts/lab/summarize-tests.ts "$report" "$status" || status=1
  exit "$status"
}

main "$@" </dev/null
