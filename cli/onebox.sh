# shellcheck shell=bash
# causeway-onebox as a background process of this data directory.

onebox_program() {
  [ -x "$release/bin/causeway-onebox" ] || fail "causeway-onebox is not built in this checkout" "./causeway build"
  printf '%s' "$release/bin/causeway-onebox"
}

check_machine() {
  local report
  if ! report=$("$(onebox_program)" check --data "$data" 2>&1); then
    say "$report"
    fail "this machine lacks something that clusters need (above)"
  fi
}

check_data() {
  mkdir -p "$data" 2>/dev/null || fail "cannot make the data directory $data" "Choose a place you may write: --data DIR"
  if ! (: >"$data/.writable") 2>/dev/null; then
    fail "the data directory $data cannot be written" "It is read-only or full: df -h $data; or choose another: --data DIR"
  fi
  rm -f "$data/.writable"
  local free
  free=$(df --output=avail -k "$data" | tail -n1)
  [ "$free" -lt 3000000 ] || return 0
  if [ -f "$data/onebox/instance.json" ]; then
    note "the disk of $data has only $((free / 1000)) MB free"
    return 0
  fi
  fail "the disk of $data has $((free / 1000)) MB free; clusters and images need 3000 MB" \
    "Free some (./causeway down --purge removes a data directory), or choose another disk: --data DIR"
}

# valid_port TEXT: 0 stands for any free one.
valid_port() { [[ $1 =~ ^[0-9]{1,5}$ ]] && [ "$((10#$1))" -le 65535 ]; }
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# check_port PORT: whether the addresses of this data directory can be on the port somebody asked for.
check_port() {
  [ "${1:-0}" != 0 ] || return 0
  local now
  if onebox_running; then
    now=$(onebox_api GET /v1/status | jq -r .webPort)
    [ "$now" = "$1" ] || fail "the addresses of $data are on port $now already, not on $1" \
      "Leave --port away, or stop first: ./causeway down --data $data && ./causeway up --data $data --port $1"
  elif port_taken "$1"; then
    fail "port $1 on loopback is taken" "See by what: ss -ltnp 'sport = :$1'" "Or choose another: --port N (0: any free one)"
  fi
}

# One `up` or `down` at a time on one data directory.
lock_data() {
  exec {data_lock}>"$data/up.lock"
  flock --nonblock "$data_lock" ||
    fail "another ./causeway is at work on $data" "Wait for it, or give this one a data directory of its own: --data DIR"
}
unlock_data() { flock --unlock "$data_lock"; }

start_onebox() { # start_onebox [WEB-PORT]
  if onebox_running; then
    return
  fi
  mkdir -p "$data/logs"
  step "Starting causeway-onebox"
  local arguments=(serve --data "$data" --kubernetes "$(kubernetes_programs)" --pause-image registry.causeway.internal/causeway/pause:1
    --preload "$data/preload")
  [ -z "${1:-}" ] || arguments+=(--web-port "$1")
  [ -z "${CAUSEWAY_AUDIT_POLICY:-}" ] || arguments+=(--audit-policy "$CAUSEWAY_AUDIT_POLICY")
  setsid "$(onebox_program)" "${arguments[@]}" >>"$data/logs/onebox.log" 2>&1 {data_lock}>&- </dev/null &
  local pid=$! waited=0
  disown "$pid" # its end is told in words of ours
  printf '%s\n' "$pid" >"$data/onebox.pid"
  until onebox_running; do
    kill -0 "$pid" 2>/dev/null || {
      tail -n 5 "$data/logs/onebox.log" >&2
      fail "causeway-onebox ended (all of its log: $data/logs/onebox.log)"
    }
    waited=$((waited + 1))
    [ $waited -lt 600 ] || fail "causeway-onebox does not answer on $(socket) (its log: $data/logs/onebox.log)"
    sleep 0.1
  done
}

registry_address() { jq -r .registry.loopback <<<"$(onebox_api GET /v1/status)"; }
