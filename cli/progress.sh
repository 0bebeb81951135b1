# shellcheck shell=bash
# What happens in the hub, as lines a person reads: one when a Cluster or a Demo changes what it says about itself.

changes() {
  k get clusters.causeway.dev,demos.causeway.dev -A -o json 2>/dev/null | jq -r '
    .items[] | . as $o | (.status // {}) as $s |
    if .kind == "Cluster" then
      ["cluster/" + .metadata.name, ($s.phase // "Pending"),
       (if $s.lastRun and ($s.lastRun.phase // "") == "Running" then
          "terraform \($s.lastRun.operation // "") \($s.lastRun.done // 0)/\($s.lastRun.total // 0) \($s.lastRun.current // "")"
        else ([$s.conditions[]? | select(.type == "Ready" and .status != "True") | .message][0] // "") end)]
    else
      ["demo/" + .metadata.name, ($s.stage // "Queued"), ($s.message // $s.step // "")]
    end | @tsv'
}

# Prints what is new against the last call; keeps the last in $seen.
declare -A seen=()
print_changes() {
  local name state message
  while IFS=$'\t' read -r name state message; do
    [ "${seen[$name]:-}" != "$state $message" ] || continue
    seen[$name]="$state $message"
    printf '    %-22s %s%-14s%s %s\n' "$name" "$bold" "$state" "$plain" "$message" >&2
  done < <(changes)
}

# Until the example's demo runs, or says that it cannot.
show_progress() {
  step "Bringing up the region and the demo"
  local stage since=$SECONDS
  while :; do
    print_changes
    stage=$(k -n u-ada get demo digits -o 'jsonpath={.status.stage}' 2>/dev/null || true)
    case $stage in
      Running) return 0 ;;
      BuildError | ConfigError | NoAppFile | RuntimeError)
        # Some causes go away by themselves: give it time before giving up.
        [ $((SECONDS - since)) -lt 120 ] || fail "the demo stopped at $stage" \
          "$(k -n u-ada get demo digits -o 'jsonpath={.status.message}')" "kubectl -n u-ada describe demo digits"
        ;;
      *) [ $((SECONDS - since)) -lt 600 ] || fail "the demo is still at ${stage:-nothing} after 10 minutes" \
        "kubectl --kubeconfig $(hub_kubeconfig) describe clusters,demos -A" ;;
    esac
    sleep 0.5
  done
}

follow_changes() {
  while :; do
    print_changes
    sleep 1 &
    wait $!
  done
}
