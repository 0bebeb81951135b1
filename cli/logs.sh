# shellcheck shell=bash
# `./causeway logs NAME [-f]`.

cmd_logs() {
  local name='' follow=()
  while [ $# -gt 0 ]; do
    case $1 in
      --data) find_data "${2:-}"; shift 2 ;;
      -f | --follow) follow=(-f); shift ;;
      -*) fail "logs: unknown option \"$1\"" ;;
      *) name=$1; shift ;;
    esac
  done
  case $name in
    '') fail "logs: of what?" "onebox, install, images, operator, webhooks, web, git, gateway, CLUSTER/COMPONENT (hub/kube-apiserver), or a demo's name" ;;
    onebox | install | images) show_file "$data/logs/$name.log" ;;
    */*) component_logs "${name%%/*}" "${name#*/}" ;;
    operator) hub_logs -l app.kubernetes.io/component=hub --prefix ;;
    webhooks) hub_logs -l app.kubernetes.io/name=causeway-webhooks --prefix ;;
    web) hub_logs -l app.kubernetes.io/name=causeway-apiserver --prefix ;;
    git) hub_logs statefulset/git --all-containers --prefix ;;
    gateway) hub_logs daemonset/traefik ;;
    *) demo_logs "$name" ;;
  esac
}

show_file() {
  [ -f "$1" ] || fail "there is no $1 yet"
  exec tail -n 200 "${follow[@]}" "$1"
}

need_hub() {
  own_cluster || need_running
  k get --raw /readyz --request-timeout=10s >/dev/null 2>&1 || fail "the hub cluster does not answer" \
    "What it says itself: ./causeway logs hub/kube-apiserver --data $data"
}

hub_logs() {
  need_hub
  k -n causeway-system logs "$@" --tail=200 "${follow[@]}"
}

# A file, also when nothing runs: then by the cluster's id, which is the hub's name.
component_logs() { # component_logs CLUSTER COMPONENT
  local id=$1 clusters='' file
  if onebox_running; then
    clusters=$(onebox_api GET /v1/clusters)
    id=$(jq -r --arg name "$1" '[.[] | select(.name == $name or .id == $name)][0].id // empty' <<<"$clusters")
  fi
  file=$data/onebox/clusters/$id/logs/$2.log
  if [ -z "$id" ] || [ ! -f "$file" ]; then
    [ -n "$clusters" ] || need_running
    fail "there is no component $2 of a cluster $1" "Clusters: $(jq -r '[.[].name] | join(" ")' <<<"$clusters")" \
      ${id:+"Components: $(cd "$data/onebox/clusters/$id/logs" && printf '%s ' *.log | sed 's/\.log//g')"}
  fi
  show_file "$file"
}

# Of the build while there is one, or nothing runs yet; else of the demo's pods, wherever they run.
demo_logs() { # demo_logs NAME
  need_hub
  local demo namespace clusters id kubeconfig pods kubeconfigs=()
  demo=$(k get demos.causeway.dev -A -o json | jq --arg name "$1" '[.items[] | select(.metadata.name == $name)][0] // empty')
  [ -n "$demo" ] || fail "\"$1\" is neither a component nor a demo" "./causeway status lists the demos"
  namespace=$(jq -r .metadata.namespace <<<"$demo")
  case $(jq -r '.status.stage // "Queued"' <<<"$demo") in
    Queued | Building | BuildError | NoAppFile)
      build_logs "$namespace" "$1" || note "demo $1 has no build yet: $(jq -r '.status.message // "it is queued"' <<<"$demo")"
      return
      ;;
  esac
  clusters='[]'
  if own_cluster; then kubeconfigs=("$KUBECONFIG_OVERRIDE"); else clusters=$(onebox_api GET /v1/clusters); fi
  for id in $(jq -r '.[] | select(.id != "hub") | .id' <<<"$clusters"); do
    kubeconfig=$data/onebox/clusters/$id/kubeconfig.local
    if ! pods=$("$(kubectl_bin)" --kubeconfig "$kubeconfig" --request-timeout=10s -n "$namespace" get pods -l "causeway.dev/demo=$1" -o name 2>/dev/null); then
      note "cluster $(jq -r --arg id "$id" '.[] | select(.id == $id) | .name' <<<"$clusters") does not answer"
    elif [ -n "$pods" ]; then
      kubeconfigs+=("$kubeconfig")
    fi
  done
  if [ ${#kubeconfigs[@]} -eq 0 ]; then
    note "demo $1 has no pods (it is $(jq -r '.status.stage // "Queued"' <<<"$demo")); this is its last build:"
    build_logs "$namespace" "$1" || note "there is no log of a build"
    return
  fi
  pod_logs "$namespace" "$1" "${kubeconfigs[@]}"
}

# pod_logs NAMESPACE DEMO KUBECONFIG…: of all regions at once, so that -f follows them all.
pod_logs() {
  local namespace=$1 demo=$2 kubeconfig reader readers=()
  shift 2
  for kubeconfig in "$@"; do
    "$(kubectl_bin)" --kubeconfig "$kubeconfig" -n "$namespace" logs -l "causeway.dev/demo=$demo" --prefix --tail=200 "${follow[@]}" &
    readers+=("$!")
  done
  # Background processes of a script do not hear Ctrl-C.
  # shellcheck disable=SC2064 # the readers of now
  trap "kill ${readers[*]} 2>/dev/null || true; exit 130" INT TERM
  for reader in "${readers[@]}"; do
    wait "$reader" || fail "not all logs of demo $demo could be read (above)"
  done
}

# build_logs NAMESPACE DEMO: of the build that runs, else the end of the last one, which the hub keeps. 1: there is none.
build_logs() {
  local pod last
  pod=$(k -n causeway-builds get pods -l "causeway.dev/demo=$2,causeway.dev/demo-namespace=$1" \
    --field-selector status.phase=Running -o name | tail -n1)
  if [ -n "$pod" ]; then
    k -n causeway-builds logs "$pod" --tail=200 "${follow[@]}"
    return
  fi
  last=$(k -n "$1" get configmaps -l "causeway.dev/demo=$2" --sort-by=.metadata.creationTimestamp -o json |
    jq -r '[.items[] | select(.metadata.name | startswith("build-log-"))][-1].data.log // empty')
  [ -n "$last" ] || return 1
  printf '%s\n' "$last"
}
