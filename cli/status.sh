# shellcheck shell=bash
# `./causeway status`, and DIR/endpoints.json: every address, for people and for scripts.

# The demos and their addresses, [] while the hub does not answer.
list_demos() {
  local demos
  if demos=$(k get demos.causeway.dev -A -o json 2>/dev/null); then
    jq '[.items[] | {namespace: .metadata.namespace, name: .metadata.name, url: .status.url}]' <<<"$demos"
  else
    printf '[]'
  fi
}

write_endpoints() {
  local status demos
  status=$(onebox_api GET /v1/status)
  demos=$(list_demos)
  jq -n --argjson status "$status" --argjson demos "$demos" --arg data "$data" '{
    hub: {kubeconfig: "\($data)/onebox/clusters/hub/kubeconfig.local"},
    clusters: [$status.clusters[] | select(.id != "hub") | {name, kubeconfig: "\($data)/onebox/clusters/\(.id)/kubeconfig.local"}],
    registry: "https://\($status.registry.loopback)",
    git: "http://git.localhost:\($status.webPort)",
    web: "http://causeway.localhost:\($status.webPort)", api: "http://causeway.localhost:\($status.webPort)/openapi.json",
    demos: $demos}' >"$data/endpoints.json.new"
  mv "$data/endpoints.json.new" "$data/endpoints.json"
}

print_summary() {
  local url
  say
  while IFS=$'\t' read -r url; do
    [ -n "$url" ] && say "  ${bold}Demo${plain}      $url"
  done < <(jq -r '.demos[].url // empty' "$data/endpoints.json")
  say "  ${bold}kubectl${plain}   export KUBECONFIG=$(hub_kubeconfig)"
  say "            export PATH=\$PATH:$(kubernetes_folder)   # if you have no kubectl"
  say "            kubectl get causeway -A"
  say "  ${bold}API${plain}       $(jq -r .web "$data/endpoints.json")/openapi.json   ($first_user, password in $data/first-password)"
  say "  ${bold}git${plain}       $(jq -r .git "$data/endpoints.json")/ada/digits.git   (user causeway, password in $data/git-password)"
  say "  ${bold}all${plain}       $data/endpoints.json"
  say
}

cmd_status() {
  while [ $# -gt 0 ]; do
    case $1 in
      --data) find_data "${2:-}"; shift 2 ;;
      *) fail "status: unknown option \"$1\"" ;;
    esac
  done
  if own_cluster; then
    k get causeway -A
    return
  fi
  need_running
  onebox_api GET /v1/status | jq -r '
    "registry  https://\(.registry.loopback)   demos  http://*.localhost:\(.webPort)",
    (.clusters[] | "cluster   \(.name)\t\(if .ready then "ready" else "not ready" end)\t\(.address)\t\((.memoryBytes // 0) / 1048576 | floor) MB")'
  k get causeway -A
  write_endpoints
}
