#!/bin/sh
# From nothing to a verified Go. Arguments go to `readygo install`.
#
# In a checkout it installs what the build needs, builds readygo, puts it at /usr/local/bin/readygo and runs that:
#   ./scripts/bootstrap.sh 1.26 --source goproxy=https://proxy.example
# As `npm run release -- --base URL` writes it, it puts the released readygo at /usr/local/bin/readygo and runs that:
#   curl -fsSL URL/bootstrap.sh | sh -s -- 1.26
# There, --dry-run says what would be done, READYGO_BASE names a mirror, and --proxy, --noproxy and --ca-file hold for the download too.
#
# The braces make it one command: a shell that has received a part of it finds no end of it and does nothing.
{
set -eu

# `npm run release` fills these in. Keys: what signs SHA256SUMS, of this script too (minisign -P). Files: architecture, form,
# bytes, SHA-256; the smallest form of each comes first.
release_version=''
release_base=''
release_keys=''
release_files=''

place=/usr/local/bin/readygo
scratch=''

bootstrap() {
  if [ -n "$release_files" ]; then from_release "$@"; else from_checkout "$@"; fi
}

from_checkout() {
  [ -f "$0" ] || fail 2 "this copy has no release in it, and lies in no checkout" "take bootstrap.sh from a release"
  here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
  cd "$here"
  is_built || build_here
  # Only this needs root; what was built belongs to who built it.
  need_root
  binary=$(sha256sum dist/readygo | cut -d ' ' -f 1)
  if ! is_there; then
    make_scratch
    as_root cp dist/readygo "$scratch/readygo"
    move_in_place
  fi
  as_root "$place" install "$@"
}

build_here() {
  if ! command -v npm >/dev/null 2>&1; then
    say "installing npm with apt-get"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null
  fi
  # npm would keep what V8 compiled of it in /tmp.
  export NODE_DISABLE_COMPILE_CACHE=1
  "$here/scripts/install-modules.sh" >&2
  say "building readygo"
  npm run --silent build -- --single-file >&2
}

is_built() {
  [ -x dist/readygo ] || return 1
  newer=$(find src manifests scripts/build.ts scripts/build package-lock.json -newer dist/readygo -print | head -n 1)
  [ -z "$newer" ]
}

from_release() {
  is_dry='' proxy='' ca_file='' before=''
  # Each word goes from the front to the back, but --dry-run.
  for word do
    shift
    case $before in
      --proxy) proxy=$word ;;
      --noproxy) export no_proxy="$word" NO_PROXY="$word" ;;
      --ca-file) ca_file=$word ;;
    esac
    case $word in
      --dry-run) is_dry=yes before='' && continue ;;
      --proxy=*) proxy=${word#*=} ;;
      --noproxy=*) export no_proxy="${word#*=}" NO_PROXY="${word#*=}" ;;
      --ca-file=*) ca_file=${word#*=} ;;
    esac
    before=$word
    set -- "$@" "$word"
  done
  base=${READYGO_BASE:-$release_base}
  base=${base%/}
  # Without a password in it.
  shown=$(printable "$base" | sed 's|//.*@|//|')
  case $base in
    http://* | https://*) ;;
    '') fail 2 "it is not known where readygo is served from" "READYGO_BASE=https://HOST/PATH sh bootstrap.sh" ;;
    *) fail 2 "not an http or https address: $shown" "READYGO_BASE=https://HOST/PATH" ;;
  esac
  architecture=$(dpkg --print-architecture 2>/dev/null) || fail 3 "there is no dpkg: this is no Ubuntu" "use one"
  binary=$(sum_of binary)
  [ -n "$binary" ] || fail 3 "there is no readygo for $architecture" "amd64 and arm64 have one"
  choose_form
  if is_there; then
    say "readygo $release_version is at $place"
  elif is_newer; then
    say "readygo $found is at $place, newer than $release_version: it stays"
  else
    [ -n "$is_dry" ] || need_root
    need_downloader
    if [ -n "$is_dry" ]; then
      say "would fetch $shown/$file ($bytes bytes, sha256 $packed) with ${downloader:-curl}"
      say "would put readygo $release_version at $place (sha256 $binary)"
    else
      put_in_place
    fi
  fi
  if [ -n "$is_dry" ]; then
    say "$shown/SHA256SUMS is signed by ${release_keys:-nobody}"
    say "would run $place install $(printable "$*" | sed 's|//[^ ]*@|//|g')"
  else
    need_root
    # From now on stdin is not this script.
    as_root "$place" install "$@" </dev/null
  fi
}

