#!/bin/bash
# Runs in a throw-away host (see booted-host.ts) and boots the machine at /lab/machine in a systemd container. It ends with
# the machine, and takes its cgroups away then.
#
#   boot-host.sh NAME [unified]    NAME: `readygo-lab-PID-N`, PID being the process of this machine that wants it;
#                                  unified: cgroups of version 2 alone
set -euo pipefail

name=$1
cgroups=${2:-all}

# The hierarchies that there are: systemd's own of cgroup v1, the one of v2, or both.
mount -t tmpfs -o mode=0755 cgroup /sys/fs/cgroup
hierarchies=()
if [ "$cgroups" = all ] && grep -q ':name=systemd:' /proc/self/cgroup; then
  mkdir /sys/fs/cgroup/systemd /sys/fs/cgroup/unified
  mount -t cgroup -o none,name=systemd systemd /sys/fs/cgroup/systemd
  mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified
  hierarchies=(/sys/fs/cgroup/systemd /sys/fs/cgroup/unified)
else
  umount /sys/fs/cgroup
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  hierarchies=(/sys/fs/cgroup)
fi

remove_cgroups() {
  local hierarchy
  for hierarchy in "${hierarchies[@]}"; do
    echo $$ >"$hierarchy/cgroup.procs"
    [ ! -d "$hierarchy/$name" ] || find "$hierarchy/$name" -depth -type d -exec rmdir {} \; 2>/dev/null || true
  done
  umount /run/systemd
  umount --recursive /sys/fs/cgroup
}
trap remove_cgroups EXIT
for hierarchy in "${hierarchies[@]}"; do
  mkdir "$hierarchy/$name"
  echo $$ >"$hierarchy/$name/cgroup.procs"
done
mkdir -p /run/systemd
mount -t tmpfs -o mode=0755 run /run/systemd

[ "$cgroups" = all ] || export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
systemd-nspawn --quiet --register=no --keep-unit --boot --machine=lab --directory=/lab/machine --bind-ro=/opt/readygo \
  --console=pipe </dev/null &
echo $! >/run/machine.pid
wait $!
