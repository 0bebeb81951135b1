# shellcheck shell=bash
# What happens in the hub, as lines a person reads: one when a Cluster or a Demo changes what it says about itself.

# The hub's API by way of one kubectl, which signs in as it knows how to: a question each second costs a curl and no kubectl.
hub_proxy=''
serve_hub() {
  leave_hub
  # Where it is from its folder: a socket's name has to be short.
  (cd "$data" && exec setpriv --pdeathsig TERM "$(kubectl_bin)" --kubeconfig "${KUBECONFIG_OVERRIDE:-$(hub_kubeconfig)}" \
    proxy --unix-socket=hub.sock) >/dev/null 2>&1 &
  hub_proxy=$!
  until [ -S "$data/hub.sock" ] || ! kill -0 "$hub_proxy" 2>/dev/null; do sleep 0.05; done
}

leave_hub() {
  [ -z "$hub_proxy" ] || { kill "$hub_proxy" && wait "$hub_proxy"; } 2>/dev/null || true
  hub_proxy=''
  rm -f "$data/hub.sock"
}

# look: whether there is news. $there is the list of Clusters and that of Demos then, one after the other. While the hub does not answer
# there is none; it may be at another address afterwards.
there=''
look() {
  local kinds=http://localhost/apis/causeway.dev/v1alpha1 now
  now=$(cd "$data" && curl -fsS --max-time 10 --unix-socket hub.sock "$kinds/clusters" "$kinds/demos" 2>/dev/null) || {
    serve_hub
    return 1
  }
  now=$(sed -E 's/"metadata":\{"continue":"","resourceVersion":"[0-9]+"\}//' <<<"$now") # of the list, which anything changes
  [ "$now" != "$there" ] || return 1
  there=$now
}

changes() { # changes WHAT-IS-THERE
  jq -r '
    .kind as $list | .items[] | . as $o | (.status // {}) as $s |
    if $list == "ClusterList" then
      [.metadata.namespace + "/cluster/" + .metadata.name, ($s.phase // "Pending"),
       (if $s.lastRun and ($s.lastRun.phase // "") == "Running" then
          "terraform \($s.lastRun.operation // "") \($s.lastRun.done // 0)/\($s.lastRun.total // 0) \($s.lastRun.current // "")"
        else ([$s.conditions[]? | select(.type == "Ready" and .status != "True") | .message][0] // "") end)]
    else
      [.metadata.namespace + "/demo/" + .metadata.name, ($s.stage // "Queued"), ($s.message // $s.step // "")]
    end | @tsv' <<<"$1"
}

# Prints what is new against the last call; keeps the last in $seen.
declare -A seen=()
print_changes() { # print_changes WHAT-IS-THERE
  local name state message
  while IFS=$'\t' read -r name state message; do
    [ "${seen[$name]:-}" != "$state $message" ] || continue
    seen[$name]="$state $message"
    # Of which namespace matters where two have one name; people look for the name.
    printf '    %-22s %s%-14s%s %s\n' "${name#*/}" "$bold" "$state" "$plain" "$message" >&2
  done < <(changes "$1")
}

# demo_verdict STAGE SECONDS USED prints what `up` does about the example's demo after so long: it is settled, to be
# waited for, to be reported or a failure. USED: an earlier `up` brought it, and it is as its owner wants it.
demo_verdict() {
  local patience=600 outcome=fail
  case $1 in
    Running | RunningBuilding | RunningAppStarting | Sleeping | Paused | Stopped | Deleting)
      echo settled
      return
      ;;
    # Some causes go away by themselves: the first time they get time to.
    BuildError | ConfigError | NoAppFile | RuntimeError) patience=120 ;;
  esac
  if [ -n "$3" ]; then
    outcome=report
    case $1 in
      BuildError | ConfigError | NoAppFile | RuntimeError | Unschedulable) patience=0 ;;
      # A platform that was stopped needs a moment to see its regions again.
      *) patience=120 ;;
    esac
  fi
  if [ "$2" -lt $patience ]; then echo wait; else echo $outcome; fi
}

# the_example <WHAT-IS-THERE: stage, URL (each "-" for none) and message of its demo; nothing where there is none.
the_example() {
  jq -r 'select(.kind == "DemoList") | .items[] | select(.metadata.namespace == "u-ada" and .metadata.name == "digits") | .status |
    [.stage // "-", .url // "-", .message // ""] | @tsv'
}

# Until the example's demo has settled, or says that it cannot.
show_progress() { # show_progress USED
  step "Bringing up the region and the demo"
  local demo='' now stage='' url='' message='' since=$SECONDS
  serve_hub
  while :; do
    if look; then
      print_changes "$there"
      now=$(the_example <<<"$there")
      if [ -z "$now" ] && [ -n "$demo" ]; then
        note "the demo was removed"
        return 0
      fi
      demo=$now
      IFS=$'\t' read -r stage url message <<<"$demo"
      stage=${stage#-} url=${url#-}
    fi
    case $(demo_verdict "$stage" $((SECONDS - since)) "$1") in
      settled)
        case $stage in Running*) wait_for_answer "$url" ;; esac
        return 0
        ;;
      report)
        note "demo/digits is at ${stage:-nothing}${message:+: $message}"
        return 0
        ;;
      fail) fail "the demo is at ${stage:-nothing} after $(((SECONDS - since) / 60)) minutes" ${message:+"$message"} \
        "kubectl --kubeconfig ${KUBECONFIG_OVERRIDE:-$(hub_kubeconfig)} describe clusters.causeway.dev,demos.causeway.dev -A" ;;
    esac
    sleep 1
  done
}

# After a stop the status says Running before the gateway is back. Any answer of the application counts. $gateway: where
# to ask when the demo's name does not lead there from this machine.
demo_answers() { # demo_answers URL
  case $(curl -s -o /dev/null --max-time 5 ${gateway:+--connect-to "::$gateway:80"} -w '%{http_code} %header{x-causeway-region}' "$1") in
    [1-4]??' '?*) return 0 ;;
  esac
  return 1
}

wait_for_answer() { # wait_for_answer URL
  local since=$SECONDS
  [ -n "$1" ] || return 0
  until demo_answers "$1"; do
    if [ $((SECONDS - since)) -ge 60 ]; then
      note "$1 does not answer yet"
      return 0
    fi
    sleep 0.5
  done
}

# Until somebody else runs `down`.
follow_changes() {
  while :; do
    if look; then print_changes "$there"; fi
    sleep 1 &
    wait $!
    onebox_running || restart_or_leave
  done
}

# Whoever stops the platform holds the lock meanwhile, and removes onebox.pid; a onebox that died has left it.
restart_or_leave() {
  flock "$data_lock"
  if [ ! -f "$data/onebox.pid" ]; then
    note "stopped by ./causeway down; ./causeway up goes on"
    exit 0
  fi
  onebox_running || kill -0 "$(cat "$data/onebox.pid")" 2>/dev/null || {
    note "causeway-onebox has ended; its clusters run on"
    start_onebox ''
  }
  unlock_data
}
