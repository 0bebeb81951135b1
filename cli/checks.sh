# shellcheck shell=bash
# Checks of what is written, not of what is built: seconds each.

# files PATTERN…: below the current folder, a checkout; nothing built or downloaded.
files() {
  local pattern names=()
  for pattern in "$@"; do names+=(-o -name "$pattern"); done
  find . \( -name '.?*' -o -path ./build -o -name node_modules \) -prune -o -type f \( "${names[@]:1}" \) -print0
}

# once NAME SETTINGS PROGRAM ARGUMENT…: on the files whose names come in, unless it passed on the same with the same settings.
once() {
  local passed=$CAUSEWAY_ROOT/build/passed-$1 settings=$2 names now
  shift 2
  mapfile -t -d '' names
  now=$({ printf '%s\n' "$*" && "$1" --version && sha256sum "$settings" "${names[@]}"; } | sha256sum)
  [ "$now" != "$(cat "$passed" 2>/dev/null)" ] || return 0
  "$@" "${names[@]}" || return
  mkdir -p "${passed%/*}"
  printf '%s\n' "$now" >"$passed"
}

check_scripts() { (cd "$CAUSEWAY_ROOT" && { files '*.sh'; printf '%s\0' causeway .ci/run; } | once shellcheck .shellcheckrc shellcheck); }
# script_test FILE: a test of scripts. The names that `once` gives it, which are what it tests, mean nothing to it.
script_test() { (cd "$CAUSEWAY_ROOT" && find causeway cli onebox -type f -print0 | once "$(basename "$1" .sh)" causeway bash "$1"); }
check_format() { (cd "$CAUSEWAY_ROOT" && files '*.cpp' '*.hpp' | once clang-format .clang-format clang-format-14 --dry-run -Werror); }

# check_tidy [COMMIT]: the sources (.cpp) changed since the commit, or all of them: minutes.
check_tidy() {
  (
    cd "$CAUSEWAY_ROOT" || exit
    commands=$(mktemp -d)
    trap 'rm -rf "$commands"' EXIT
    # Without GCC's precompiled header, which clang takes for one of its own.
    sed 's/ -Winvalid-pch -include [^ ]*//' build/asan/compile_commands.json >"$commands/compile_commands.json"
    # How many warnings there were in headers of others is said in spite of --quiet.
    # shellcheck disable=SC2016
    if [ -n "$1" ]; then git diff --name-only --diff-filter=d -z "$1" -- '*.cpp'; else files '*.cpp'; fi |
      COMMANDS=$commands xargs -0 -r -n 1 -P "$(nproc)" "$BASH" -c \
        'clang-tidy-14 -p "$COMMANDS" --quiet "$0" 2>&1 | sed "/warnings\? generated/d"; exit "${PIPESTATUS[0]}"'
  )
}

check_gitops() {
  local go
  go=$(usable_go)
  [ -n "$go" ] || { note "there is no Go, which kstatus is built with"; return 1; }
  (cd "$CAUSEWAY_ROOT/tests/gitops/status" && CGO_ENABLED=0 GOWORK=off GOFLAGS=-mod=readonly "$go" test .)
}

# As ctest does: what fails (exit code 1, and no other) gets a second try, and is named.
python_tests() {
  local cache code=0
  cache=$(mktemp -d)
  /usr/bin/python3 -m pytest -o "cache_dir=$cache" -q "$@" || code=$?
  if [ "$code" = 1 ]; then
    note "a second try of what failed"
    code=0
    /usr/bin/python3 -m pytest -o "cache_dir=$cache" -q --last-failed --last-failed-no-failures none "$@" || code=$?
  fi
  rm -rf "$cache"
  return "$code"
}

# test_module FOLDER: plans only, which makes nothing.
test_module() {
  local program scratch code=0
  program=$(command -v terraform || command -v tofu || printf '%s/bin/tofu' "$(built tofu)")
  scratch=$(mktemp -d)
  { "$program" "-chdir=$CAUSEWAY_ROOT/terraform-modules" fmt -check -recursive &&
    TF_DATA_DIR=$scratch "$program" "-chdir=$1" test -no-color; } || code=1
  rm -rf "$scratch"
  return $code
}

# api_server_tests KUBERNETES FILE-OR-FOLDER…: with a real API server for all of them.
api_server_tests() {
  CAUSEWAY_KUBERNETES_BIN=$1 "$CAUSEWAY_ROOT/tests/integration/apiserver.sh" /usr/bin/python3 -m pytest -p no:cacheprovider -q "${@:2}"
}

# Tests that these pages name are there.
check_named_tests() {
  (
    cd "$CAUSEWAY_ROOT" || exit
    code=0
    tests=$(grep -rhoE '^def test_[A-Za-z0-9_]+\(' tests manifests --include='test_*.py'
      grep -rhoE '^TEST(_F|_P)?\([A-Za-z0-9]+, [A-Za-z0-9]+\)' apiserver base kube operator tests --include='*_test.cpp')
    for page in kube/behaviours.md apiserver/SECURITY.md; do
      # shellcheck disable=SC2016
      for name in $(grep -oE '`([A-Z][A-Za-z]+\.[A-Z*][A-Za-z*]*|test_[A-Za-z0-9_]+|[a-z_/]+_test\.sh)`' "$page" | tr -d '`' | sort -u); do
        test=${name#*.}
        case $name in
          *_test.sh) [ -x "$name" ] ;;
          test_*) grep -qxF "def $name(" <<<"$tests" ;;
          *) grep -qxE "TEST(_F|_P)?\(${name%%.*}, ${test//\*/\\w*}\)" <<<"$tests" ;;
        esac || {
          note "$page names $name, which is not there"
          code=1
        }
      done
    done
    exit $code
  )
}
