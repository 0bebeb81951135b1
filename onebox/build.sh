#!/usr/bin/env bash
# Builds what Causeway on one machine is made of, once, into a cache addressed by content:
# Kubernetes, the gateway and (where there is no terraform) OpenTofu from their Go modules, and the
# images. See usage below. Progress goes to stderr; stdout is the path of the result.
set -euo pipefail
shopt -s inherit_errexit

onebox=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${CAUSEWAY_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/causeway}

usage() {
	cat <<'END'
usage: onebox/build.sh [kubernetes|gateway|tofu|flux|images|all] [--out DIR] [--print-path] [--fresh]
       onebox/build.sh push-images --registry HOST:PORT [--ca FILE] [--authfile FILE]

Builds the part (default: all) unless the cache has it, and prints its folder:
  kubernetes   bin/causeway-kubernetes, and links etcd, kube-apiserver, ..., kubectl to it
  gateway      bin/traefik
  tofu         bin/tofu
  flux         bin/source-controller and bin/kustomize-controller, config/ with their CRDs and manifests (for tests)
  images       NAME/oci (OCI layouts) and images.tsv: name, reference, digest (needs root)
  all          kubernetes, gateway and images; tofu only where neither terraform nor tofu is on the PATH
push-images    copies the images that a registry does not hold yet, builds them first when needed

  --out DIR     also links every result as DIR/<part>
  --print-path  prints where the part is, or will be, and builds nothing
  --fresh       images with the distribution's packages of now; without it, a build does so when they are
                older than CAUSEWAY_IMAGE_DAYS, and goes on with the old ones where there are none to be had

CAUSEWAY_CACHE           where results are kept (default ${XDG_CACHE_HOME:-~/.cache}/causeway)
CAUSEWAY_KUBERNETES_BIN  a folder with etcd, kube-apiserver, ...: used as it is, nothing is built
CAUSEWAY_IMAGE_DAYS      how many days the packages in images may be old (default 7)
CAUSEWAY_JOBS            how many compilers at once (default: the number of cores)
END
}

say() { printf '%s\n' "$*" >&2; }
fail() { # fail WHAT-IS-WRONG [LINE...]: what to do about it
	printf 'onebox/build.sh: %s\n' "$1" >&2
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" | sed 's/^/  /' >&2
	exit 1
}

# cached NAME KEY FUNCTION [ARGUMENT...] prints the folder holding the result. When there is none, FUNCTION
# fills an empty folder, given as its first argument, which then appears under its name in one step: a killed
# build leaves nothing half done. Of two at once, one builds and the other waits.
cached() {
	local name=$1 key=$2 final=$cache/$1-$2 lock
	shift 2
	if [ -n "$print_only" ]; then
		printf '%s\n' "$final"
		[ -d "$final" ] || [ "$print_only" = quietly ] || say "$name is not built yet"
		return
	fi
	if [ ! -d "$final" ]; then
		mkdir -p "$cache"
		exec {lock}>"$cache/.$name.lock"
		flock --nonblock "$lock" || { say "$name is being built already: waiting"; flock "$lock"; }
		if [ ! -d "$final" ]; then
			rm -rf "$cache/.$name.building."* # of a build that was killed: nobody else holds the lock
			local building
			building=$(mktemp -d "$cache/.$name.building.XXXXXX")
			chmod 755 "$building"
			# shellcheck disable=SC2064 # the folder of now
			trap "[ -z \"\${compiler:-}\" ] || kill \"\$compiler\" 2>/dev/null || true; rm -rf '$building'" EXIT
			trap 'exit 130' INT TERM
			"$1" "$building" "${@:2}" >&2
			mv -T "$building" "$final"
			trap - EXIT INT TERM
		fi
		exec {lock}>&-
	fi
	printf '%s\n' "$final"
}

# hash_of_folder DIR: of names and contents, without what does not reach the result.
hash_of_folder() {
	(cd "$1" && find . -type f ! -name '*.md' ! -name '*_test.go' -print0 | sort -z | xargs -0 sha256sum) |
		sha256sum | cut -c1-12
}

machine=$(uname -m)
case $machine in x86_64) machine=amd64 ;; aarch64) machine=arm64 ;; esac

# --- what is built from Go modules ---

# needed_go MODULE: the version its go.mod asks for.
needed_go() { sed -n 's/^go //p' "$onebox/$1/go.mod"; }

