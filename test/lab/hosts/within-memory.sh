#!/bin/sh
# Runs a command, and all that it starts, in a cgroup of its own with a limit to its memory: page cache counts, swap is
# none. Says on stderr what it needed and how often the kernel had to kill. Runs in a throw-away host, as root.
#
#   within-memory.sh NAME MIB COMMAND...    NAME: `readygo-lab-PID-N`
set -eu

name=$1 bytes=$(($2 * 1024 * 1024))
shift 2
at=$(mktemp -d /run/memory.XXXXXX)
# Version 1's hierarchy, or version 2's: a controller is in one of them.
if mount -t cgroup -o memory memory "$at" 2>/dev/null; then
  limit=memory.limit_in_bytes peak=memory.max_usage_in_bytes kills=memory.oom_control
else
  mount -t cgroup2 cgroup2 "$at"
  echo +memory >"$at/cgroup.subtree_control"
  limit=memory.max peak=memory.peak kills=memory.events
fi
group=$at/$name
mkdir "$group"
echo "$bytes" >"$group/$limit"
for swap in memory.memsw.limit_in_bytes:$bytes memory.swap.max:0; do
  [ ! -e "$group/${swap%:*}" ] || echo "${swap#*:}" >"$group/${swap%:*}"
done
status=0
# shellcheck disable=SC2016 # for the shell that becomes the command
sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group" "$@" || status=$?
echo "memory: peak $(cat "$group/$peak") $(grep '^oom_kill ' "$group/$kills")" >&2
# What the command left running would hold it: the host's end takes that away.
rmdir "$group" || true
umount "$at"
exit "$status"
