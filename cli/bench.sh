# shellcheck shell=bash
# `./causeway bench`: measures what the documents claim, on this machine, now. Prints a table; asserts nothing.

. "$CAUSEWAY_ROOT/cli/build.sh"
. "$CAUSEWAY_ROOT/cli/programs.sh"
. "$CAUSEWAY_ROOT/cli/bench_api.sh"
. "$CAUSEWAY_ROOT/cli/bench_kube.sh"
. "$CAUSEWAY_ROOT/cli/bench_webhook.sh"
. "$CAUSEWAY_ROOT/cli/onebox.sh"
. "$CAUSEWAY_ROOT/cli/down.sh"

seconds_since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f s", b - a }'; }
row() { printf '%-58s %s\n' "$1" "$2"; }

cmd_bench() {
  local suite=all scratch='' keep_running=''
  case ${1:-} in
    api) shift; bench_api "$@"; return ;;
    kube) shift; bench_kube "$@"; return ;;
    webhook) shift; bench_webhook "$@"; return ;;
  esac
  while [ $# -gt 0 ]; do
    case $1 in
      up | cluster | build | nothing | all) suite=$1; shift ;;
      --data) set_data "${2:-}"; keep_running=1; shift 2 ;;
      *) fail "bench: unknown argument \"$1\"" "./causeway bench [up|cluster|build|nothing|all] [--data DIR]" "./causeway bench api [--help]" "./causeway bench kube [--help]" \
        "./causeway bench webhook [--demos N] [--rate N] [--seconds N]" ;;
    esac
  done
  need_root bench
  # However this ends, what it has started ends, too.
  trap 'exit 130' INT TERM
  if [ -z "$keep_running" ]; then
    scratch=$(mktemp -d /tmp/causeway-bench.XXXXXX)
    data=$scratch
    # shellcheck disable=SC2064 # the folder of now
    trap "'$CAUSEWAY_ROOT/causeway' down --data '$scratch' --purge >/dev/null 2>&1 || true; rm -rf '$scratch'" EXIT
  else
    trap remove_bench_clusters EXIT
  fi
  case $suite in
    up) bench_up ;;
    cluster) bench_up; bench_cluster ;;
    build) bench_build ;;
    nothing) bench_nothing ;;
    all) bench_up; bench_cluster ;;
  esac
}

# What is committed, in a folder that is empty.
fresh_clone() { # fresh_clone FOLDER
  [ ! -e "$1" ] || fail "$1 is there already" "Measure in another directory: --data DIR, or without it"
  git clone -q "$CAUSEWAY_ROOT" "$1"
}

# The programs without ccache, then one changed file.
bench_build() {
  local clone=$data/checkout build=$data/build since
  fresh_clone "$clone"
  since=$EPOCHREALTIME
  {
    cmake -S "$clone" --preset release -B "$build" && CCACHE_DISABLE=1 ninja -C "$build" "${platform_binaries[@]}" causeway-onebox
  } >"$data/build.log" 2>&1 || fail "the build failed (its words: $data/build.log)"
  row "C++, clean → causeway-operator, -webhooks, -apiserver, -onebox" "$(seconds_since "$since")"
  # The same content, newer than its object.
  touch "$clone/operator/demo/reconciler.cpp"
  since=$EPOCHREALTIME
  CCACHE_DISABLE=1 ninja -C "$build" causeway-operator >>"$data/build.log" 2>&1
  row "C++, operator/demo/reconciler.cpp changed → linked" "$(seconds_since "$since")"
}

# A fresh clone and empty caches: all of Kubernetes, the gateway, the images and the programs. Packages are there.
bench_nothing() {
  local since clone=$data/checkout
  fresh_clone "$clone"
  since=$EPOCHREALTIME
  CAUSEWAY_CACHE=$data/cache GOCACHE=$data/go-build GOMODCACHE=$data/go-mod CCACHE_DISABLE=1 \
    "$clone/causeway" up --detach --port 0 --data "$data" >"$data/up.log" 2>&1 ||
    fail "./causeway up failed" "$(tail -n 5 "$data/up.log")"
  row "./causeway up, nothing built, nothing cached → demo answers" "$(seconds_since "$since")"
}

# In a platform that stays.
remove_bench_clusters() {
  local round
  onebox_running || return 0
  for round in 1 2 3; do onebox_api DELETE "/v1/clusters/bench-$round" >/dev/null 2>&1 || true; done
  k -n causeway-system delete cluster bench --ignore-not-found --wait=false >/dev/null 2>&1 || true
}

# From a data directory that is empty (binaries and images in the cache), then with everything as it was.
bench_up() {
  local since=$EPOCHREALTIME
  "$CAUSEWAY_ROOT/causeway" up --detach --data "$data" >/dev/null 2>&1 || fail "./causeway up failed" "./causeway up --data $data shows why"
  row "./causeway up, empty data directory → demo answers" "$(seconds_since "$since")"
  "$CAUSEWAY_ROOT/causeway" down --data "$data" >/dev/null 2>&1
  since=$EPOCHREALTIME
  "$CAUSEWAY_ROOT/causeway" up --detach --data "$data" >/dev/null 2>&1
  row "./causeway up after ./causeway down → demo answers" "$(seconds_since "$since")"
  since=$EPOCHREALTIME
  "$CAUSEWAY_ROOT/causeway" up --detach --data "$data" >/dev/null 2>&1
  row "./causeway up, all running" "$(seconds_since "$since")"
}

bench_cluster() {
  local since round
  for round in 1 2 3; do
    since=$EPOCHREALTIME
    onebox_api PUT "/v1/clusters/bench-$round" "{\"name\":\"bench-$round\",\"region\":\"local-9\",\"node\":true}" >/dev/null
    row "cluster created → node Ready ($round)" "$(seconds_since "$since")"
    onebox_api DELETE "/v1/clusters/bench-$round" >/dev/null
  done
  since=$EPOCHREALTIME
  k apply -f - >/dev/null <<'END'
apiVersion: causeway.dev/v1alpha1
kind: Cluster
metadata: {name: bench, namespace: causeway-system}
spec: {source: {terraform: {provider: local, region: local-8}}}
END
  k -n causeway-system wait cluster/bench '--for=jsonpath={.status.phase}=Ready' --timeout=120s >/dev/null
  row "Cluster applied → Terraform → joined → Ready" "$(seconds_since "$since")"
  row "memory of $(onebox_api GET /v1/clusters | jq length) clusters" \
    "$(onebox_api GET /v1/status | jq '[.clusters[].memoryBytes // 0] | add / 1048576 | floor') MB"
  since=$EPOCHREALTIME
  k -n causeway-system delete cluster bench --timeout=120s >/dev/null
  row "Cluster deleted → destroyed, nothing left" "$(seconds_since "$since")"
}