# older A B: whether version A is older than B.
older() { [ "$1" != "$2" ] && [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n1)" = "$1" ]; }

# find_go prints the newest Go among the PATH and where packages and people put it; nothing when there is none.
find_go() {
	local candidate version best='' best_version=0
	for candidate in "$(command -v go || true)" /usr/local/go/bin/go /usr/lib/go-*/bin/go; do
		[ -x "$candidate" ] || continue
		version=$(GOTOOLCHAIN=local "$candidate" env GOVERSION 2>/dev/null | sed 's/^go//') || continue
		if older "$best_version" "$version"; then best=$candidate best_version=$version; fi
	done
	printf '%s' "$best"
}

ways_to_get_go() {
	cat <<'END'
Go 1.21 or newer is enough: it fetches the version wanted here as a module. Ways to get it:
  Debian 12:     apt-get install -t bookworm-backports golang-go   (with backports in the apt sources)
  Ubuntu 24.04:  apt-get install golang-go
  elsewhere:     https://go.dev/doc/install, and /usr/local/go/bin on the PATH
For Kubernetes alone, CAUSEWAY_KUBERNETES_BIN=DIR uses official binaries and needs no Go.
END
}

# use_go MODULE sets $go, and GOTOOLCHAIN where the installed Go has to fetch a newer one.
use_go() {
	local wanted installed
	wanted=$(needed_go "$1")
	go=$(find_go)
	[ -n "$go" ] || fail "there is no Go, which $title is built with" "$(ways_to_get_go)"
	installed=$(GOTOOLCHAIN=local "$go" env GOVERSION | sed 's/^go//')
	older "$installed" 1.21 && fail "Go $installed ($go) is too old for $title, which wants Go $wanted" "$(ways_to_get_go)"
	if older "$installed" "$wanted"; then
		# A GOTOOLCHAIN in the environment is somebody's decision; the one of the installation is a default.
		[ "${GOTOOLCHAIN:-auto}" != local ] || fail "Go $installed ($go) is too old for $title, which wants Go $wanted, and GOTOOLCHAIN=local forbids fetching it" \
			"Unset GOTOOLCHAIN, or install Go $wanted."
		export GOTOOLCHAIN=${GOTOOLCHAIN:-auto}
	fi
}

# go_part MODULE prints the folder with bin/<binary>. The key is made of the module's files, the minor version
# of Go, and the architecture. A machine that has lost its Go keeps what it has built with it.
go_part() {
	local title duration package binary programs tags version ldflags config replaced go sources minor kept
	# shellcheck source=kubernetes/build.conf
	. "$onebox/$1/build.conf"
	sources=$(hash_of_folder "$onebox/$1")
	if [ -z "$(find_go)" ]; then
		# shellcheck disable=SC2012 # names of our own, by age
		kept=$(ls -dt "$cache/$1-$sources-"*"-$machine" 2>/dev/null | head -n1) || true
		[ -z "$kept" ] || { printf '%s\n' "$kept"; return; }
	fi
	use_go "$1"
	minor=$( (cd "$onebox/$1" && "$go" env GOVERSION) | grep -oE '^go[0-9]+\.[0-9]+')
	cached "$1" "$sources-$minor-$machine" go_build "$1"
}

# go_build FOLDER MODULE, with the variables of go_part.
go_build() {
	local target=$1/bin module=$2 jobs=${CAUSEWAY_JOBS:-$(nproc)} log=$1/log modfile='' named='' seconds=0 program name
	say "Building $title $version from its Go modules ($duration on 2 cores, once)"
	mkdir "$target"
	cd "$onebox/$module"
	export GOWORK=off GOFLAGS=-mod=readonly CGO_ENABLED=0 # whatever this user's Go is set to
	say "  fetching modules"
	# shellcheck disable=SC2086 # three words
	[ -z "${replaced:-}" ] || replace_file "$1" $replaced 2>"$log" || go_failed "$log"
	# shellcheck disable=SC2086 # a list
	"$go" list $modfile -deps -f '{{.ImportPath}}' $package >"$1/packages" 2>"$log" || go_failed "$log"
	say "  compiling up to $(wc -l <"$1/packages") packages with $jobs compilers"
	[[ $package = *' '* ]] || named=$binary # several are named after their packages
	# shellcheck disable=SC2086 # a list
	"$go" build $modfile -v -p "$jobs" -trimpath -buildvcs=false \
		${tags:+-tags "$tags"} -ldflags "$ldflags" -o "$target/$named" $package >"$log" 2>&1 &
	compiler=$! # not local: an interrupted build stops it, see cached
	while kill -0 "$compiler" 2>/dev/null; do
		sleep 1
		seconds=$((seconds + 1))
		[ $((seconds % 20)) -ne 0 ] || say "  $(grep -vc ' ' "$log" || true) packages after $seconds s"
	done
	wait "$compiler" || go_failed "$log"
	compiler=''
	for program in $programs; do ln -s "$binary" "$target/$program"; done
	for name in ${config:-}; do # of module NAME: its config/ folder, as published with the sources just compiled
		mkdir -p "$1/config"
		cp -r --no-preserve=mode "$("$go" list -m -f '{{.Dir}}' "$name")/config" "$1/config/$(basename "$name")"
	done
	rm -rf "$log" "$1/packages" "$1/replaced"
	say "  built $title in $seconds s ($(du -sm "$target" | cut -f1) MB)"
}

# replace_file FOLDER MODULE FILE OURS: what is built takes MODULE from a copy whose FILE is our file OURS. Sets modfile.
replace_file() {
	local there copy=$1/replaced/module
	"$go" mod download "$2" && there=$("$go" list -m -f '{{.Dir}}' "$2") &&
		mkdir "$1/replaced" && cp -r --no-preserve=mode "$there" "$copy" && cp go.mod go.sum "$1/replaced/" || return
	[ -f "$copy/$3" ] || { echo "$2 has no $3 any more, which $4 is to replace" >&2; return 1; }
	cp "$4" "$copy/$3"
	modfile=-modfile=$1/replaced/go.mod
	"$go" mod edit -replace "$2=$copy" "$1/replaced/go.mod"
}

go_failed() {
	grep -E ' ' "$1" | tail -n 20 >&2 || true
	fail "Go could not build $title" \
		"Modules come from GOPROXY=$("$go" env GOPROXY): is it reachable from here?" \
		"It needs about 1 GB for modules and 3 GB for Go's build cache ($("$go" env GOCACHE))."
}

# shellcheck source=images/images.sh
. "$onebox/images/images.sh"

# part NAME prints the folder of one part, built if need be.
part() {
	case $1 in
	kubernetes)
		if [ -n "${CAUSEWAY_KUBERNETES_BIN:-}" ]; then given_kubernetes; else go_part kubernetes; fi ;;
	gateway | tofu | flux) go_part "$1" ;;
	images) images_part ;;
	esac
}

