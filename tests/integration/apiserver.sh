#!/bin/bash
# A real Kubernetes API server for tests: etcd and kube-apiserver on free loopback ports, in a folder of their own,
# with certificates made on the spot. Nothing stays behind.
#
#   apiserver.sh COMMAND...   runs COMMAND with
#     CAUSEWAY_TEST_KUBECONFIG        an administrator's kubeconfig
#     CAUSEWAY_TEST_APISERVER_PIDFILE the process to kill in a test; it is started again at once
#     CAUSEWAY_TEST_APISERVER_LOG     what it says
#     CAUSEWAY_TEST_ETCD              the address of its etcd (benchmarks fill it)
#   and exits with COMMAND's code.
#   CAUSEWAY_KUBERNETES_BIN: the program that holds etcd, kube-apiserver and kubectl (onebox/build.sh makes it).
set -euo pipefail

die() { echo "apiserver.sh: $*" >&2; exit 2; }
[[ $# -gt 0 ]] || die "usage: apiserver.sh COMMAND..."
bin=${CAUSEWAY_KUBERNETES_BIN:-}
[[ -n $bin ]] || die "CAUSEWAY_KUBERNETES_BIN is not set: the path of causeway-kubernetes (onebox/build.sh makes it)"
[[ -x $bin ]] || die "CAUSEWAY_KUBERNETES_BIN=$bin is not a program"

dir=$(mktemp -d "${TMPDIR:-/tmp}/causeway-apiserver.XXXXXX")
etcd_pid='' keeper_pid=''

stop_process() {  # PID: ends it and waits
  local pid=$1
  kill -TERM "$pid" 2>/dev/null || return 0
  for _ in $(seq 100); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.05
  done
  kill -KILL "$pid" 2>/dev/null || true
}

clean_up() {
  local code=$?
  trap - EXIT INT TERM
  [[ -z $keeper_pid ]] || { stop_process "$keeper_pid"; wait "$keeper_pid" 2>/dev/null || true; }
  [[ -z $etcd_pid ]] || { stop_process "$etcd_pid"; wait "$etcd_pid" 2>/dev/null || true; }
  if [[ $code -eq 2 && -s $dir/apiserver.log ]]; then tail -n 20 "$dir/apiserver.log" >&2; fi
  rm -rf "$dir"
  exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

declare -A taken=()
free_port() {  # VARIABLE: a loopback port below the range the kernel gives to outgoing connections
  local port
  for _ in $(seq 200); do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    [[ -z ${taken[$port]:-} ]] || continue
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue
    taken[$port]=1
    printf -v "$1" %s "$port"
    return
  done
  die "no free port was found"
}

# Certificates: one authority signs the server's and the administrator's.
key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }
sign() {  # NAME SUBJECT EXTENSIONS
  key "$dir/$1.key"
  openssl req -new -key "$dir/$1.key" -subj "$2" -out "$dir/$1.csr"
  openssl x509 -req -in "$dir/$1.csr" -CA "$dir/ca.crt" -CAkey "$dir/ca.key" -CAcreateserial -days 2 -sha256 \
    -extfile <(printf '%s' "$3") -out "$dir/$1.crt" 2>/dev/null
}
key "$dir/ca.key"
openssl req -x509 -new -key "$dir/ca.key" -subj "/CN=causeway-test-ca" -days 2 -sha256 -out "$dir/ca.crt"
sign server "/CN=kube-apiserver" \
  $'subjectAltName=IP:127.0.0.1,IP:10.96.0.1,DNS:localhost,DNS:kubernetes.default.svc\nextendedKeyUsage=serverAuth'
sign admin "/O=system:masters/CN=admin" 'extendedKeyUsage=clientAuth'
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$dir/service-account.key" 2>/dev/null
openssl pkey -in "$dir/service-account.key" -pubout -out "$dir/service-account.pub"

start_etcd() {
  free_port etcd_port
  free_port peer_port
  "$bin" etcd --name test --data-dir "$dir/etcd" --listen-client-urls "http://127.0.0.1:$etcd_port" \
    --advertise-client-urls "http://127.0.0.1:$etcd_port" --listen-peer-urls "http://127.0.0.1:$peer_port" \
    --initial-advertise-peer-urls "http://127.0.0.1:$peer_port" --initial-cluster "test=http://127.0.0.1:$peer_port" \
    --unsafe-no-fsync --log-level error >"$dir/etcd.log" 2>&1 &
  etcd_pid=$!
}

api_server() {
  exec "$bin" kube-apiserver --etcd-servers="http://127.0.0.1:$etcd_port" --bind-address=127.0.0.1 \
    --advertise-address=127.0.0.1 --secure-port="$api_port" --tls-cert-file="$dir/server.crt" \
    --tls-private-key-file="$dir/server.key" --client-ca-file="$dir/ca.crt" \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$dir/service-account.pub" \
    --service-account-signing-key-file="$dir/service-account.key" --authorization-mode=RBAC \
    --service-cluster-ip-range=10.96.0.0/16 --allow-privileged --endpoint-reconciler-type=none \
    --disable-admission-plugins=ServiceAccount --shutdown-delay-duration=0s --min-request-timeout=300 \
    >>"$dir/apiserver.log" 2>&1
}

# Starts the API server again whenever it ends, until told to stop.
keep_api_server() {
  local child=''
  trap '[[ -z $child ]] || stop_process "$child"; exit 0' TERM
  while true; do
    api_server &
    child=$!
    echo "$child" >"$dir/apiserver.pid.new" && mv "$dir/apiserver.pid.new" "$dir/apiserver.pid"
    wait "$child" || true
    sleep 0.2
  done
}

ready() { "$bin" kubectl --kubeconfig "$dir/kubeconfig" --request-timeout 2s get --raw /readyz >/dev/null 2>&1; }

etcd_port='' peer_port='' api_port=''
start_etcd
free_port api_port
cat >"$dir/kubeconfig" <<YAML
apiVersion: v1
kind: Config
clusters:
- name: test
  cluster: {server: "https://127.0.0.1:$api_port", certificate-authority: "$dir/ca.crt"}
users:
- name: admin
  user: {client-certificate: "$dir/admin.crt", client-key: "$dir/admin.key"}
contexts:
- name: test
  context: {cluster: test, user: admin}
current-context: test
YAML
keep_api_server &
keeper_pid=$!
for attempt in $(seq 300); do
  ready && break
  kill -0 "$etcd_pid" 2>/dev/null || { tail -n 5 "$dir/etcd.log" >&2; die "etcd ended"; }
  [[ $attempt -lt 300 ]] || die "the API server is not ready after 60 s"
  sleep 0.2
done

export CAUSEWAY_TEST_KUBECONFIG=$dir/kubeconfig CAUSEWAY_TEST_APISERVER_PIDFILE=$dir/apiserver.pid
export CAUSEWAY_TEST_APISERVER_LOG=$dir/apiserver.log CAUSEWAY_TEST_ETCD=http://127.0.0.1:$etcd_port
mkdir "$dir/tmp"
export TMPDIR=$dir/tmp  # what a killed process could not remove goes with it
code=0
"$@" || code=$?
exit "$code"
