# shellcheck shell=bash
# `./causeway test`: everything the tests need, then the tests.

. "$CAUSEWAY_ROOT/cli/build.sh"
. "$CAUSEWAY_ROOT/cli/checks.sh"
. "$CAUSEWAY_ROOT/cli/programs.sh"

# The last two are what PostgreSQL's programs need that nothing else here brings.
test_packages=(python3 python3-numpy python3-pytest python3-pytest-xdist python3-yaml python3-jsonschema shellcheck clang-format-14 libxml2 tzdata)

cmd_test() {
  local suite=all long='' since=''
  while [ $# -gt 0 ]; do
    case $1 in
      unit | integration | e2e | tidy | all) suite=$1; shift ;;
      --long) long=1; shift ;;
      --since)
        since=${2:-}
        git -C "$CAUSEWAY_ROOT" rev-parse --verify -q "$since^{commit}" >/dev/null || fail "test: --since wants a commit, not \"$since\""
        shift 2
        ;;
      *) fail "test: unknown argument \"$1\"" "./causeway test [unit|integration|e2e|tidy|all] [--long] [--since COMMIT]" ;;
    esac
  done
  export CAUSEWAY_TEST_LONG=$long
  prepare_packages "${test_packages[@]}"
  prepare_go anyway
  failures=$(mktemp) # a line for each, as parts of the tests run side by side
  trap 'stop_besides; rm -f "$failures"' EXIT
  trap 'exit 130' INT TERM
  export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
  case $suite in
    unit | e2e)
      "build_$suite"
      "test_$suite"
      ;;
    integration)
      build_integration
      beside "with an API server" test_with_api_server
      test_with_database
      test_onebox
      test_integration
      test_interfaces
      await_besides
      ;;
    tidy)
      prepare_packages clang-tidy-14
      build_binaries asan # a file is read as it is compiled
      attempt "C++ files (clang-tidy)" check_tidy "$since"
      ;;
    all) test_all ;;
  esac
  mapfile -t failed <"$failures"
  [ ${#failed[@]} = 0 ] || fail "failed:" "${failed[@]}"
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
    printf '%s\n' "$name" >>"$failures"
  fi
}

# check PRESET ARGUMENT…: ctest; a test that needed its second try is listed as such.
check() {
  local preset=$1
  shift
  without_skips ctest --test-dir "$CAUSEWAY_ROOT/build/$preset" --no-tests=error --output-on-failure --repeat until-pass:2 "$@" |
    grep -vE '^ +Start |Passed +[0-9.]+ sec$'
  return "${PIPESTATUS[0]}"
}

# What a machine may lack without being a wrong one to test on.
may_be_skipped='HttpClient\.TriesEveryAddressOfAName' # no IPv6
may_be_skipped+='|Browser\.FindsNothingInWhatWasSanitised'          # no Chromium
may_be_skipped+='|s3_store\.install|LfsS3.*Test\..*'             # no proxy of Go modules
may_be_skipped+='|oidc_provider\.install|OidcProviderTest\..*'      # no node, or npm reaches no registry
[ "$(id -u)" = 0 ] ||
  may_be_skipped+='|BuildRunTest\.(BuildsWithBuildahAndSaysWhichStepFailed|WhereOverlayCannotBeMountedImagesAreCopied)|DatabaseOutageTest\.AFullDiskRefusesWritesAndKeepsWhatWas'

# without_skips COMMAND…: fails also when tests of ctest or GoogleTest were skipped: what was not run was not shown.
without_skips() {
  local output code skipped
  output=$(mktemp -d)
  GTEST_OUTPUT=xml:$output/ "$@" | tee "$output/printed"
  code=${PIPESTATUS[0]}
  skipped=$({
    sed -nE '/^The following tests did not run:/,$s/^[[:space:]]+[0-9]+ - (.*) \(Skipped\)$/\1/p' "$output/printed"
    find "$output" -name '*.xml' -exec sed -nE 's/.*<testcase name="([^"]*)".* result="skipped".* classname="([^"]*)".*/\2.\1/p' {} +
  } | grep -vxE "$may_be_skipped" | sort -u || true)
  rm -rf "$output"
  [ -n "$skipped" ] || return "$code"
  note "skipped, though this machine should run them (each says why): $(paste -sd ' ' <<<"$skipped")"
  return 1
}

test_all() {
  beside_images build_unit
  build_integration
  build_e2e
  # Both processors are busy to the end. No more at once: what does not get to run in time fails.
  beside "from end to end" test_e2e
  beside "with an API server" test_with_api_server
  beside "with PostgreSQL" test_data_and_onebox
  test_unit
  test_integration
  test_interfaces
  await_besides
}

# beside NAME COMMAND…: runs it while others go on; what it prints is shown when `await_besides` waits for it.
besides=()
beside() {
  local output
  output=$(mktemp)
  set -m # a process group of its own, which can be interrupted as a whole
  "${@:2}" >"$output" 2>&1 &
  set +m
  besides+=("$! $output $1")
}

await_besides() {
  local process output name
  while [ ${#besides[@]} -gt 0 ]; do
    read -r process output name <<<"${besides[0]}"
    step "Tests $name, at work since the others began"
    tail -n +1 -f --pid="$process" "$output"
    wait "$process" || printf '%s\n' "$name" >>"$failures"
    rm -f "$output"
    besides=("${besides[@]:1}")
  done
}

stop_besides() {
  local one process output name
  for one in ${besides[@]+"${besides[@]}"}; do
    read -r process output name <<<"$one"
    kill -TERM -- -"$process" 2>/dev/null || true # not INT: who began in the background ignores that
    wait "$process" || true
    rm -f "$output"
  done
}

build_unit() {
  build_binaries asan
  build_binaries tsan base_test kube_core_test kube_client_test kube_runtime_test
}

build_integration() {
  "$CAUSEWAY_ROOT/onebox/build.sh" all >/dev/null
  build_binaries asan
  # The first process of a cluster's PID namespace cannot be one that the sanitizer watches.
  build_binaries release causeway-kube-package causeway-onebox onebox_integration_test
}

build_e2e() {
  "$CAUSEWAY_ROOT/onebox/build.sh" all >/dev/null
  [ -z "$CAUSEWAY_TEST_LONG" ] || "$CAUSEWAY_ROOT/onebox/build.sh" flux >/dev/null
  build_binaries release "${platform_binaries[@]}" causeway-onebox
}

test_unit() {
  attempt "shell scripts (shellcheck)" check_scripts
  attempt "C++ files (clang-format)" check_format
  attempt "tests named in documents" check_named_tests
  attempt "the cache of onebox/build.sh" script_test onebox/build_test.sh
  attempt "what ./causeway updates decides" script_test cli/updates_test.sh
  attempt "alerts and dashboards" test_observability
  attempt "what kstatus and Argo CD read in the kinds" check_gitops
  attempt "the quick start's application" python_tests "$CAUSEWAY_ROOT/examples/01-quickstart/app/tests"
  attempt "unit tests (address and undefined sanitizers)" check asan -L unit -j4
  export TSAN_OPTIONS=suppressions=$CAUSEWAY_ROOT/cmake/thread-sanitizer.supp
  attempt "unit tests of base and kube (thread sanitizer)" check tsan -R '^(base|kube_core|kube_client|kube_runtime)_test$' -j4
  # Their corpora are replayed with the unit tests; this looks for more.
  if [ -n "$CAUSEWAY_TEST_LONG" ]; then
    prepare_packages clang-14 libclang-rt-14-dev
    attempt "fuzzing (${CAUSEWAY_FUZZ_SECONDS:-3600} s a target)" "$CAUSEWAY_ROOT/tests/fuzz/run.sh"
  fi
}

test_observability() {
  local promtool
  promtool=$(promtool_program) || return
  CAUSEWAY_PROMTOOL=$promtool python_tests "$CAUSEWAY_ROOT/manifests/observability/tests"
}

test_integration() {
  attempt "manifests, rendered" python_tests "$CAUSEWAY_ROOT/manifests/tests"
  attempt "the Terraform module of local clusters" test_module "$CAUSEWAY_ROOT/terraform-modules/local/cluster"
}

test_with_database() {
  attempt "integration tests with PostgreSQL (address sanitizer)" without_skips test_with_postgresql
  attempt "forwarding of logs" test_log_forwarding
  if [ -n "$CAUSEWAY_TEST_LONG" ]; then
    attempt "large repositories and large files" with_postgresql \
      ctest --test-dir "$CAUSEWAY_ROOT/build/asan" -L long --no-tests=error --output-on-failure
  fi
}

test_log_forwarding() {
  local rsyslog
  rsyslog=$(rsyslog_program) || return
  CAUSEWAY_RSYSLOG=$rsyslog python_tests "$CAUSEWAY_ROOT/tests/integration/log_forwarding"
}

test_with_postgresql() {
  local nginx mail redis clamd
  nginx=$(nginx_program) || return
  mail=$(mail_server_libraries) || return
  redis=$(redis_program) || return
  clamd=$(clamd_program) || return
  CAUSEWAY_TRAEFIK=$(built gateway)/bin/traefik CAUSEWAY_NGINX=$nginx CAUSEWAY_MAIL_LIBRARIES=$mail CAUSEWAY_REDIS=$redis CAUSEWAY_CLAMD=$clamd with_postgresql \
    ctest --test-dir "$CAUSEWAY_ROOT/build/asan" -L postgresql --no-tests=error --output-on-failure --repeat until-pass:2
}

test_with_api_server() {
  local kubernetes postgresql tools
  kubernetes=$(one_kubernetes_program)
  postgresql=$(postgresql_programs) || return
  tools=$(kubernetes_folder)
  command -v terraform >/dev/null || command -v tofu >/dev/null || tools+=:$(built tofu)/bin
  attempt "integration tests with an API server (address sanitizer)" \
    without_skips env CAUSEWAY_KUBERNETES_BIN="$kubernetes" CAUSEWAY_POSTGRESQL_BIN="$postgresql" PATH="$PATH:$tools" \
    "$CAUSEWAY_ROOT/tests/integration/apiserver.sh" \
    ctest --test-dir "$CAUSEWAY_ROOT/build/asan" -L integration -E onebox_integration_test --no-tests=error \
    --output-on-failure --repeat until-pass:2
}

# Two that take as long together as each of the others.
test_data_and_onebox() {
  test_with_database
  test_onebox
}

test_onebox() {
  attempt "onebox against real clusters" without_skips env CAUSEWAY_KUBERNETES_BIN="$(kubernetes_programs)" \
    "$release/tests/integration/onebox/onebox_integration_test" --gtest_brief=1
}

test_interfaces() {
  local kubernetes
  kubernetes=$(one_kubernetes_program)
  attempt "manifests on an API server" api_server_tests "$kubernetes" "$CAUSEWAY_ROOT/tests/integration/manifests"
  attempt "the installed Kubernetes library, and a controller built against it" \
    api_server_tests "$kubernetes" "$CAUSEWAY_ROOT/tests/integration/package_test.py"
  attempt "every operation of the API, with made-up values" with_postgresql env CAUSEWAY_KUBERNETES_BIN="$kubernetes" \
    "$CAUSEWAY_ROOT/tests/integration/apiserver.sh" /usr/bin/python3 -m pytest -p no:cacheprovider -q "$CAUSEWAY_ROOT/tests/integration/openapi"
}

test_e2e() {
  CAUSEWAY_E2E_AUDIT=$(mktemp -d)
  CAUSEWAY_E2E_PLATFORMS=$(mktemp -d)
  export CAUSEWAY_E2E_AUDIT CAUSEWAY_E2E_PLATFORMS
  (
    trap stop_platforms EXIT
    trap 'exit 130' INT TERM
    # A platform for each process, which takes a file of tests when it has ended one.
    attempt "end to end" python_tests -n 2 --dist loadfile "$CAUSEWAY_ROOT/tests/e2e"
    attempt "every right in the manifests was used" /usr/bin/python3 -m pytest -p no:cacheprovider -q "$CAUSEWAY_ROOT/tests/rights"
  )
}

# Those that tests began and could not stop, as somebody interrupted them.
stop_platforms() {
  local platform folder
  trap '' INT TERM
  for platform in "$CAUSEWAY_E2E_PLATFORMS"/*; do
    [ -f "$platform" ] || continue
    folder=$(cat "$platform")
    note "stopping the platform in $folder"
    "$CAUSEWAY_ROOT/causeway" down --data "$folder" --purge || continue
    folder=$(dirname "$folder")
    ! mountpoint -q "$folder" || umount "$folder"
    rmdir "$folder"
  done
  rm -rf "$CAUSEWAY_E2E_AUDIT" "$CAUSEWAY_E2E_PLATFORMS"
}
