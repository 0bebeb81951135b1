#!/usr/bin/env bash
# Tests what onebox/build.sh promises about its cache, with a stand-in for the Go compiler that takes a
# moment and counts its calls. Usage: onebox/build_test.sh
set -euo pipefail
onebox=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
export CAUSEWAY_CACHE=$scratch/cache PATH=$scratch/bin:$PATH CALLS=$scratch/calls MODULES=$scratch/modules
unset CAUSEWAY_KUBERNETES_BIN

mkdir "$scratch/bin"
cat >"$scratch/bin/go" <<'END'
#!/usr/bin/env bash
case $1 in
env) [ "$2" = GOVERSION ] && echo go99.1.2 || echo - ;;
list) [ "$2" = -m ] && echo "$MODULES/${*: -1}" || { echo one; echo two; } ;;
mod) [ "$2" != edit ] || echo "${@:4}" >>"$MODULES/edits" ;;
build)
	echo build >>"$CALLS"
	sleep 1
	[ -z "${BREAK:-}" ] || { echo "main.go:1:1: undefined: everything" >&2; exit 1; }
	[ "${2#-modfile=}" = "$2" ] || cat "$(dirname "${2#-modfile=}")"/module/providers/dns/*.go >>"$MODULES/compiled"
	while [ "$1" != -o ]; do shift; done
	case $2 in
	*/) for package in "${@:3}"; do echo program >"$2$(basename "$package")"; done ;;
	*) echo program >"$2" ;;
	esac ;;
esac
END
chmod +x "$scratch/bin/go"

failures=0
check() { # check WHAT COMMAND...
	local what=$1
	shift
	if "$@"; then echo "ok    $what"; else echo "FAIL  $what"; failures=$((failures + 1)); fi
}
calls() { wc -l <"$CALLS"; }
build() { "$onebox/build.sh" "$@" 2>>"$scratch/log"; }
nothing_unfinished() { ! compgen -G "$CAUSEWAY_CACHE/.*.building.*" >/dev/null; }
: >"$CALLS"

if BREAK=1 build tofu >/dev/null; then broken=succeeded; else broken=failed; fi
check "a build that fails is an error" [ "$broken" = failed ]
check "it shows what the compiler said" grep -q "undefined: everything" "$scratch/log"
check "it leaves nothing half done" nothing_unfinished

: >"$CALLS"
build tofu >"$scratch/first" &
first=$!
build tofu >"$scratch/second"
wait "$first"
check "of two at once one builds" [ "$(calls)" = 1 ]
check "both have the same path" cmp -s "$scratch/first" "$scratch/second"
check "the program is there" [ -f "$(cat "$scratch/first")/bin/tofu" ]
check "a second call builds nothing" [ "$(build tofu)$(calls)" = "$(cat "$scratch/first")1" ]
check "--print-path agrees" [ "$(build tofu --print-path)" = "$(cat "$scratch/first")" ]
check "--print-path of what is not built builds nothing" [ -n "$(build gateway --print-path)" -a "$(calls)" = 1 ]

for name in source kustomize; do
	mkdir -p "$MODULES/github.com/fluxcd/$name-controller/config/crd"
	chmod -R a-w "$MODULES/github.com/fluxcd/$name-controller/config" # as Go keeps its modules
done
path=$(build flux)
check "each of several programs has its name" [ -f "$path/bin/source-controller" -a -f "$path/bin/kustomize-controller" ]
check "what is published beside the sources comes along" [ -d "$path/config/source-controller/crd" -a -d "$path/config/kustomize-controller/crd" ]
check "and can be removed again" [ -w "$path/config/source-controller" ]

path=$(build kubernetes)
check "every program of Kubernetes has its link" [ "$(readlink "$path/bin/kubelet")" = causeway-kubernetes ]
build kubernetes --out "$scratch/out" >/dev/null
check "--out links the result" [ "$(readlink "$scratch/out/kubernetes")" = "$path" ]