# The sum of one form for this architecture.
sum_of() {
  echo "$release_files" | while read -r of form _ sum; do
    if [ "$of" = "$architecture" ] && [ "$form" = "$1" ]; then echo "$sum"; fi
  done
}

# The first form that this host can unpack: file, bytes, packed (its sum), and the command that unpacks it. A minimal
# Ubuntu has no xz, but dpkg-deb, which can unpack it.
choose_form() {
  unpack='' file=''
  while read -r of form size sum; do
    if [ "$of" != "$architecture" ] || [ -n "$unpack" ]; then continue; fi
    case $form in
      zst) tools=zstd ;;
      xz) tools='xz dpkg-deb' ;;
      gz) tools=gzip ;;
      *) continue ;;
    esac
    for tool in $tools; do
      if command -v "$tool" >/dev/null 2>&1; then unpack=$tool && break; fi
    done
    [ -z "$unpack" ] || file=readygo-linux-$architecture.$form bytes=$size packed=$sum
  done <<FILES
$release_files
FILES
  [ -n "$unpack" ] || fail 3 "neither zstd, xz nor gzip is there to unpack readygo" "apt-get install gzip"
}

# The released bytes, in a file that only root can have put there, and can write before it is run.
is_there() {
  is_of_root && has_sum "$binary" "$place"
}

is_of_root() {
  [ -f "$place" ] && [ ! -L "$place" ] && [ -x "$place" ] || return 1
  case $(stat -c '%u %A' "$place") in
    '0 -'????-??-?) ;;
    *) return 1 ;;
  esac
}

# One that self-update has brought since: a machine whose user-data has this script in it does not go back at each boot.
is_newer() {
  is_of_root || return 1
  found=$("$place" --version 2>/dev/null </dev/null | head -n 1 | cut -d ' ' -f 1)
  case $found in
    '' | *[!0-9.]* | "$release_version") return 1 ;;
  esac
  [ "$(printf '%s\n' "$found" "$release_version" | sort -V | tail -n 1)" = "$found" ]
}

has_sum() {
  [ "$(sha256sum "$2" 2>/dev/null | cut -d ' ' -f 1)" = "$1" ]
}

need_downloader() {
  downloader=''
  for tool in curl wget; do
    if command -v "$tool" >/dev/null 2>&1; then downloader=$tool && return; fi
  done
  if [ -n "$is_dry" ]; then
    say "would install curl and ca-certificates with apt-get: neither curl nor wget is here"
    return
  fi
  say "installing curl and ca-certificates with apt-get: neither curl nor wget is here"
  set -- -q -o Acquire::Retries=3 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 -o DPkg::Lock::Timeout=120
  [ -z "$proxy" ] || set -- "$@" -o "Acquire::http::Proxy=$proxy" -o "Acquire::https::Proxy=$proxy"
  [ -z "$ca_file" ] || set -- "$@" -o "Acquire::https::CaInfo=$ca_file"
  as_root timeout 300 apt-get "$@" update </dev/null >&2 || fail 4 "apt-get update failed" "install curl, then run this again"
  as_root env DEBIAN_FRONTEND=noninteractive timeout 600 apt-get "$@" install -y --no-install-recommends curl ca-certificates \
    </dev/null >&2 || fail 4 "curl could not be installed" "install curl, then run this again"
  downloader=curl
}

# By $1 from $2 to $3, in the shell that root's redirection needs. What dpkg-deb unpacks is a package: an ar (deb(5)) whose
# last member is the file. The size of an xz file is a multiple of four (its specification, 2.1), so none needs padding.
# shellcheck disable=SC2016 # as said
unpacking='
  exec >"$3"
  [ "$1" = dpkg-deb ] || exec "$1" -dc <"$2"
  member() { printf "%-16s%-12s%-6s%-6s%-8s%-10s\140\n" "$1" 0 0 0 100644 "$2"; }
  {
    printf "!<arch>\n"
    member debian-binary 4
    printf "2.0\n"
    member control.tar 0
    member data.tar.xz "$(wc -c <"$2")"
    cat "$2"
  } | dpkg-deb --fsys-tarfile -
'

