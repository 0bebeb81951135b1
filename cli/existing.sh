# shellcheck shell=bash
# `./causeway up --context NAME`: Causeway in a Kubernetes cluster that was there before.

# --context, --registry, --registry-push, --registry-ca, --domain, as given.
declare -A existing=()

up_existing() { # up_existing EXAMPLE-OR-NOTHING
  local registry=${existing[registry]:-} push ca gateway domain=${existing[domain]:-localhost}
  [ -n "${existing[context]:-}" ] || fail "--registry and --domain are of a cluster of your own: --context NAME says which" \
    "Without them ./causeway up starts a cluster on this machine"
  [ -n "$registry" ] || fail "--context wants --registry HOST as well: your nodes pull Causeway's and the demos' images from it" \
    "It answers over https, at your nodes and here, and takes pushes from both without a login" \
    "Where its name is another one here: --registry-push HOST; its authority, where not known: --registry-ca FILE"
  push=${existing[registry-push]:-$registry}
  ca=${existing[registry-ca]:-}
  [ -z "$ca" ] || [ -r "$ca" ] || fail "cannot read $ca (--registry-ca)"
  [ "$(id -u)" = 0 ] || fail "Causeway's images are made from Debian's packages, which only root may unpack" \
    "sudo KUBECONFIG=\$HOME/.kube/config ./causeway up --context ${existing[context]} --registry $registry"
  check_data
  lock_data
  mkdir -p "$data/logs"
  prepare_packages
  # What the cluster lacks is said before the long builds.
  if [ -z "$(kubectl_bin)" ]; then
    prepare_go
    "$CAUSEWAY_ROOT/onebox/build.sh" kubernetes >/dev/null
  fi
  use_context "${existing[context]}"
  check_cluster
  gateway=$(node_address)
  prepare_go
  "$CAUSEWAY_ROOT/onebox/build.sh" gateway >/dev/null
  "$CAUSEWAY_ROOT/onebox/build.sh" images >/dev/null
  build_binaries release "${platform_binaries[@]}"
  push_images "$push" "$ca"

  site=(
    [overlay]=own-cluster [registry]=$registry [registry_ca]=$ca [git_url]=http://git.$domain [web_url]=$(web_url "$domain") [pods]="10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,fc00::/7" [domain]=$domain [port]=80
    [hub_url]=$(k config view --minify -o 'jsonpath={.clusters[0].cluster.server}')
  )
  new_install
  write_registry_network "$registry"
  write_install
  install_causeway
  k -n causeway-system rollout status deployment/causeway-operator-hub --timeout=180s >/dev/null ||
    fail "the operator does not start in this cluster" \
      "kubectl --kubeconfig $KUBECONFIG_OVERRIDE -n causeway-system describe pods"
  if [ -n "$1" ]; then
    write_own_cluster_example
    run_quickstart "$data/example" push_by_forward
  fi
  await_web
  first_step by_forward causeway-apiserver
  write_existing_endpoints
  print_existing_summary
}

# Signing in over plain http is for this machine only: anywhere else somebody has to put https in front of the gateway.
web_url() { # web_url DOMAIN
  case $1 in
    localhost | *.localhost) printf 'http://causeway.%s' "$1" ;;
    *) printf 'https://causeway.%s' "$1" ;;
  esac
}

print_existing_summary() {
  local kubectl="kubectl --kubeconfig $KUBECONFIG_OVERRIDE"
  say
  say "  ${bold}Demos${plain}     http://<demo>--<owner>.${site[domain]}, by the gateway at $gateway: let *.${site[domain]} lead there, or"
  say "            curl -H 'Host: digits--ada.${site[domain]}' http://$gateway/"
  say "  ${bold}kubectl${plain}   $kubectl get causeway -A"
  say "  ${bold}API${plain}       ${site[web_url]}/openapi.json   ($first_user, password in $data/first-password)"
  say "  ${bold}git${plain}       ${site[git_url]}/ada/digits.git   (user causeway, password in $data/git-password)"
  say "  ${bold}remove${plain}    ./causeway down --data $data says how"
  say
}

