#!/bin/sh
# An image layer (OCI) with a proven Go release, made without a container: make-layer.sh VERSION FILE.tar [OPTION of install …]
# The same release gives the same bytes. Prints its digest as the image's configuration names it (diff_id).
set -eu
umask 022
[ $# -ge 2 ] || {
  echo "usage: make-layer.sh VERSION FILE.tar [OPTION …]" >&2
  exit 2
}
version=$1 layer=$2
shift 2
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/etc/profile.d" "$root/root" "$root/run" "$root/usr/local/bin" "$root/var/lib"
echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
"${READYGO:-readygo}" install "$version" --root "$root" --arch "${ARCH:-$(dpkg --print-architecture)}" --no-rc "$@" >&2
# Without readygo's own state: it says when and where the tree was made.
tar --create --file "$layer" --directory "$root" --format=gnu --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner \
  etc/profile.d/readygo.sh usr/local/bin/go usr/local/bin/gofmt usr/local/go
echo "sha256:$(sha256sum "$layer" | cut -d ' ' -f 1)"