# Beside its place, in a directory of root's alone: nobody else can change what was checked.
make_scratch() {
  as_root mkdir -p "${place%/*}"
  scratch=$(as_root mktemp -d "$place.XXXXXXXX")
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

put_in_place() {
  make_scratch
  say "fetching $shown/$file ($bytes bytes)"
  download "$base/$file" "$scratch/$file" || fail 4 "$shown/$file could not be fetched" "$hint"
  must_have_sum "$packed" "$scratch/$file"
  as_root sh -c "$unpacking" sh "$unpack" "$scratch/$file" "$scratch/readygo" ||
    fail 6 "$unpack could not unpack $file" "free 200 MB below ${place%/*}"
  move_in_place
}

move_in_place() {
  must_have_sum "$binary" "$scratch/readygo"
  as_root chmod 0755 "$scratch/readygo"
  as_root mv -fT "$scratch/readygo" "$place" || fail 6 "$place could not be written" "remove what is there"
  clean_up
}

# To $2, with bounds: 10 s for a connection, 30 s without a byte, 15 minutes in all, and what was released in bytes.
download() {
  hint="set READYGO_BASE or --proxy; for plain https without CA certificates: apt-get install ca-certificates, or --ca-file"
  authorities=''
  if [ -n "$ca_file" ]; then
    authorities=$scratch/authorities.pem
    # shellcheck disable=SC2016 # as above
    as_root sh -c 'cat "$1" /etc/ssl/certs/ca-certificates.crt 2>/dev/null >"$2"; [ -s "$2" ]' sh "$ca_file" "$authorities" ||
      fail 2 "$ca_file cannot be read" "--ca-file FILE.pem"
  fi
  if [ "$downloader" = curl ]; then
    set -- --fail --silent --show-error --location --retry 3 --retry-delay 1 --retry-connrefused \
      --connect-timeout 10 --speed-limit 1 --speed-time 30 --max-time 900 --max-filesize "$bytes" --output "$2" "$1"
    [ -z "$proxy" ] || set -- --proxy "$proxy" "$@"
    [ -z "$authorities" ] || set -- --cacert "$authorities" "$@"
  else
    set -- --quiet --tries=4 --waitretry=1 --retry-connrefused --connect-timeout=10 --read-timeout=30 --output-document="$2" "$1"
    [ -z "$proxy" ] || set -- -e use_proxy=yes -e "http_proxy=$proxy" -e "https_proxy=$proxy" "$@"
    [ -z "$authorities" ] || set -- "--ca-certificate=$authorities" "$@"
  fi
  # wget has no bound of its own, and curl's holds for what a server says beforehand. In blocks of 512 bytes; a larger
  # write then fails, where the signal would kill and leave a core.
  # shellcheck disable=SC2016 # as above
  as_root sh -c 'trap "" XFSZ; ulimit -f "$1"; shift; exec timeout 960 "$@"' sh "$((bytes / 512 + 1))" "$downloader" "$@" </dev/null
}

must_have_sum() {
  sum=$(as_root sha256sum "$2" </dev/null | cut -d ' ' -f 1)
  [ "$sum" = "$1" ] && return
  say "  expected  sha256:$1"
  say "  received  sha256:$sum"
  fail 5 "${2##*/} is not what was released; nothing was run" "something on the way rewrites downloads: try another network, or READYGO_BASE"
}

clean_up() {
  [ -z "$scratch" ] || as_root rm -rf "$scratch"
  scratch=''
}

need_root() {
  if [ "$(id -u)" -eq 0 ]; then return; fi
  command -v sudo >/dev/null 2>&1 || fail 3 "root is needed to write /usr/local, /etc and /var/lib, and there is no sudo" "run it as root"
  sudo -n true 2>/dev/null && return
  # sudo asks on the terminal itself; stdin may be this script.
  if [ -t 2 ] && (: </dev/tty) 2>/dev/null; then return; fi
  fail 3 "sudo wants a password, and there is no terminal to ask on" "run it as root"
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
    return
  fi
  need_root
  sudo --preserve-env=GOPROXY,HTTP_PROXY,HTTPS_PROXY,ALL_PROXY,NO_PROXY,http_proxy,https_proxy,all_proxy,no_proxy,CURL_CA_BUNDLE,SSL_CERT_FILE,NODE_EXTRA_CA_CERTS "$@"
}

say() {
  printf 'bootstrap: %s\n' "$(printable "$1")" >&2
}

# Without control characters, which a terminal would obey: C0 and DEL, then C1 in UTF-8, once more where taking one away
# makes another. Not by echo, which makes them of backslashes in dash.
printable() {
  printf '%s' "$1" | LC_ALL=C tr -d '\000-\037\177' | LC_ALL=C sed ':again; s/\o302[\o200-\o237]//; t again'
}

# Exit status as readygo's own, what is wrong, what helps.
fail() {
  say "$2"
  printf '  hint: %s\n' "$(printable "$3")" >&2
  exit "$1"
}

bootstrap "$@"
}
