# shellcheck shell=bash
# `./causeway bench webhook`: what the admission webhooks cost a write (tests/bench/webhook/README.md).

# bench_webhook [OPTION of webhook_bench]…
bench_webhook() {
  local kubernetes result
  "$CAUSEWAY_ROOT/onebox/build.sh" kubernetes >/dev/null
  kubernetes=$(one_kubernetes_program)
  build_binaries release webhook_bench
  # shellcheck disable=SC2016 # for the shell inside
  result=$(CAUSEWAY_KUBERNETES_BIN=$kubernetes PATH=$PATH:$(kubernetes_folder) \
    "$CAUSEWAY_ROOT/tests/integration/apiserver.sh" bash -c '
      kubectl --kubeconfig "$CAUSEWAY_TEST_KUBECONFIG" apply --server-side -k "$1" >&2 &&
        kubectl --kubeconfig "$CAUSEWAY_TEST_KUBECONFIG" wait --for=condition=Established crd --all >&2 &&
        "$2" --kubeconfig "$CAUSEWAY_TEST_KUBECONFIG" "${@:3}"' \
    - "$CAUSEWAY_ROOT/crds" "$release/tests/bench/webhook/webhook_bench" "$@" 2>/dev/null) ||
    fail "the benchmark failed" "CAUSEWAY_KUBERNETES_BIN=$kubernetes tests/integration/apiserver.sh … shows why"
  row "admission webhook at $(jq .writesPerSecond <<<"$result") writes/s, $(jq .demos <<<"$result") demos: review p50/p99" \
    "$(jq -r '"\(.reviewP50 * 100 | round / 100) / \(.reviewP99 * 100 | round / 100) ms"' <<<"$result")"
  row "of it judging, p99 at most" "$(jq -r .judgedP99 <<<"$result") ms"
  row "the write itself, two reviews in it: p50/p99; failed of all" \
    "$(jq -r '"\(.writeP50 * 10 | round / 10) / \(.writeP99 * 10 | round / 10) ms; \(.failed) of \(.writes)"' <<<"$result")"
}
