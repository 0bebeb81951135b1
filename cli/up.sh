# shellcheck shell=bash
# `./causeway up`: from a checkout to an answering demo.

. "$CAUSEWAY_ROOT/cli/build.sh"
. "$CAUSEWAY_ROOT/cli/onebox.sh"
. "$CAUSEWAY_ROOT/cli/images.sh"
. "$CAUSEWAY_ROOT/cli/install.sh"
. "$CAUSEWAY_ROOT/cli/first_step.sh"
. "$CAUSEWAY_ROOT/cli/monitoring.sh"
. "$CAUSEWAY_ROOT/cli/progress.sh"
. "$CAUSEWAY_ROOT/cli/status.sh"
. "$CAUSEWAY_ROOT/cli/down.sh"
. "$CAUSEWAY_ROOT/cli/existing.sh"

cmd_up() {
  local detach='' port='' example=1 monitoring=''
  while [ $# -gt 0 ]; do
    case $1 in
      --detach) detach=1; shift ;;
      --no-example) example=''; shift ;;
      --monitoring) monitoring=1; shift ;;
      --port)
        port=${2:-}
        valid_port "$port" || fail "up: --port wants a number up to 65535, not \"$port\"" "0 is any free one"
        port=$((10#$port))
        shift 2
        ;;
      --data) set_data "${2:-}"; shift 2 ;;
      --context | --registry | --registry-push | --registry-ca | --domain)
        [ -n "${2:-}" ] || fail "$1 wants a value" "./causeway help says what"
        existing[${1#--}]=$2
        shift 2
        ;;
      *) fail "up: unknown option \"$1\"" "./causeway help lists them" ;;
    esac
  done
  if [ ${#existing[@]} -gt 0 ]; then
    [ -z "$port" ] || fail "--port is of a cluster on this machine; in your own, demos answer on port 80 of the nodes"
    [ -z "$monitoring" ] || fail "--monitoring is of a cluster on this machine" \
      "In your own: manifests/addons/prometheus, or manifests/observability where the Prometheus Operator is"
    up_existing "$example"
    return
  fi
  need_root up
  check_data
  lock_data
  check_port "$port"
  prepare_packages
  # What this machine lacks is said before the long builds.
  build_binaries release causeway-onebox
  onebox_running || check_machine
  prepare_go
  beside_images build_binaries release "${platform_binaries[@]}" causeway-onebox
  mkdir -p "$data/logs"
  # The first time: a port that is easy to remember, if it is free. Afterwards onebox remembers its own.
  if [ -z "$port" ] && [ ! -f "$data/onebox/instance.json" ] && ! port_taken 8080; then
    port=8080
  fi
  preload_images
  start_onebox "$port"

  local hub address web
  if ! hub=$(onebox_api GET /v1/clusters/hub 2>/dev/null) || [ "$(jq -r .ready <<<"$hub")" != true ]; then
    step "Starting the hub cluster"
    hub=$(onebox_api PUT /v1/clusters/hub '{"name":"hub","region":"local-1","node":true}') || fail "the hub cluster did not start" "Its logs: $data/onebox/clusters/hub/logs"
  fi
  address=$(jq -r .address <<<"$hub")
  web=$(onebox_api GET /v1/status | jq -r .webPort)
  push_images "$(registry_address)" "$data/onebox/ca.pem"
  site=(
    [overlay]=onebox [registry]=registry.causeway.internal [registry_ca]=$data/onebox/ca.pem
    [git_url]=http://git.localhost:$web [web_url]=http://causeway.localhost:$web [pods]=10.244.0.0/16 [domain]=localhost [port]=$web [hub_url]=https://$address:6443
  )
  new_install
  write_onebox_install "$address"
  write_install
  install_causeway
  write_endpoints
  if [ -n "$example" ]; then
    run_quickstart "$CAUSEWAY_ROOT/examples/01-quickstart" push_example "$CAUSEWAY_ROOT/examples/01-quickstart/app" \
      "http://git.localhost:$web/ada/digits.git"
  else
    k -n causeway-system rollout status deployment/causeway-operator-hub --timeout=120s >/dev/null
  fi
  await_web
  first_step at_gateway
  if [ -n "$monitoring" ]; then add_monitoring "$address" "$web"; fi
  write_endpoints
  print_summary
  [ -z "$detach" ] || return 0
  note "Ctrl-C stops everything and keeps the data; ./causeway up --detach leaves it running."
  trap 'trap - INT TERM; say; unlock_data; cmd_down --data "$data"; exit 0' INT TERM
  unlock_data
  follow_changes
}

at_gateway() { "$1" "http://127.0.0.1:$web"; } # at_gateway COMMAND

there() { # there NAMESPACE KIND NAME: whether the hub has it
  local found
  found=$(k -n "$1" get "$2" "$3" --ignore-not-found -o name) || fail "the hub does not answer" "Its logs: ./causeway logs hub/kube-apiserver"
  [ -n "$found" ]
}

# The example's resources, and its repository's first commit. Once they were there, they are the user's: what he has
# removed stays removed.
run_quickstart() { # run_quickstart FOLDER COMMAND…: COMMAND pushes the repository's content
  local example=$1 given=''
  shift
  if there causeway-system configmap causeway-example; then given=1; fi
  if there u-ada demos.causeway.dev digits; then
    :
  elif [ -n "$given" ]; then
    note "the example was removed, and is not applied again; kubectl apply -k $example would"
    return
  else
    step "Applying the quick-start"
    apply -k "$example" || {
      tail -n 5 "$data/logs/install.log" >&2
      fail "could not apply $example"
    }
  fi
  if [ -z "$given" ]; then
    if there u-ada repos.causeway.dev digits; then "$@"; fi
    k -n causeway-system create configmap causeway-example --from-literal=name=quickstart --dry-run=client -o yaml | apply -f -
  fi
  show_progress "$given"
  leave_hub
}

# git_as_causeway URL ARGUMENT…: with the password of the git server, which no list of processes shows.
git_as_causeway() {
  local url=$1 header
  shift
  header="Authorization: Basic $(printf 'causeway:%s' "$(cat "$data/git-password")" | base64 -w 0)"
  GIT_TERMINAL_PROMPT=0 GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=credential.helper GIT_CONFIG_VALUE_0='' \
    GIT_CONFIG_KEY_1="http.$url.extraHeader" GIT_CONFIG_VALUE_1="$header" git "$@"
}

git_is_not_served() { # git_is_not_served URL: what git was answered, and what the way there looks like
  tail -n 3 "$data/logs/git.log" >&2
  k -n causeway-system get pods,ingress,endpointslices >&2 || true
  k -n causeway-system logs daemonset/traefik --tail=5 >&2 || true
  k -n causeway-system logs git-0 --all-containers --tail=3 >&2 || true
  fail "the git server does not serve $1" "./causeway logs git; ./causeway logs gateway"
}

push_example() { # push_example FOLDER URL
  local copy=$data/quickstart-repository waited=0
  until git_as_causeway "$2" ls-remote "$2" >"$data/logs/git.log" 2>&1; do
    waited=$((waited + 1))
    [ $waited -lt 240 ] || git_is_not_served "$2"
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
  git_as_causeway "$2" -C "$copy" push -q "$2" main 2>"$data/logs/git.log" || { tail -n 5 "$data/logs/git.log" >&2; fail "could not push to $2"; }
}
