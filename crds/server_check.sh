#!/bin/bash
# Starts etcd and a real kube-apiserver in a temporary folder, installs the CRDs, and checks what only the real one can
# tell: that it accepts the schemas and the cost of their CEL rules, applies defaults, refuses what testdata/ says it
# must with the words it says, and shows people what they look for.
#
#   crds/server_check.sh [KUBERNETES]    the multi-call program of onebox/kubernetes (etcd, kube-apiserver, kubectl);
#                                        default: $CAUSEWAY_KUBERNETES_BIN. Without one: exit 77 (skipped).
set -euo pipefail
crds=$(cd "$(dirname "$0")" && pwd)
kubernetes=${1:-${CAUSEWAY_KUBERNETES_BIN:-}}
if [ -z "$kubernetes" ] || [ ! -x "$kubernetes" ]; then
  echo "skipped: no Kubernetes program; build onebox/kubernetes and give its path" >&2
  exit 77
fi

dir=$(mktemp -d -t causeway-crds.XXXXXX)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$dir"
}
trap finish EXIT

# The kernel hands out ports that are free now; nobody else asks for the same ones in between.
read -r client peer secure < <(python3 - <<'PY'
import socket
held = [socket.socket() for _ in range(3)]
for s in held:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in held))
PY
)

token=$(openssl rand -hex 16)
echo "$token,checker,checker,\"system:masters\"" >"$dir/tokens.csv"
openssl genrsa -out "$dir/sa.key" 2048 2>/dev/null

"$kubernetes" etcd --data-dir "$dir/etcd" --listen-client-urls "http://127.0.0.1:$client" \
  --advertise-client-urls "http://127.0.0.1:$client" --listen-peer-urls "http://127.0.0.1:$peer" \
  --initial-advertise-peer-urls "http://127.0.0.1:$peer" --initial-cluster "default=http://127.0.0.1:$peer" \
  --unsafe-no-fsync >"$dir/etcd.log" 2>&1 &
pids+=($!)
"$kubernetes" kube-apiserver --etcd-servers "http://127.0.0.1:$client" --secure-port "$secure" \
  --bind-address 127.0.0.1 --advertise-address 127.0.0.1 --cert-dir "$dir/certs" --token-auth-file "$dir/tokens.csv" \
  --service-account-issuer https://kubernetes.default.svc --service-account-key-file "$dir/sa.key" \
  --service-account-signing-key-file "$dir/sa.key" --authorization-mode RBAC \
  --service-cluster-ip-range 10.0.0.0/24 >"$dir/apiserver.log" 2>&1 &
pids+=($!)

# The certificate is the API server's own self-signed one, made for this run in a folder of ours.
kubectl() {
  "$kubernetes" kubectl --server "https://127.0.0.1:$secure" --insecure-skip-tls-verify --token "$token" \
    --cache-dir "$dir/cache" "$@"
}

