#!/bin/bash
# Inside in-user-namespace.pl: ends the set-up of a foreign Debian root, or runs a command in a throw-away copy of it.
#   arm64-root.sh set-up ROOT
#   arm64-root.sh run ROOT SCRATCH BINDS COMMAND...      BINDS: FROM:TO, one a line
set -euo pipefail

# P: argv[0] stays, by which a shell knows that it is a login shell.
register() {
  mount --make-rprivate /
  mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
  local magic='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00'
  local mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
  echo ":qemu-aarch64:M::$magic:$mask:/usr/bin/qemu-aarch64-static:POCF" >/proc/sys/fs/binfmt_misc/register
}

set_up() {
  local root=$1
  register
  # No device can be made in a user namespace, and none is needed.
  mkdir -p "$root/usr/local/sbin"
  printf '#!/bin/sh\nfor a; do case $a in /*|./*) touch "$a" && exit ;; esac; done\n' >"$root/usr/local/sbin/mknod"
  chmod 755 "$root/usr/local/sbin/mknod"
  PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" /debootstrap/debootstrap --second-stage
  rm "$root/usr/local/sbin/mknod"
}

run_in() {
  local root=$1 scratch=$2 binds=$3 from to
  shift 3
  register
  mkdir -p "$scratch"
  mount -t tmpfs -o size=3g,mode=0755 lab "$scratch"
  mkdir "$scratch/up" "$scratch/work" "$scratch/root"
  local m=$scratch/root
  mount -t overlay overlay -o "lowerdir=$root,upperdir=$scratch/up,workdir=$scratch/work,userxattr" "$m"
  mount -t proc proc "$m/proc"
  mount -t tmpfs -o mode=0755,size=1m dev "$m/dev"
  for from in null zero full random urandom tty; do
    touch "$m/dev/$from"
    mount --bind "/dev/$from" "$m/dev/$from"
  done
  ln -s /proc/self/fd "$m/dev/fd"
  mkdir "$m/dev/shm"
  mount -t tmpfs tmp "$m/tmp"
  mount -t tmpfs run "$m/run"
  while IFS=: read -r from to; do
    if [ -d "$from" ]; then mkdir -p "$m$to"; else mkdir -p "$(dirname "$m$to")" && touch "$m$to"; fi
    mount --bind "$from" "$m$to"
  done <<<"$binds"
  ip link set lo up
  echo '127.0.0.1 localhost' >"$m/etc/hosts"
  # Served by this machine's own Node, outside the root and inside the network namespace.
  setpriv --pdeathsig KILL "$LAB_NODE" "$LAB_SERVER" "$LAB_SERVED" >"$LAB_REQUESTS" &
  until grep -q listening "$LAB_REQUESTS"; do sleep 0.1; done
  chroot "$m" /usr/bin/env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

case $1 in
  set-up) set_up "$2" ;;
  run) shift && run_in "$@" ;;
esac
