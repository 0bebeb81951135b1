#!/bin/bash
# install.sh FOLDER: puts the provider and what it needs from npm into FOLDER, unless it is there. Exits with 77 when that
# is not possible here: without node and npm, or without a registry.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
folder=$1

skip() { echo "the real OpenID Connect provider is not tested: $*"; exit 77; }
command -v node >/dev/null && command -v npm >/dev/null || skip "node and npm are not installed"
[[ $(node --version) =~ ^v([0-9]+) && ${BASH_REMATCH[1]} -ge 18 ]] || skip "node is $(node --version), 18 is needed"

mkdir -p "$folder"
cp "$here"/{package.json,package-lock.json,provider.mjs} "$folder"
lock=$(sha256sum <"$here/package-lock.json")
[[ $(cat "$folder/installed" 2>/dev/null) != "$lock" ]] || exit 0

rm -f "$folder/installed"
if ! (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-timeout=30000) >"$folder/log" 2>&1; then
  cat "$folder/log"
  ! grep -qE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH' "$folder/log" ||
    skip "npm reaches no registry"
  exit 1
fi
echo "$lock" >"$folder/installed"
