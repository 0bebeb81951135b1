# shellcheck shell=bash
# `./causeway login URL`: an access token for the platform there, and a kubeconfig with which kubectl is its owner on the hub.

# shellcheck source=cli/credential.sh
. "$CAUSEWAY_ROOT/cli/credential.sh"

# at_site PATH [METHOD]: the same as a browser asks, with the cookies in $cookies; standard input is the JSON of a POST.
at_site() {
  local method=${2:-POST} answer code body=()
  [ "$method" != POST ] || body=(-H 'Content-Type: application/json' --data-binary @-)
  answer=$(curl -sS --proto '=http,https' --max-time 30 -X "$method" -b "$cookies" -c "$cookies" -H 'X-Causeway-Request: 1' \
    "${body[@]}" -w '\n%{http_code}' "$url$1") || fail "$url does not answer" "Is it the address of the platform's site?"
  code=${answer##*$'\n'}
  answer=${answer%$'\n'*}
  [[ $code = 2* ]] || fail "$(jq -r '[.detail // .title, (.errors // [] | .[].detail)] | join("; ")' <<<"$answer" 2>/dev/null || printf '%s answered %s' "$url" "$code")"
  printf '%s' "$answer"
}

ask() { # ask VARIABLE QUESTION [-s]
  # shellcheck disable=SC2229 # the variable that is named
  read -r ${3:+"$3"} -p "$2 " "$1" || fail "login: nothing was answered"
  [ -z "${3:-}" ] || echo >&2
}

# Signs in and makes the token; the session ends with that. Secrets go by standard input.
token_by_signing_in() {
  local cookies account secret code kind name
  cookies=$(mktemp)
  # shellcheck disable=SC2064 # the file of now
  trap "rm -f '$cookies'" EXIT
  ask account "Name, e-mail address or telephone number at $url:"
  ask secret "Password (empty: send a code):" -s
  if [ -n "$secret" ]; then
    printf '%s' "$secret" | jq -Rs --arg account "$account" '{account: $account, password: .}' | at_site /login >/dev/null
  else
    kind=phone
    [[ $account != *@* ]] || kind=email
    jq -n --arg kind "$kind" --arg to "$account" '{($kind): $to}' | at_site "/${kind}_code" >/dev/null
    ask code "The code that was sent there:"
    jq -n --arg kind "$kind" --arg to "$account" --arg code "$code" '{($kind): $to, code: $code}' | at_site /login >/dev/null
  fi
  name="kubectl on $(uname -n), $(date -u +%FT%T) $RANDOM"
  jq -n --arg name "$name" '{name: $name, scopes: ["kubernetes"], days: 30}' | at_site /api/v1/me/tokens | jq -r .token
  at_site /sign_out GET >/dev/null
}

cmd_login() {
  local url='' folder='' token_file='' token hub host
  while [ $# -gt 0 ]; do
    case $1 in
      --folder) folder=${2:-}; shift 2 ;;
      --token-file) token_file=${2:-}; shift 2 ;;
      -*) fail "login: unknown option \"$1\"" ;;
      *) url=$1; shift ;;
    esac
  done
  command -v curl >/dev/null && command -v jq >/dev/null || fail "login needs curl and jq" "apt-get install curl jq"
  check_url
  host=${url#*://}
  [ -n "$folder" ] || folder=${XDG_CONFIG_HOME:-$HOME/.config}/causeway/${host//:/-}
  case $token_file in
    '') token=$(token_by_signing_in) ;;
    -) read -r token || [ -n "$token" ] || fail "no access token came on standard input" ;;
    *) token=$(cat "$token_file") || fail "the access token cannot be read" ;;
  esac
  umask 077
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd)
  rm -f "$folder/credential.json"
  printf '%s\n' "$token" >"$folder/token"
  hub=$(ask_api GET /api/v1/me/hub)
  # YAML is what JSON is, too.
  jq --arg name "causeway-$host" --arg command "$CAUSEWAY_ROOT/causeway" --arg url "$url" --arg folder "$folder" '{
    apiVersion: "v1", kind: "Config", "current-context": $name,
    clusters: [{name: $name, cluster: ({server} +
      if .certificateAuthority then {"certificate-authority-data": (.certificateAuthority | @base64)} else {} end)}],
    users: [{name: $name, user: {exec: {apiVersion: "client.authentication.k8s.io/v1", command: $command,
      args: ["credential", $url, "--folder", $folder], interactiveMode: "Never", provideClusterInfo: false}}}],
    contexts: [{name: $name, context: {cluster: $name, user: $name, namespace}}]}' <<<"$hub" >"$folder/kubeconfig"
  step "Signed in at $url"
  say "  export KUBECONFIG=$folder/kubeconfig"
  note "kubectl gets a token for a quarter of an hour whenever it needs one; ./causeway login $url again when it says so."
}
