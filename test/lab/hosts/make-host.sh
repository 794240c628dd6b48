#!/bin/bash
# Runs as process 1 of fresh namespaces (see throw-away-host.ts) and turns into an idle init of a new root.
# Everything is mounted inside this private mount namespace: when process 1 ends, the kernel takes it all away.
#
#   LAB_MOUNT      an empty directory that all hosts use as their mount point, each in its own namespace
#   LAB_LOWER      the root to start from
#   LAB_OPTIONS    further options of the overlay
#   LAB_SIZE       size of the writable layer, as tmpfs takes it
#   LAB_HOSTNAME   name of the host
#   LAB_WITHOUT    paths that must not exist in the host, one a line
#   LAB_FRESH_PEOPLE "yes": none of the lower layer's people and homes; /root starts with the distribution's own files
#   LAB_BINDS      read-only binds, FROM<tab>TO, one a line
#   LAB_LOOPBACK   "yes": bring the loopback interface up
set -euo pipefail

# An upper directory shadows the owner, mode and time of the lower one, so it starts as its likeness.
shadow_directory() {
  local path=$1 parent
  [ -d "$up$path" ] && return
  parent=$(dirname "$path")
  [ "$parent" = / ] || shadow_directory "$parent"
  mkdir "$up$path"
  chown --reference="$LAB_LOWER$path" "$up$path"
  chmod --reference="$LAB_LOWER$path" "$up$path"
  touch --reference="$LAB_LOWER$path" "$up$path"
}

# A character device 0:0 in the upper layer is overlayfs's mark for "removed"; making the mark beforehand spares
# removing 16,000 files one by one.
white_out() {
  if [ -e "$LAB_LOWER$1" ] || [ -L "$LAB_LOWER$1" ]; then
    shadow_directory "$(dirname "$1")"
    mknod "$up$1" c 0 0
    # A shadow's time must not tell that something was taken away.
    touch --reference="$LAB_LOWER$(dirname "$1")" "$up$(dirname "$1")"
  fi
}

# What root did on this machine with useradd and chsh is no part of a fresh host.
forget_people() {
  local file
  awk -F: '$3 >= 1000 && $3 < 65534 { print $1 }' "$root/etc/passwd" >"$LAB_MOUNT/people"
  for file in passwd shadow group gshadow subuid subgid; do
    [ -f "$root/etc/$file" ] || continue
    awk -F: 'FILENAME == ARGV[1] { gone[$1]; next } !($1 in gone)' "$LAB_MOUNT/people" "$root/etc/$file" >"$LAB_MOUNT/kept"
    cat "$LAB_MOUNT/kept" >"$root/etc/$file"
  done
  sed --in-place 's|^\(root:.*:\)[^:]*$|\1/bin/bash|' "$root/etc/passwd"
  rm -f "$LAB_MOUNT/people" "$LAB_MOUNT/kept"
}

LAB_LOWER=${LAB_LOWER%/}
mount -t tmpfs -o "size=$LAB_SIZE,mode=0755" lab "$LAB_MOUNT"
up=$LAB_MOUNT/up root=$LAB_MOUNT/root
mkdir "$up" "$LAB_MOUNT/work" "$root"
chmod --reference="$LAB_LOWER/" "$up"
while IFS= read -r path; do
  [ -z "$path" ] || white_out "$path"
done <<<"$LAB_WITHOUT"
if [ "$LAB_FRESH_PEOPLE" = yes ]; then
  shopt -s nullglob dotglob
  for entry in "$LAB_LOWER"/root/* "$LAB_LOWER"/home/*; do white_out "${entry#"$LAB_LOWER"}"; done
  shopt -u nullglob dotglob
fi
mount -t overlay overlay -o "lowerdir=$LAB_LOWER/,upperdir=$up,workdir=$LAB_MOUNT/work,volatile,$LAB_OPTIONS" "$root"
if [ "$LAB_FRESH_PEOPLE" = yes ]; then
  forget_people
  for name in bashrc profile; do
    if [ -f "$root/usr/share/base-files/dot.$name" ]; then cp "$root/usr/share/base-files/dot.$name" "$root/root/.$name"; fi
  done
fi

mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs -o mode=0755,size=1m dev "$root/dev"
for node in null:3 zero:5 full:7 random:8 urandom:9; do mknod -m 0666 "$root/dev/${node%:*}" c 1 "${node#*:}"; done
mknod -m 0666 "$root/dev/tty" c 5 0
ln -s /proc/self/fd "$root/dev/fd"
for stream in stdin:0 stdout:1 stderr:2; do ln -s "/proc/self/fd/${stream#*:}" "$root/dev/${stream%:*}"; done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
mount -t tmpfs -o mode=1777 tmp "$root/tmp"
mount -t tmpfs -o mode=0755 run "$root/run"

while IFS=$'\t' read -r from to; do
  [ -n "$from" ] || continue
  if [ -d "$from" ]; then
    mkdir -p "$root$to"
  else
    mkdir -p "$(dirname "$root$to")"
    touch "$root$to"
  fi
  mount --bind "$from" "$root$to"
  mount -o remount,bind,ro "$root$to"
done <<<"$LAB_BINDS"

hostname "$LAB_HOSTNAME"
if [ "$LAB_LOOPBACK" = yes ]; then ip link set lo up; fi

cd "$root"
mkdir -p .lab-old
pivot_root . .lab-old
cd /
# In a chroot that leaves the old root at the top of this mount namespace, and whoever enters it by its file, as a
# command in the host may, is on the machine itself.
if ! nsenter --mount=/proc/1/ns/mnt -- test -d /.lab-old; then
  echo "this is a chroot, which a command in the host would leave: give the tests a root by pivot_root" >&2
  exit 1
fi
umount -l /.lab-old
rmdir /.lab-old
echo ready >&3
exec 3>&- </dev/null >/dev/null 2>&1
# With SIGCHLD ignored the kernel reaps orphans itself, so that `sleep` serves as an init.
trap '' CHLD
exec env -i PATH=/usr/bin:/bin sleep infinity