ready=
for _ in $(seq 900); do
  if kubectl get --raw /readyz >/dev/null 2>&1; then ready=1; break; fi
  for pid in "${pids[@]}"; do
    kill -0 "$pid" 2>/dev/null || { tail -5 "$dir"/*.log >&2; echo "FAIL: etcd or kube-apiserver ended" >&2; exit 1; }
  done
  sleep 0.1
done
[ -n "$ready" ] || { tail -20 "$dir/apiserver.log" >&2; echo "FAIL: the API server is not ready after 90 s" >&2; exit 1; }

failures=0
fail() { echo "FAIL: $*" >&2; failures=$((failures + 1)); }
expect() {  # expect WHAT TEXT PATTERN
  grep -qF -- "$3" <<<"$2" || fail "$1: expected \"$3\" in: $2"
}

kubectl apply --server-side -k "$crds" >"$dir/out" 2>&1 || { cat "$dir/out" >&2; exit 1; }
kubectl wait --for=condition=Established --timeout=60s crd --all >/dev/null || fail "not every CRD is Established"
for condition in $(kubectl get crd -o jsonpath='{range .items[*]}{.metadata.name}={.status.conditions[?(@.type=="NonStructuralSchema")].status}{"\n"}{end}'); do
  case $condition in *=True) fail "schema is not structural: $condition" ;; esac
done

for namespace in causeway-system u-ada cluster-0f3a9c51; do kubectl create namespace "$namespace" >/dev/null; done

cases=0
# What the tree ships is accepted as it is.
mapfile -t shipped < <(grep -rlE --include='*.yaml' --exclude=kustomization.yaml '^apiVersion: causeway.dev/' "$crds/../examples" "$crds/../manifests" || true)
for file in "${shipped[@]}"; do
  cases=$((cases + 1))
  while read -r namespace; do
    kubectl create namespace "$namespace" >/dev/null 2>&1 || true
  done < <(sed -n 's/^  namespace: //p' "$file" | sort -u)
  answer=$(kubectl create --dry-run=server --validate=strict -f "$file" 2>&1) || fail "${file#"$crds"/../}: $answer"
done

# Objects: testdata/<kind>/<case>.yaml; "# server: TEXT" means that the API server has to refuse it with TEXT.
for file in "$crds"/*/example.yaml "$crds"/testdata/*/*.yaml; do
  cases=$((cases + 1))
  expected=$(sed -n 's/^# server: //p' "$file")
  if answer=$(kubectl create --validate=strict -f "$file" 2>&1); then
    [ -z "$expected" ] || fail "${file#"$crds"/} was accepted; expected: $expected"
    case $file in
      */testdata/*) [ -n "$expected" ] || kubectl delete --ignore-not-found -f "$file" >/dev/null ;;
    esac
  elif [ -z "$expected" ]; then
    fail "${file#"$crds"/} was refused: $answer"
  else
    expect "${file#"$crds"/}" "$answer" "$expected"
  fi
done

# Updates that must be refused: what the examples created is changed.
refuse() {  # refuse RESOURCE NAMESPACE PATCH TEXT
  local answer
  if answer=$(kubectl patch "$1" -n "$2" --type merge -p "$3" 2>&1); then
    fail "patch $3 of $1 was accepted"
  else
    expect "patch $3 of $1" "$answer" "$4"
  fi
}
refuse cluster/guangzhou causeway-system '{"spec":{"role":"Management"}}' 'role cannot be changed'
refuse cluster/guangzhou causeway-system '{"spec":{"source":{"terraform":{"region":"ap-shanghai"}}}}' 'source cannot be changed'
refuse cluster/guangzhou causeway-system '{"spec":{"network":{"cidr":"10.9.0.0/16"}}}' 'network cannot be changed'
refuse repo/ada-digits u-ada '{"spec":{"type":"Model"}}' 'type cannot be changed'
refuse imagetemplate/python-web-v1 causeway-system '{"spec":{"family":"other"}}' 'family cannot be changed'
refuse assignment/digits-1f0b5c2a cluster-0f3a9c51 '{"spec":{"epoch":0}}' 'epoch never goes back'

# Build inputs of a template may change until demos use it.
kubectl patch imagetemplate/python-web-v1 -n causeway-system --type merge -p '{"spec":{"proc":["python3","main.py"]}}' \
  >/dev/null || fail "an unused template could not be changed"
kubectl patch imagetemplate/python-web-v1 -n causeway-system --subresource status --type merge \
  -p '{"status":{"demoCount":1}}' >/dev/null || fail "status of the template could not be written"
refuse imagetemplate/python-web-v1 causeway-system '{"spec":{"proc":["python3","app.py"]}}' 'create the next version'

# Defaults, the status before the first visit included.
expect "defaults of demo" "$(kubectl get demo digits -n u-ada -o json)" '"clusterCount": 1'
expect "defaults of demo" "$(kubectl get demo digits -n u-ada -o jsonpath='{.spec.rollout} {.spec.placement.failover.after} {.spec.scaling.idleTimeout} {.spec.autoDeploy}')" 'Rolling 5m 15m true'
expect "status of demo" "$(kubectl get demo digits -n u-ada -o jsonpath='{.status}')" '"observedGeneration":-1'
expect "status of cluster" "$(kubectl get cluster guangzhou -n causeway-system -o jsonpath='{.status}')" '"phase":"Pending"'

# What kube/core's finalizer patches rest on: a missing member tests equal to null, and a changed list is refused.
first='[{"op":"test","path":"/metadata/finalizers","value":null},{"op":"add","path":"/metadata/finalizers","value":["causeway.dev/a"]}]'
kubectl patch demo/digits -n u-ada --type json -p "$first" >/dev/null || fail "the first finalizer could not be added"
if answer=$(kubectl patch demo/digits -n u-ada --type json -p "$first" 2>&1); then
  fail "a finalizer patch passed although the list had changed"
else
  expect "finalizer patch" "$answer" 'request is invalid'
fi
kubectl patch demo/digits -n u-ada --type json -p \
  '[{"op":"test","path":"/metadata/finalizers/0","value":"causeway.dev/a"},{"op":"remove","path":"/metadata/finalizers/0"}]' \
  >/dev/null || fail "the finalizer could not be removed"

# What people see.
expect "kubectl explain" "$(kubectl explain demo.spec.placement)" 'Where the Demo runs.'
expect "kubectl explain" "$(kubectl explain demo.spec.placement.regions)" 'ap-guangzhou'
expect "kubectl explain" "$(kubectl explain cluster)" 'runs demos'
expect "columns of demos" "$(kubectl get demos -n u-ada)" 'NAME     STAGE    READY   CLUSTER   URL   AGE'
expect "columns of clusters" "$(kubectl get clusters -n causeway-system)" 'PROVIDER       REGION         NODES   DEMOS   AGE'
expect "category" "$(kubectl get causeway -A 2>&1)" 'demo.causeway.dev/digits'
expect "short name" "$(kubectl get cwr -n u-ada)" 'ada/Digits'

echo "$cases objects, $failures failures"
[ "$failures" -eq 0 ]
