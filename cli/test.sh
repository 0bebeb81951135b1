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

test_unit() {
  attempt "generated files are current" check_generated
  build_binaries asan
  export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
  attempt "unit tests (address and undefined sanitizers)" ctest --test-dir "$CAUSEWAY_ROOT/build/asan" -L unit -j2 --output-on-failure --no-tests=error
  local tests
  build_binaries tsan base_test kube_core_test kube_client_test kube_runtime_test
  attempt "unit tests of base and kube (thread sanitizer)" ctest --test-dir "$CAUSEWAY_ROOT/build/tsan" -L unit -j2 --output-on-failure --no-tests=error -R '^(base|kube)'
}

check_generated() {
  build_binaries release crdgen
  "$release/bin/crdgen" --check --source "$CAUSEWAY_ROOT"
}

test_integration() {
  "$CAUSEWAY_ROOT/onebox/build.sh" all >/dev/null
  build_binaries asan
  attempt "integration tests (real API server, address sanitizer)" \
    env CAUSEWAY_KUBERNETES_BIN="$(kubernetes_folder)/causeway-kubernetes" "$CAUSEWAY_ROOT/tests/integration/apiserver.sh" \
    ctest --test-dir "$CAUSEWAY_ROOT/build/asan" -L integration --output-on-failure --no-tests=error
}

test_e2e() {
  "$CAUSEWAY_ROOT/onebox/build.sh" all >/dev/null
  build_binaries release causeway-operator causeway-apiserver causeway-onebox
  attempt "end to end" /usr/bin/python3 -m pytest -p no:cacheprovider -x -q "$CAUSEWAY_ROOT/tests/e2e"
}
