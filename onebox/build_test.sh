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
build)
	echo build >>"$CALLS"
	sleep 1
	[ -z "${BREAK:-}" ] || { echo "main.go:1:1: undefined: everything" >&2; exit 1; }
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

mkdir "$CAUSEWAY_CACHE/.gateway.building.killed"
build gateway >/dev/null
check "what a killed build left is removed by the next" nothing_unfinished

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

[ "$failures" -eq 0 ] || { cat "$scratch/log"; exit 1; }
