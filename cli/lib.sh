# shellcheck shell=bash
# What every command needs: words, the data directory, addresses.

if [ -t 2 ]; then bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' plain=$'\e[0m'; else bold='' dim='' red='' plain=''; fi

say() { printf '%s\n' "$*" >&2; }
step() { printf '%s==>%s %s\n' "$bold" "$plain" "$*" >&2; }
note() { printf '    %s%s%s\n' "$dim" "$*" "$plain" >&2; }

# fail WHAT-IS-WRONG [LINE...]: what to do about it.
fail() {
  printf '%scauseway:%s %s\n' "$red" "$plain" "$1" >&2
  shift
  [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}

data=${CAUSEWAY_DATA:-$CAUSEWAY_ROOT/.causeway}
# shellcheck disable=SC2034 # read by the commands
release=$CAUSEWAY_ROOT/build/release

# `--data DIR` of the commands that begin something there.
set_data() {
  [ -n "${1:-}" ] || fail "--data wants a directory"
  mkdir -p "$1" 2>/dev/null || fail "cannot make the data directory $1" "Choose a place you may write: --data DIR"
  data=$(cd "$1" && pwd)
}

# `--data DIR` of those that look at what is there.
find_data() {
  [ -n "${1:-}" ] || fail "--data wants a directory"
  [ -d "$1" ] || fail "there is no data directory $1" "./causeway up --data $1 would begin there"
  data=$(cd "$1" && pwd)
}

need_root() {
  [ "$(id -u)" = 0 ] || fail "clusters on this machine are network, mount and PID namespaces, which only root may make" \
    "Run it as root:                           sudo ./causeway $1" \
    "or use a cluster that you have already:   sudo KUBECONFIG=\$HOME/.kube/config ./causeway up --context NAME --registry HOST"
}

socket() { printf '%s' "$data/onebox/onebox.sock"; }
onebox_running() { [ -S "$(socket)" ] && curl -fsS --max-time 5 --unix-socket "$(socket)" http://onebox/v1/status >/dev/null 2>&1; }
need_running() { onebox_running || fail "nothing is running on $data" "./causeway up starts it; --data DIR looks elsewhere"; }
onebox_api() { # onebox_api METHOD PATH [BODY]
  local answer code
  answer=$(curl -sS --max-time "${timeout:-150}" --unix-socket "$(socket)" -X "$1" -H 'Content-Type: application/json' \
    ${3:+--data-binary "$3"} -w '\n%{http_code}' "http://onebox$2") || return 1
  code=${answer##*$'\n'}
  answer=${answer%$'\n'*}
  case $code in
    2*) printf '%s\n' "$answer" ;;
    *)
      say "causeway-onebox answered $code: $(jq -r '.detail // .title // .' <<<"$answer" 2>/dev/null || printf '%s' "$answer")"
      return 1
      ;;
  esac
}

# own_cluster: whether the data directory is of a cluster that was there before; k then asks that one.
own_cluster() {
  [ -f "$data/kubeconfig" ] && [ ! -d "$data/onebox" ] || return 1
  export KUBECONFIG_OVERRIDE=$data/kubeconfig
}
hub_kubeconfig() { printf '%s' "$data/onebox/clusters/hub/kubeconfig.local"; }
# The one that was built; where Kubernetes was not, the user's.
kubectl_bin() {
  local own
  own=$(kubernetes_folder)/kubectl
  if [ -x "$own" ]; then printf '%s' "$own"; else command -v kubectl || true; fi
}
k() { "$(kubectl_bin)" --kubeconfig "${KUBECONFIG_OVERRIDE:-$(hub_kubeconfig)}" "$@"; }

# Where onebox/build.sh keeps a part; "" when it is not built.
built() { "$CAUSEWAY_ROOT/onebox/build.sh" "$1" --print-path 2>/dev/null || true; }
kubernetes_folder() {
  local folder
  folder=$(built kubernetes)
  [ -d "$folder/bin" ] && folder=$folder/bin
  printf '%s' "$folder"
}
# What `causeway-onebox serve --kubernetes` wants: the multi-call program, or the folder of official binaries.
kubernetes_programs() {
  local folder
  folder=$(kubernetes_folder)
  if [ -x "$folder/causeway-kubernetes" ]; then printf '%s/causeway-kubernetes' "$folder"; else printf '%s' "$folder"; fi
}
# Tests and benchmarks start etcd, the API server and kubectl as one program, which official binaries are not.
one_kubernetes_program() {
  local programs stand_in=$CAUSEWAY_ROOT/build/kubernetes-programs
  programs=$(kubernetes_programs)
  if [ ! -d "$programs" ]; then
    printf '%s' "$programs"
    return
  fi
  mkdir -p "$CAUSEWAY_ROOT/build"
  printf '#!/bin/sh\nprogram=$1\nshift\nexec "%s/$program" "$@"\n' "$programs" >"$stand_in"
  chmod +x "$stand_in"
  printf '%s' "$stand_in"
}
