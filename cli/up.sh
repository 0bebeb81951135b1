# shellcheck shell=bash
# `./causeway up`: from a checkout to an answering demo.

. "$CAUSEWAY_ROOT/cli/build.sh"
. "$CAUSEWAY_ROOT/cli/onebox.sh"
. "$CAUSEWAY_ROOT/cli/images.sh"
. "$CAUSEWAY_ROOT/cli/install.sh"
. "$CAUSEWAY_ROOT/cli/progress.sh"
. "$CAUSEWAY_ROOT/cli/status.sh"
. "$CAUSEWAY_ROOT/cli/down.sh"
. "$CAUSEWAY_ROOT/cli/existing.sh"

cmd_up() {
  local detach='' port='' example=1
  while [ $# -gt 0 ]; do
    case $1 in
      --detach) detach=1; shift ;;
      --no-example) example=''; shift ;;
      --port) port=${2:?--port wants a number}; shift 2 ;;
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
    up_existing "$example"
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
  push_images "$(registry_address)" "$data/onebox/ca.pem"
  site=(
    [overlay]=onebox [registry]=registry.causeway.internal [registry_ca]=$data/onebox/ca.pem
    [git_url]=http://git.localhost:$web [domain]=localhost [port]=$web [hub_url]=https://$address:6443
  )
  write_onebox_install "$address"
  write_install
  install_causeway
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
