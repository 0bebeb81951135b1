# shellcheck shell=bash
# `./causeway bench api`: the API server beside koa, its git beside nginx with git http-backend (tests/bench/api/README.md).

# bench_api [OPTION of tests/bench/api/api.py]…
bench_api() {
  local others nginx redis koa=$CAUSEWAY_ROOT/build/peers/koa peers=()
  prepare_packages python3
  build_binaries release causeway-apiserver api_bench
  # Its program is the tools', by another name.
  redis=$(unpacked redis redis-server redis-tools liblzf1 libjemalloc2)
  mkdir -p "$koa"
  cp "$CAUSEWAY_ROOT"/tests/bench/peers/koa/* "$koa"
  if command -v npm >/dev/null && (cd "$koa" && npm ci --ignore-scripts --no-audit --no-fund) >"$koa/log" 2>&1; then
    peers+=(--redis-libraries "$(dirname "$(find "$redis" -name 'libjemalloc.so.2' -print -quit)")")
    peers+=(--koa "$koa" --redis "$redis/usr/bin/redis-server" --redis-cli "$redis/usr/bin/redis-cli")
  else
    note "npm is not there, or reaches no registry ($koa/log): koa is left out"
  fi
  if nginx=$(nginx_program) && others=$(unpacked git-peers fcgiwrap libfcgi0ldbl); then
    peers+=(--nginx "$nginx" --fcgiwrap "$others/usr/sbin/fcgiwrap")
    peers+=(--nginx-libraries "$(dirname "$(find "$others" -name 'libfcgi.so.0' -print -quit)")")
  else
    note "the distribution's nginx and fcgiwrap cannot be had: git http-backend is left out"
  fi
  with_postgresql python3 "$CAUSEWAY_ROOT/tests/bench/api/api.py" \
    --ours "$release/bin/causeway-apiserver" --load "$release/tests/bench/api_bench" ${peers[@]+"${peers[@]}"} "$@"
}