lego=$MODULES/github.com/go-acme/lego/v4
mkdir -p "$lego/providers/dns" "$CAUSEWAY_CACHE/.gateway.building.killed"
chmod -R a-w "$lego"
if build gateway >/dev/null; then given=accepted; else given=refused; fi
check "a module that lost the file to be replaced is an error" [ "$given" = refused ]
check "and says which" grep -q "lego/v4 has no providers/dns/zz_gen_dns_providers.go any more" "$scratch/log"
chmod -R u+w "$lego"
echo theirs >"$lego/providers/dns/zz_gen_dns_providers.go"
path=$(build gateway)
check "what a killed build left is removed by the next" nothing_unfinished
check "Traefik is built with our file in a module" cmp -s "$MODULES/compiled" "$onebox/gateway/lego/dns_providers.go"
check "in a copy of it" [ "$(cat "$lego/providers/dns/zz_gen_dns_providers.go")" = theirs -a ! -e "$path/replaced" ]

mkdir "$scratch/official"
for program in etcd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl; do
	install -m 755 /dev/null "$scratch/official/$program"
done
: >"$CALLS" && : >"$scratch/log"
export CAUSEWAY_KUBERNETES_BIN=$scratch/official
if build kubernetes >/dev/null; then given=accepted; else given=refused; fi
check "a folder of official binaries without coredns is refused, by name" [ "$given$(grep -c 'lacks: coredns$' "$scratch/log")" = refused1 ]
install -m 755 /dev/null "$scratch/official/coredns"
check "a complete one is used" [ "$(build kubernetes)/bin/etcd" -ef "$scratch/official/etcd" ]
check "and nothing is built" [ "$(calls)" = 0 ]

# Images, with a stand-in for what makes one, and for root.
unset CAUSEWAY_KUBERNETES_BIN
cat >"$scratch/bin/unshare" <<'END'
#!/usr/bin/env bash
folder=$6 name=$7 # --mount --propagation private bash make.sh FOLDER NAME
[ -z "${BREAK:-}" ] || { echo "E: Failed to fetch" >&2; exit 1; }
echo "$name" >>"$CALLS"
mkdir "$folder/oci"
echo '{"manifests": [{"digest": "sha256:0"}]}' >"$folder/oci/index.json"
END
printf '#!/bin/sh\necho 0\n' >"$scratch/bin/id"
for tool in mmdebstrap buildah skopeo; do printf '#!/bin/sh\n' >"$scratch/bin/$tool"; done
chmod +x "$scratch"/bin/*

age() { touch -d "$1 days ago" "$(realpath "$(build images --print-path)/base-debian")"; }
said() { tail -n 3 "$scratch/log" | grep -q "$1"; }

: >"$CALLS"
first=$(build images)
check "every image is made" [ "$(calls)" = "$(wc -l <"$first/images.tsv")" -a "$(calls)" = 13 ]
age 6
check "packages of six days are new enough" [ "$(build images)$(calls)" = "${first}13" ]
age 8
check "after a week CAUSEWAY_IMAGE_DAYS=30 still waits" [ "$(CAUSEWAY_IMAGE_DAYS=30 build images)$(calls)" = "${first}13" ]
if CAUSEWAY_IMAGE_DAYS=soon build images >/dev/null; then given=accepted; else given=refused; fi
check "what is no number of days is refused" [ "$given" = refused ]
: >"$CALLS"
check "where there are none to be had, a build keeps what it has" [ "$(BREAK=1 build images)" = "$first" ]
check "and says so" said "stay as they are"
check "--print-path agrees with that" [ "$(build images --print-path)" = "$first" ]
check "it is not tried again the same day" [ "$(build images)$(calls)" = "${first}0" ]
touch -d '2 days ago' "$CAUSEWAY_CACHE/.packages.tried"
build images >"$scratch/first" &
waited=$!
build images >"$scratch/second"
wait "$waited"
second=$(cat "$scratch/first")
check "but the next one" [ "$second" != "$first" ]
check "of two at once one does, for all images made of packages" [ "$(calls)$(cat "$scratch/second")" = "11$second" ]
check "--print-path agrees with the new ones" [ "$(build images --print-path)$(calls)" = "${second}11" ]
check "those before are kept for who uses them" [ -f "$first/base/oci/index.json" ]
third=$(build images --fresh)
check "--fresh takes new ones whatever their age" [ "$third" != "$second" -a "$(calls)" = 22 ]
check "and those replaced before are gone" [ ! -e "$first" -a -f "$second/base/oci/index.json" -a -f "$third/pause/oci/index.json" ]
if BREAK=1 build images --fresh >/dev/null; then broken=succeeded; else broken=failed; fi
check "--fresh that fails is an error, and changes nothing" [ "$broken$(build images --print-path)" = "failed$third" ]

[ "$failures" -eq 0 ] || { cat "$scratch/log"; exit 1; }