# Where the network plugin enforces NetworkPolicies, builds reach no private address but the registry's, and the operator no
# other port than those of manifests/base.
write_registry_network() { # write_registry_network HOST[:PORT]
  local port=443 addresses address policies=$data/install/more-registry-network.yaml where
  [[ $1 != *:* ]] || port=${1##*:}
  addresses=$(getent ahosts "${1%:*}" | awk '{ print $1 }' | sort -u) || true
  [ -n "$addresses" ] || {
    note "${1%:*} has no address here; where it has a private one in the cluster, builds need a NetworkPolicy that allows it:"
    note "manifests/overlays/own-cluster/README.md"
    return 0
  }
  for where in causeway-builds:build causeway-system:causeway-operator; do
    cat <<END
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: external-registry
  namespace: ${where%:*}
spec:
  podSelector:
    matchLabels: {app.kubernetes.io/name: ${where#*:}}
  policyTypes: [Egress]
  egress:
    - ports:
        - {protocol: TCP, port: $port}
      to:
END
    for address in $addresses; do
      printf '        - ipBlock: {cidr: "%s/%s"}\n' "$address" "$([[ $address == *:* ]] && echo 128 || echo 32)"
    done
  done >"$policies"
}

# `./causeway down` on such a data directory. What runs in somebody's cluster is removed by them.
explain_removal() {
  local kubectl="kubectl --kubeconfig $data/kubeconfig"
  note "Causeway was installed into a cluster of your own, and nothing of it runs here. To remove it there, one after the other:"
  note "  $kubectl delete -A --all demos.causeway.dev"
  note "  $kubectl delete -A --all repos.causeway.dev,clusters.causeway.dev"
  note "  $kubectl delete --ignore-not-found -k $data/install"
  note "  $kubectl delete crd -l app.kubernetes.io/part-of=causeway"
  note "What stays, and why in this order: manifests/README.md"
}

# A kubeconfig of nothing but this context, which everything afterwards uses.
use_context() {
  local kubectl
  kubectl=$(kubectl_bin)
  "$kubectl" config get-contexts "$1" >/dev/null 2>&1 || fail "kubectl has no context \"$1\"" \
    "It has: $("$kubectl" config get-contexts -o name | paste -sd ' ' -)"
  (umask 077 && "$kubectl" config view --context "$1" --minify --flatten --raw >"$data/kubeconfig")
  export KUBECONFIG_OVERRIDE=$data/kubeconfig
}

check_cluster() {
  local said minor
  said=$(k get --raw /readyz --request-timeout=10s 2>&1) || fail "the cluster of context ${existing[context]} does not answer" "$said"
  [ "$(k auth can-i '*' '*' --all-namespaces 2>/dev/null)" = yes ] || fail "context ${existing[context]} is not an administrator's" \
    "Causeway brings CustomResourceDefinitions and ClusterRoles: use a context that may create them"
  minor=$(k version -o json | jq -r '.serverVersion.minor | gsub("[^0-9]"; "")')
  [ "$minor" -ge 30 ] || fail "the cluster runs Kubernetes 1.$minor; Causeway wants 1.30 or newer (ValidatingAdmissionPolicy)"
  k get storageclass,persistentvolume -o json | jq -e '
    any(.items[]; .metadata.annotations["storageclass.kubernetes.io/is-default-class"] == "true")
    or ([.items[] | select(.kind == "PersistentVolume" and (.spec.storageClassName // "") == "")] | length >= 2)' >/dev/null ||
    fail "the cluster has no default StorageClass, and repositories and the database are kept on volumes" \
      "Mark one: kubectl annotate storageclass NAME storageclass.kubernetes.io/is-default-class=true" \
      "or make PersistentVolumes of 10Gi and 20Gi without a class"
}

# Where the gateway answers: port 80 of every node; the first one that is Ready stands for them.
node_address() {
  local address
  address=$(k get nodes -o json | jq -r '
    [.items[] | select(any(.status.conditions[]; .type == "Ready" and .status == "True")) | .status.addresses
     | ((map(select(.type == "ExternalIP")) + map(select(.type == "InternalIP")))[0].address)] | .[0] // empty')
  [ -n "$address" ] || fail "no node of the cluster is Ready" "kubectl get nodes"
  printf '%s' "$address"
}

# examples/03-own-cluster, with the address that only this cluster has.
write_own_cluster_example() {
  kustomize_over "$data/example" "$CAUSEWAY_ROOT/examples/03-own-cluster" <<END
  - target: {kind: Cluster, name: here}
    patch: |-
      - op: add
        path: /metadata/annotations
        value: {causeway.dev/gateway-address: "$gateway"}
END
}

# The public names may lead nowhere yet: by way of the cluster's API server.
push_by_forward() {
  k -n causeway-system rollout status statefulset/git --timeout=180s >/dev/null ||
    fail "the git server does not start" "kubectl --kubeconfig $KUBECONFIG_OVERRIDE -n causeway-system describe pod git-0"
  by_forward git push_quickstart
}

push_quickstart() { push_example "$CAUSEWAY_ROOT/examples/01-quickstart/app" "$1/ada/digits.git"; } # push_quickstart URL

# by_forward SERVICE COMMAND: COMMAND http://127.0.0.1:PORT, which leads to SERVICE meanwhile.
by_forward() {
  local forward port='' waited=0
  : >"$data/logs/port-forward.log"
  "$(kubectl_bin)" --kubeconfig "$KUBECONFIG_OVERRIDE" -n causeway-system port-forward "service/$1" :80 \
    >"$data/logs/port-forward.log" 2>&1 {data_lock}>&- </dev/null &
  forward=$! # kubectl itself, not a shell around it
  # shellcheck disable=SC2064 # the process of now
  trap "kill $forward 2>/dev/null || true" EXIT
  while [ -z "$port" ]; do
    port=$(sed -n 's/^Forwarding from 127.0.0.1:\([0-9]*\).*/\1/p' "$data/logs/port-forward.log")
    waited=$((waited + 1))
    { [ $waited -lt 300 ] && kill -0 "$forward" 2>/dev/null; } || { tail -n 3 "$data/logs/port-forward.log" >&2; fail "kubectl port-forward to $1 failed"; }
    sleep 0.1
  done
  "$2" "http://127.0.0.1:$port"
  kill "$forward" 2>/dev/null || true
  wait "$forward" 2>/dev/null || true
  trap - EXIT
}

write_existing_endpoints() {
  local demos
  demos=$(list_demos)
  jq -n --argjson demos "$demos" --arg data "$data" --arg registry "https://${site[registry]}" --arg git "${site[git_url]}" \
    --arg web "${site[web_url]}" '{
    hub: {kubeconfig: "\($data)/kubeconfig"}, clusters: [], registry: $registry, git: $git, web: $web, api: "\($web)/openapi.json",
    demos: $demos}' >"$data/endpoints.json.new"
  mv "$data/endpoints.json.new" "$data/endpoints.json"
}
