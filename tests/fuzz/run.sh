#!/usr/bin/env bash
# Builds the fuzz targets with clang-14 and runs each: `run.sh [TARGET…]`. CAUSEWAY_FUZZ_SECONDS, an hour by default, is how long
# each runs. Fails when one finds something; the input is then in build/fuzz/found/TARGET.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=${CAUSEWAY_FUZZ_SECONDS:-3600}
build=build/fuzz
if [ $# -gt 0 ]; then
  targets=("$@")
else
  targets=()
  for file in tests/fuzz/*_fuzz.cpp; do targets+=("$(basename "$file" _fuzz.cpp)"); done
fi

[ -f "$build/build.ninja" ] || cmake --preset fuzz >/dev/null
ninja -C "$build" --quiet -j2 "${targets[@]/%/_fuzz}"

failed=()
for target in "${targets[@]}"; do
  mkdir -p "$build/corpus/$target" "$build/found/$target"
  echo "$target: $seconds s"
  # What it learns stays in the build folder; the corpus in the tree is small, and read by people.
  "$build/tests/fuzz/${target}_fuzz" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=16384 \
    -artifact_prefix="$build/found/$target/" -print_final_stats=1 \
    "$build/corpus/$target" "tests/fuzz/corpus/$target" >"$build/$target.log" 2>&1 || {
    failed+=("$target")
    tail -n 40 "$build/$target.log" >&2
  }
  grep -E 'stat::number_of_executed_units|Done ' "$build/$target.log" || true
done
[ ${#failed[@]} -eq 0 ] || { echo "found something: ${failed[*]} (see $build/found)" >&2; exit 1; }
