#!/bin/bash
# install.sh FOLDER: compiles versitygw, an S3-compatible store that checks signatures and checksums, into FOLDER, unless it is
# there. Exits with 77 when that is not possible here: without Go, or without a proxy of Go modules.
set -euo pipefail
version=v1.8.0
folder=$1

skip() { echo "large files in an S3-compatible store are not tested: $*"; exit 77; }
[[ ! -x $folder/versitygw || $(cat "$folder/installed" 2>/dev/null) != "$version" ]] || exit 0
go=$(command -v go || printf "%s\n" /usr/local/go/bin/go /usr/lib/go-*/bin/go | sed "/\*/d" | tail -n 1)
[[ -n $go ]] || skip "Go is not installed"

mkdir -p "$folder"
rm -f "$folder/installed"
if ! GOBIN=$(realpath "$folder") GOFLAGS='' nice "$go" install "github.com/versity/versitygw/cmd/versitygw@$version" >"$folder/log" 2>&1; then
  cat "$folder/log"
  ! grep -qE 'no such host|connection refused|connection reset|i/o timeout|network is unreachable|no route to host|requires go' \
    "$folder/log" || skip "no proxy of Go modules is reached, or this Go is too old"
  exit 1
fi
echo "$version" >"$folder/installed"
