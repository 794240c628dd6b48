#!/bin/sh
# The action's one step: bootstrap.sh is beside it and has the hashes of all that it fetches.
set -eu
sh "$GITHUB_ACTION_PATH/bootstrap.sh" "${INPUT_GO_VERSION:-latest}"
echo /usr/local/go/bin >>"$GITHUB_PATH"
echo "go-version=$(/usr/local/go/bin/go env GOVERSION)" >>"$GITHUB_OUTPUT"
