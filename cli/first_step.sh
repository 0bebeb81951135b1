# shellcheck shell=bash
# The first administrator's password. The one in the Secret is good for setting another and for nothing else, and `up` does
# that itself: signs in with it and sets the one that it keeps for people, in DIR/first-password.

# ask_web METHOD PATH [COOKIE]: the API server at $api is sent the JSON on standard input. Prints {status, body, cookie};
# status 0: nobody answers there (yet). The cookie goes by a file, as arguments are what everybody on the machine can read.
ask_web() {
  {
    curl -s --noproxy '*' --max-time 30 -X "$1" -H "Host: ${site[web_url]#*://}" -H 'X-Causeway-Request: 1' \
      -H @<(printf 'Cookie: %s\n' "${3:-}") -H 'Content-Type: application/json' --data-binary @- \
      -w '\n%{http_code} %{header_json}' "$api$2" || true
  } | jq -cs 'if length < 2 or .[-2] == 0 then error else {status: .[-2], body: (if length > 2 then .[0] else {} end),
    cookie: ([.[-1]["set-cookie"] // [] | .[] | split(";")[0]] | join("; "))} end' 2>/dev/null || printf '{"status": 0}'
}

# sign_in_with FILE: in $answer.
sign_in_with() {
  local waited=0
  while :; do
    answer=$(jq -n --arg account "$first_user" --rawfile password "$1" '{account: $account, password: ($password | rtrimstr("\n"))}' | ask_web POST /login)
    case $(jq .status <<<"$answer") in
      # The gateway answers so until it has heard of the API server.
      0 | 404 | 502 | 503) waited=$((waited + 1)) ;;
      *) return 0 ;;
    esac
    [ $waited -lt 240 ] || fail "nobody can sign in at ${site[web_url]}" "./causeway logs web; ./causeway logs gateway"
    sleep 0.5
  done
}

sign_out() { ask_web GET /sign_out "$(jq -r .cookie <<<"$answer")" </dev/null >/dev/null; }

set_own_password() {
  local set
  set=$(jq -n --rawfile password "$data/first-password" '{password: ($password | rtrimstr("\n"))}' |
    ask_web PUT /api/v1/me/password "$(jq -r .cookie <<<"$answer")")
  [ "$(jq .status <<<"$set")" = 204 ] ||
    fail "the first administrator's password could not be set: $(jq -r '.body.detail // .status' <<<"$set")" "./causeway logs web"
}

# It has run out, and nobody has signed in: the API server takes another one from the Secret when it starts.
renew_initial_password() {
  step "Renewing the first administrator's password, which has run out"
  rm -f "$data/install/initial-password"
  write_install
  install_causeway
  k -n causeway-system rollout restart deployment/causeway-apiserver >>"$data/logs/install.log" 2>&1
  await_web
}

# change_initial_password URL: where the API server answers, whatever its host is called. In $outcome: set, over or later.
change_initial_password() {
  local api=$1 answer
  outcome='set'
  sign_in_with "$data/install/initial-password"
  if [ "$(jq -r .body.type <<<"$answer")" = urn:causeway:problem:initial-password-over ]; then
    outcome=over
    return
  fi
  if [ "$(jq -r .body.needs <<<"$answer")" = password ]; then
    set_own_password
    sign_out
    return
  fi
  # Set before an interruption, by a version before this one, or by the administrator since.
  sign_in_with "$data/first-password"
  case $(jq .status <<<"$answer") in
    200) sign_out ;;
    401) note "$first_user's password is not the one in $data/first-password any more: whoever has changed it knows" ;;
    *)
      outcome=later
      note "whether $data/first-password is $first_user's password could not be seen: $(jq -r '.body.detail // .status' <<<"$answer")"
      ;;
  esac
}

# first_step REACH…: `REACH… COMMAND` is COMMAND with the address of the API server. Once in an installation; after an
# interruption again: what is answered tells how far it came.
first_step() {
  local outcome
  if there causeway-system configmap causeway-first-step; then return 0; fi
  "$@" change_initial_password
  if [ "$outcome" = over ]; then
    renew_initial_password
    "$@" change_initial_password
  fi
  if [ "$outcome" = set ]; then
    k -n causeway-system create configmap causeway-first-step --from-literal=of="$first_user" --dry-run=client -o yaml | apply -f -
  fi
}
