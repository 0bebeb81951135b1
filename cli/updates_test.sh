#!/usr/bin/env bash
# Tests what `./causeway updates` decides, and the command on made-up lists. Usage: cli/updates_test.sh
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
updates=$root/cli/updates
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
day=86400

failures=0
check() { # check WHAT COMMAND...
  local what=$1
  shift
  if "$@"; then echo "ok    $what"; else echo "FAIL  $what"; failures=$((failures + 1)); fi
}
same() { [ "$1" = "$2" ] || { printf '      %s\n      instead of %s\n' "$1" "$2"; return 1; }; }

# --- versions of modules ---

semver() { jq -nr -L "$updates" --args "include \"semver\"; \$ARGS.positional | sort_by(semver) | join(\" \")" "$@"; }
check "versions sort as semver does" same \
  "$(semver v1.10.0 v1.9.9 v1.10.0-rc.1 v1.10.0-alpha.2 v0.0.0-20240101000000-abcdefabcdef v68.0.0+incompatible v2.0.0)" \
  "v0.0.0-20240101000000-abcdefabcdef v1.9.9 v1.10.0-alpha.2 v1.10.0-rc.1 v1.10.0 v2.0.0 v68.0.0+incompatible"

newer() { # newer VERSION KNOWN...
  jq -n --arg version "$1" '[{name: "m", $version}]' | jq -c -L "$updates" -f "$updates/newer.jq" \
    --argjson known "$(jq -n '[{Path: "m", Versions: $ARGS.positional}]' --args "${@:2}")"
}
check "the oldest newer release of the minor version is the fix, of a later one the next" same \
  "$(newer v1.2.3 v1.2.3 v1.2.10 v1.2.4 v1.10.0 v1.3.1 v1.3.0 v1.4.0-rc.1)" '[{"name":"m","version":"v1.2.3","fix":"v1.2.4","fixed":"v1.2.10","next":"v1.3.0","newest":"v1.10.0"}]'
check "pre-releases and older ones are not newer" same "$(newer v1.2.3 v1.2.2 v1.2.3 v1.2.4-rc.1 v1.3.0-beta.0)" "[]"
check "a pseudo-version is older than its release" same "$(newer v1.2.4-0.20240101000000-abcdefabcdef v1.2.3 v1.2.4)" \
  '[{"name":"m","version":"v1.2.4-0.20240101000000-abcdefabcdef","fix":"v1.2.4","fixed":"v1.2.4","next":null,"newest":null}]'

# --- advisories ---

cat >"$scratch/advisories.json" <<'END'
[{"id": "GO-2026-0001", "aliases": ["CVE-2026-1"], "summary": "Loops", "published": "2026-01-02T03:04:05.678Z", "affected": [
   {"package": {"name": "m", "ecosystem": "Go"}, "ranges": [{"type": "SEMVER", "events": [
     {"introduced": "0"}, {"fixed": "1.2.4"}, {"introduced": "1.3.0-0"}, {"fixed": "1.3.2"}]}]}]},
 {"id": "GO-2026-0002", "published": "2026-01-02T03:04:05Z", "affected": [
   {"package": {"name": "m"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "2.0.0"}]}]}]},
 {"id": "GO-2026-0003", "published": "2026-01-02T03:04:05Z", "withdrawn": "2026-01-03T00:00:00Z", "affected": [
   {"package": {"name": "m"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]}]}]
END
holding() { # holding VERSION
  jq -n --arg version "$1" '[{name: "m", $version}]' |
    jq -r -L "$updates" --slurpfile advisories "$scratch/advisories.json" -f "$updates/advisories.jq" | jq -r 'map("\(.id) \(.fixed)") | join(", ")'
}
check "an advisory holds before its fix, and names it" same "$(holding v1.2.3)" "GO-2026-0001 v1.2.4"
check "not in the fix, nor between two ranges" same "$(holding v1.2.4)$(holding v1.2.9)" ""
check "again in the second range" same "$(holding v1.3.1)" "GO-2026-0001 v1.3.2"
check "one without a fix says so; withdrawn ones do not hold" same "$(holding v2.1.0)" "GO-2026-0002 null"

