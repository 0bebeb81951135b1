# shellcheck shell=bash
# `./causeway up`: from a checkout to an answering demo.

. "$CAUSEWAY_ROOT/cli/build.sh"
. "$CAUSEWAY_ROOT/cli/onebox.sh"
. "$CAUSEWAY_ROOT/cli/images.sh"
. "$CAUSEWAY_ROOT/cli/install.sh"
. "$CAUSEWAY_ROOT/cli/progress.sh"
. "$CAUSEWAY_ROOT/cli/status.sh"
. "$CAUSEWAY_ROOT/cli/down.sh"

cmd_up() {
  local detach='' port='' context='' target_registry='' example=1
  while [ $# -gt 0 ]; do
    case $1 in
      --detach) detach=1; shift ;;
      --no-example) example=''; shift ;;
      --port) port=${2:?--port wants a number}; shift 2 ;;
      --data) set_data "${2:-}"; shift 2 ;;
      --context) context=${2:?--context wants the name of a kubectl context}; shift 2 ;;
      --registry) target_registry=${2:?--registry wants a host name}; shift 2 ;;
      *) fail "up: unknown option \"$1\"" "./causeway help lists them" ;;
    esac
  done
  if [ -n "$context" ]; then
    up_existing "$context" "$target_registry"
    return
  fi
  need_root up
  check_data
  lock_data
  prepare_packages
  prepare_go
  "$CAUSEWAY_ROOT/onebox/build.sh" all >/dev/null
  build_binaries release causeway-operator causeway-apiserver causeway-onebox
  check_machine
  mkdir -p "$data/logs"
  # The first time: a port that is easy to remember, if it is free. Afterwards onebox remembers its own.
  if [ -z "$port" ] && [ ! -f "$data/onebox/instance.json" ] && ! (exec 3<>/dev/tcp/127.0.0.1/8080) 2>/dev/null; then
    port=8080
  fi
  start_onebox "$port"

  local hub address web
  if ! hub=$(onebox_api GET /v1/clusters/hub 2>/dev/null) || [ "$(jq -r .ready <<<"$hub")" != true ]; then
    step "Starting the hub cluster"
    hub=$(onebox_api PUT /v1/clusters/hub '{"name":"hub","region":"local-1","node":true}') || fail "the hub cluster did not start" "Its logs: $data/onebox/clusters/hub/logs"
  fi
  address=$(jq -r .address <<<"$hub")
  web=$(onebox_api GET /v1/status | jq -r .webPort)
  push_images
  install_causeway "$address" "$web"
  if [ -n "$example" ]; then
    run_quickstart "$web"
  else
    k -n causeway-system rollout status deployment/causeway-operator-hub --timeout=120s >/dev/null
  fi
  write_endpoints
  print_summary
  [ -z "$detach" ] || return 0
  note "Ctrl-C stops everything and keeps the data; ./causeway up --detach leaves it running."
  trap 'trap - INT TERM; say; flock --unlock "$data_lock"; cmd_down --data "$data"; exit 0' INT TERM
  follow_changes
}

up_existing() { # up_existing CONTEXT REGISTRY
  command -v kubectl >/dev/null || fail "kubectl is not on the PATH, and --context names one of its contexts" \
    "Install kubectl, or leave --context away: ./causeway up starts a cluster on this machine"
  kubectl config get-contexts "$1" >/dev/null 2>&1 || fail "kubectl has no context \"$1\"" \
    "It has: $(kubectl config get-contexts -o name | paste -sd ' ')"
  fail "installing into a cluster of your own is not ready yet in this version" \
    "manifests/base is what would be applied; it wants images, a gateway, storage and the ConfigMap platform of your own"
}

# The example's resources, and its repository's first commit.
run_quickstart() { # run_quickstart WEB-PORT
  local example=$CAUSEWAY_ROOT/examples/01-quickstart
  if ! k -n u-ada get demo digits >/dev/null 2>&1; then
    step "Applying examples/01-quickstart"
    # The operator's webhooks come later: what is wrong shows in the conditions.
    apply -k "$example" || {
      tail -n 5 "$data/logs/install.log" >&2
      fail "could not apply examples/01-quickstart"
    }
  fi
  push_example "$example/app" "http://git.localhost:$1/ada/digits.git"
  show_progress
}

push_example() { # push_example FOLDER URL
  local copy=$data/quickstart-repository remote waited=0
  remote="${2/:\/\//:\/\/causeway:$(cat "$data/git-password")@}"
  until git -c credential.helper= ls-remote "$remote" >"$data/logs/git.log" 2>&1; do
    waited=$((waited + 1))
    [ $waited -lt 240 ] || { tail -n 3 "$data/logs/git.log" >&2; fail "the git server does not serve $2" "kubectl -n causeway-system describe pod git-0"; }
    sleep 0.5
  done
  [ ! -s "$data/logs/git.log" ] || return 0 # it has commits: they are the user's
  step "Pushing the example to $2"
  rm -rf "$copy"
  mkdir "$copy"
  (cd "$CAUSEWAY_ROOT" && git ls-files -z -- "$1" 2>/dev/null || true) >"$copy.files"
  if [ -s "$copy.files" ]; then
    (cd "$CAUSEWAY_ROOT" && xargs -0 tar -c <"$copy.files") | tar -x -C "$copy" --strip-components=3
  else
    cp -r "$1/." "$copy"
  fi
  rm -f "$copy.files"
  git -C "$copy" init -q -b main
  git -C "$copy" add -A
  git -C "$copy" -c user.name=Ada -c user.email=ada@example.org commit -q -m "Recognise a drawn digit"
  git -C "$copy" push -q "$remote" main 2>"$data/logs/git.log" || { tail -n 5 "$data/logs/git.log" >&2; fail "could not push to $2"; }
}
