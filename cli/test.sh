# shellcheck shell=bash
# `./causeway test`: everything the tests need, then the tests.

. "$CAUSEWAY_ROOT/cli/build.sh"

test_packages=(python3 python3-pytest)

cmd_test() {
  local suite=all long=''
  while [ $# -gt 0 ]; do
    case $1 in
      unit | integration | e2e | all) suite=$1; shift ;;
      --long) long=1; shift ;;
      *) fail "test: unknown argument \"$1\"" "./causeway test [unit|integration|e2e|all] [--long]" ;;
    esac
  done
  export CAUSEWAY_TEST_LONG=$long
  local package
  prepare_packages
  for package in "${test_packages[@]}"; do
    installed "$package" || { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$package" >/dev/null; }
  done
  prepare_go
  failures=()
  case $suite in
    unit) test_unit ;;
    integration) test_integration ;;
    e2e) test_e2e ;;
    all)
      test_unit
      test_integration
      test_e2e
      ;;
  esac
  if [ ${#failures[@]} -gt 0 ]; then
    fail "failed: ${failures[*]}"
  fi
  step "All tests passed ($suite, $((SECONDS / 60)) min $((SECONDS % 60)) s)"
}

# attempt NAME COMMAND…: goes on after a failure and remembers it.
attempt() {
  local name=$1 since=$SECONDS
  shift
  step "$name"
  if "$@"; then
    note "$name: $((SECONDS - since)) s"
  else
    failures+=("$name")
  fi
}

# check PRESET ARGUMENT…: ctest; a test that needed its second try is listed as such.
check() {
  local preset=$1
  shift
  ctest --test-dir "$CAUSEWAY_ROOT/build/$preset" --no-tests=error --output-on-failure --repeat until-pass:2 "$@" |
    grep -vE '^ +Start |Passed +[0-9.]+ sec$'
  return "${PIPESTATUS[0]}"
}

test_unit() {
  export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
  build_binaries asan
  attempt "unit tests (address and undefined sanitizers)" check asan -L unit -j2
  build_binaries tsan base_test kube_core_test kube_client_test kube_runtime_test
  attempt "unit tests of base and kube (thread sanitizer)" check tsan -L unit -j2 -E 'NOT_BUILT|crds|crdgen'
}

test_integration() {
  local kubernetes
  "$CAUSEWAY_ROOT/onebox/build.sh" all >/dev/null
  kubernetes=$(kubernetes_folder)/causeway-kubernetes
  build_binaries asan
  attempt "integration tests (real API server, address sanitizer)" \
    env CAUSEWAY_KUBERNETES_BIN="$kubernetes" PATH="$PATH:$(kubernetes_folder)" \
    "$CAUSEWAY_ROOT/tests/integration/apiserver.sh" \
    ctest --test-dir "$CAUSEWAY_ROOT/build/asan" -L integration -E onebox_integration_test --no-tests=error \
    --output-on-failure --repeat until-pass:2
  # The first process of a cluster's PID namespace cannot be one that the sanitizer watches.
  build_binaries release causeway-onebox onebox_integration_test
  attempt "onebox against real clusters" env CAUSEWAY_KUBERNETES_BIN="$kubernetes" \
    "$release/tests/integration/onebox/onebox_integration_test" --gtest_brief=1
}

test_e2e() {
  "$CAUSEWAY_ROOT/onebox/build.sh" all >/dev/null
  build_binaries release causeway-operator causeway-apiserver causeway-onebox
  attempt "end to end" /usr/bin/python3 -m pytest -p no:cacheprovider -q "$CAUSEWAY_ROOT/tests/e2e"
}