# --- since when a package is missing ---

cat >"$scratch/changelog" <<'END'
p (2.0-1~deb12u2) bookworm-security; urgency=medium

  * A fix.

 -- A <a@localhost>  Thu, 08 Jan 2026 12:00:00 +0000

p (2.0-1~deb12u1) bookworm-security; urgency=high

  * Rebuild for bookworm. (Closes: #1)

 -- B (of C) <b@localhost>  Wed, 07 Jan 2026 12:00:00 +0100

p (2.0-1) unstable; urgency=medium

  * New upstream release.

 -- A <a@localhost>  Mon, 02 Jun 2025 12:00:00 +0000

p (1.0-1) unstable; urgency=medium

  * First.

 -- A <a@localhost>  Thu, 02 Jan 2020 12:00:00 +0000
END
missing() {
  (
    set +e
    export CAUSEWAY_ROOT=$root
    # shellcheck source=updates/packages.sh
    . "$updates/packages.sh"
    date -u -d "@$(missing_since "$1" <"$scratch/changelog")" +%FT%TZ
  )
}
check "time runs from the oldest version that is missing, in this release" same "$(missing 1.0-1)" "2026-01-07T11:00:00Z"
check "of those after the installed one" same "$(missing 2.0-1~deb12u1)" "2026-01-08T12:00:00Z"

# --- the verdict ---

# verdict JSON: what it adds to a day on which nothing is found; "n" days are seconds.
verdict() {
  jq -n --argjson day $day "{now: (1000 * \$day), exploited: [], components: [], packages: [], modules: [], follows: [], advisories: [], unasked: []} + ($1)" |
    jq -r -f "$updates/verdict.jq" | jq -r '"\(.code) \([.findings[] | "\(.name) \(.class)" + if .late then " LATE" else "" end] | join(", "))"'
}
package() { # package AGE SECURITY
  printf '{packages: [{name: "p", version: "1", newer: [{version: "3", security: false}, {version: "2", security: %s}], since: ((1000 - %s) * $day), since_from: "changelog"}]}' "$2" "$1"
}
check "nothing newer is fine" same "$(verdict '{}')" "0 "
check "a security update has 14 days" same "$(verdict "$(package 14 true)"), $(verdict "$(package 14.1 true)")" "0 p security, 1 p security LATE"
check "another one 60" same "$(verdict "$(package 60 false)"), $(verdict "$(package 60.1 false)")" "0 p fix, 1 p fix LATE"
source_of_p='components: [{kind: "deb", name: "p", version: "1", source: "s", images: ["base"]}]'
for name in p s; do
  check "what is exploited 3, named \"$name\"" same \
    "$(verdict "$(package 3 true) + {$source_of_p, exploited: [\"$name\"]}"), $(verdict "$(package 3.1 true) + {$source_of_p, exploited: [\"$name\"]}")" \
    "0 p exploited, 1 p exploited LATE"
done
module='name: "m", version: "v1.2.3", fixed: "v1.2.4", newest: "v1.3.0"'
check "a fix of a module has 60 days, a version 183" same \
  "$(verdict "{modules: [{$module, fix: \"v1.2.4\", fix_since: (939 * \$day), next: \"v1.3.0\", next_since: (817 * \$day)}]}")" "1 m fix LATE, m version"
check "and no more" same "$(verdict "{modules: [{$module, fix: null, next: \"v1.3.0\", next_since: (816 * \$day)}]}")" "1 m version LATE"
advisory='name: "m", version: "v1", id: "GO-2026-0001", aliases: ["CVE-2026-1"]'
check "an advisory is a security update" same "$(verdict "{advisories: [{$advisory, fixed: \"v2\", since: (985 * \$day)}]}")" "1 m security LATE"
check "exploited by its other name, too" same "$(verdict "{exploited: [\"CVE-2026-1\"], advisories: [{$advisory, fixed: \"v2\", since: (996 * \$day)}]}")" "1 m exploited LATE"
check "without a fix nothing can be late" same "$(verdict "{advisories: [{$advisory, fixed: null, since: 0}]}")" "0 m security"
check "what others chose is never late" same "$(verdict '{follows: [{name: "m", version: "v1", newest: "v2", since: 0}]}')" "0 "
check "what was not asked is a code of its own" same "$(verdict '{unasked: ["the archive"]}')" "2 "
check "as is a package that the archive does not have" same "$(verdict '{packages: [{name: "p", version: "1"}]}')" "2 "
check "or one newer since nobody knows when" same "$(verdict '{packages: [{name: "p", version: "1", newer: [{version: "2", security: true}], since: null, since_from: "lists"}]}')" \
  "2 p security"
check "late counts for more" same "$(verdict "$(package 15 true) + {unasked: [\"the proxy\"]}")" "1 p security LATE"

# --- the command: of lists that are old for ever ---

database=$scratch/database
mkdir -p "$scratch/sboms" "$database/index" "$database/ID"
printf '[{"path": "example.com/m", "vulns": [{"id": "GO-2026-0001", "fixed": "1.2.4"}]}, {"path": "stdlib", "vulns": [{"id": "GO-2026-0009", "fixed": "1.20.0"}]}]' >"$database/index/modules.json"
jq '.[0] | .affected[0].package.name = "example.com/m"' "$scratch/advisories.json" >"$database/ID/GO-2026-0001.json"
jq -n '{metadata: {component: {name: "causeway/base"}}, components: [
  {name: "libssl3", version: "1.0-1", purl: "pkg:deb/debian/libssl3@1.0-1?arch=amd64&distro=debian-12&upstream=openssl"},
  {name: "stdlib", version: "v1.20.0", purl: "pkg:golang/stdlib@v1.20.0"},
  {name: "example.com/m", version: "v1.2.3", purl: "pkg:golang/example.com/m@v1.2.3"},
  {name: "causeway-operator", version: "1", purl: "pkg:generic/causeway-operator@1"}]}' >"$scratch/sboms/base.cdx.json"
command() { GOVULNDB=file://$database "$root/causeway" updates --sboms "$scratch/sboms" "$@" 2>>"$scratch/log"; }

code=0
command >"$scratch/said" || code=$?
check "an old list is late" same "$code" 1
for name in 'libssl3 1\.0-1 → .* security, since [0-9-]*, due [0-9-]* ' 'stdlib v1\.20\.0 → v.* version, since' 'example\.com/m v1\.2\.3 → v1\.2\.4 .*GO-2026-0001: Loops'; do
  check "and lists \"$name\"" grep -qE "^LATE +$name" "$scratch/said"
done
check "in which image" grep -q "libssl3.* in base$" "$scratch/said"
check "everything could be asked" [ "$(grep -c "^not asked" "$scratch/said")" = 0 ]

mkdir "$scratch/bin"
printf '#!/bin/sh\ncase "$*" in *update*) echo "E: Temporary failure resolving the archive" >&2; exit 100 ;; esac\nexec /usr/bin/apt-get "$@"\n' >"$scratch/bin/apt-get"
chmod +x "$scratch/bin/apt-get"
code=0
PATH=$scratch/bin:$PATH GOPROXY=off GOFLAGS='' GOVULNDB=file://$scratch/none "$root/causeway" updates --sboms "$scratch/sboms" >"$scratch/said" 2>>"$scratch/log" || code=$?
check "offline nothing is late, and the code says that nothing was asked" same "$code" 2
for name in "distribution's archive: E: Temporary failure" 'stdlib|toolchain' 'vulnerability database'; do
  check "and so do the words: $name" grep -qE "^not asked: .*($name)" "$scratch/said"
done
code=0
command --sboms /nowhere >/dev/null || code=$?
check "a wrong call is no lateness" same "$code" 2

[ "$failures" -eq 0 ] || { cat "$scratch/said" "$scratch/log"; exit 1; }