# given_kubernetes prints a folder whose bin is the one the user named.
given_kubernetes() {
	local program missing=
	for program in etcd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy coredns kubectl; do
		[ -x "$CAUSEWAY_KUBERNETES_BIN/$program" ] || missing="$missing $program"
	done
	[ -z "$missing" ] || fail "CAUSEWAY_KUBERNETES_BIN=$CAUSEWAY_KUBERNETES_BIN lacks:$missing" \
		"Put them there (etcd and coredns have releases of their own), or unset the variable to have all of them built."
	local bin
	bin=$(cd "$CAUSEWAY_KUBERNETES_BIN" && pwd)
	link_bin() { ln -s "$bin" "$1/bin"; }
	cached kubernetes "given-$(printf '%s' "$bin" | sha256sum | cut -c1-12)" link_bin
}

has_terraform() { command -v terraform >/dev/null || command -v tofu >/dev/null; }

command=all out='' registry='' ca='' authfile='' print_only='' fresh=''
while [ $# -gt 0 ]; do
	case $1 in
	kubernetes | gateway | tofu | flux | images | all | push-images) command=$1 ;;
	--out | --registry | --ca | --authfile)
		[ $# -ge 2 ] || fail "$1 needs a value" "onebox/build.sh --help shows how."
		declare "${1#--}=$2"
		shift ;;
	--print-path) print_only=yes ;;
	--fresh) fresh=$(date -u +%FT%TZ) ;;
	-h | --help) usage; exit 0 ;;
	*) usage >&2; fail "do not know what '$1' is" ;;
	esac
	shift
done

if [ -n "$fresh" ] && [ -n "$print_only" ]; then fail "--fresh builds and --print-path does not: one of them"; fi

if [ "$command" = push-images ]; then
	[ -n "$registry" ] || fail "push-images needs --registry HOST:PORT"
	push_images "$registry" "$ca" "$authfile"
	exit 0
fi

parts=$command
if [ "$command" = all ]; then
	parts="kubernetes gateway"
	has_terraform || parts="$parts tofu"
	parts="$parts images"
fi
for name in $parts; do
	folder=$(part "$name")
	if [ -n "$out" ]; then
		mkdir -p "$out"
		ln -sfn "$folder" "$out/$name"
	fi
	printf '%s\n' "$folder"
done
