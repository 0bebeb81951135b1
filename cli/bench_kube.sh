# shellcheck shell=bash
# `./causeway bench kube`: the Kubernetes client library beside client-go and controller-runtime (tests/bench/README.md).

# bench_kube [OPTION of tests/bench/kube.py]…
bench_kube() {
  local kubernetes go peers=()
  prepare_packages python3
  prepare_go
  "$CAUSEWAY_ROOT/onebox/build.sh" kubernetes >/dev/null
  kubernetes=$(one_kubernetes_program)
  build_binaries release causeway-operator kube_bench
  go=$(usable_go)
  if [ -n "$go" ]; then
    step "Building the peers from their Go modules"
    (cd "$CAUSEWAY_ROOT/tests/bench/peers" && GOWORK=off "$go" build -o "$CAUSEWAY_ROOT/build/peers/" ./cmd/...) >&2 ||
      fail "Go could not build the peers of tests/bench/peers"
    peers=(--peers "$CAUSEWAY_ROOT/build/peers")
  else
    note "there is no Go here: client-go and controller-runtime are left out, only ours is measured"
  fi
  CAUSEWAY_KUBERNETES_BIN=$kubernetes "$CAUSEWAY_ROOT/tests/integration/apiserver.sh" python3 "$CAUSEWAY_ROOT/tests/bench/kube.py" \
    --ours "$release/tests/bench/kube_bench" --operator "$release/bin/causeway-operator" ${peers[@]+"${peers[@]}"} "$@"
}
