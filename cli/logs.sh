# shellcheck shell=bash
# `./causeway logs NAME [-f]`.

cmd_logs() {
  local name='' follow=''
  while [ $# -gt 0 ]; do
    case $1 in
      --data) set_data "${2:-}"; shift 2 ;;
      -f | --follow) follow=-f; shift ;;
      -*) fail "logs: unknown option \"$1\"" ;;
      *) name=$1; shift ;;
    esac
  done
  local file namespace
  case $name in
    '') fail "logs: of what?" "onebox, install, images, operator, git, gateway, CLUSTER/COMPONENT (hub/kube-apiserver), or a demo's name" ;;
    onebox | install | images)
      file=$data/logs/$name.log
      [ -f "$file" ] || fail "there is no $file yet"
      exec tail -n 200 $follow "$file"
      ;;
    operator) k -n causeway-system logs -l app.kubernetes.io/component=hub --prefix --tail=200 $follow ;;
    git) k -n causeway-system logs statefulset/git --all-containers --prefix --tail=200 $follow ;;
    gateway) k -n causeway-system logs daemonset/traefik --tail=200 $follow ;;
    */*)
      local id
      id=$(onebox_api GET /v1/clusters | jq -r --arg name "${name%%/*}" '.[] | select(.name == $name or .id == $name) | .id' | head -n1)
      file=$data/onebox/clusters/$id/logs/${name#*/}.log
      [ -n "$id" ] && [ -f "$file" ] || fail "there is no component ${name#*/} of a cluster ${name%%/*}" \
        "Clusters: $(onebox_api GET /v1/clusters | jq -r '[.[].name] | join(" ")')"
      exec tail -n 200 $follow "$file"
      ;;
    *)
      namespace=$(k get demos.causeway.dev -A -o json | jq -r --arg name "$name" '[.items[] | select(.metadata.name == $name)][0].metadata.namespace // empty')
      [ -n "$namespace" ] || fail "\"$name\" is neither a component nor a demo" "./causeway status lists the demos"
      demo_logs "$namespace" "$name" "$follow"
      ;;
  esac
}

# Of the demo's pods, wherever they run.
demo_logs() {
  local id
  for id in $(onebox_api GET /v1/clusters | jq -r '.[] | select(.id != "hub") | .id'); do
    "$(kubectl_bin)" --kubeconfig "$data/onebox/clusters/$id/kubeconfig.local" -n "$1" logs -l "causeway.dev/demo=$2" --prefix --tail=200 $3 || true
  done
}
