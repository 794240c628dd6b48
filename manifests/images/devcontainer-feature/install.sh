#!/bin/sh
# Run as root while the container's image is made, with the feature's options in capitals and the account that will work there.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
exec sh "$here/bootstrap.sh" "${VERSION:-latest}" --user "${_REMOTE_USER:-root}"
