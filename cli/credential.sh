# shellcheck shell=bash
# `./causeway credential URL --folder DIR`: what kubectl runs to get a token for the hub (client.authentication.k8s.io/v1).
# The access token in DIR/token is shown to the API server, and nobody else.

# ask_api METHOD PATH: the answer to that, as the person whose access token is in $folder/token.
ask_api() {
  local answer code
  # Headers by a file that is none: arguments are what everybody on the machine can read.
  answer=$(curl -sS --proto '=http,https' --max-time 30 -X "$1" -H @<(printf 'Authorization: Bearer %s\n' "$(cat "$folder/token")") \
    -w '\n%{http_code}' "$url$2") || fail "$url does not answer" "Is it the address of the platform's site?"
  code=${answer##*$'\n'}
  answer=${answer%$'\n'*}
  case $code in
    2*) printf '%s' "$answer" ;;
    401) fail "the access token for $url is not valid, or not any more" "Sign in again: ./causeway login $url" ;;
    *) fail "$url answered $code: $(jq -r '.detail // .title // .' <<<"$answer" 2>/dev/null || printf '%s' "$answer")" ;;
  esac
}

# Plain http is for this machine: anybody on the way could read the token, and use it.
check_url() {
  [[ $url =~ ^(https?)://([^/@[:space:]]+)/?$ ]] || fail "\"$url\" is not the address of a platform" "It looks like https://causeway.example.org"
  url=${url%/}
  local host=${BASH_REMATCH[2]%:*}
  case ${BASH_REMATCH[1]}://$host in
    https://* | http://localhost | http://*.localhost | http://127.* | 'http://[::1]') ;;
    *) fail "a token does not go over plain http to $host" "Use https://${BASH_REMATCH[2]}" ;;
  esac
}

cmd_credential() {
  local url='' folder=''
  while [ $# -gt 0 ]; do
    case $1 in
      --folder) folder=${2:-}; shift 2 ;;
      -*) fail "credential: unknown option \"$1\"" ;;
      *) url=$1; shift ;;
    esac
  done
  check_url
  [ -f "$folder/token" ] || fail "nobody is signed in at $url" "./causeway login $url"
  # kubectl asks each time it runs; a token is good for some more of them.
  local kept=$folder/credential.json answer
  if jq -e '(.status.expirationTimestamp | fromdateiso8601) > now + 60' "$kept" 2>/dev/null >/dev/null; then
    cat "$kept"
    return
  fi
  answer=$(ask_api POST /api/v1/me/hub/tokens)
  umask 077
  jq '{apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential",
       status: {token, expirationTimestamp: .expiresAt}}' <<<"$answer" >"$kept.$$"
  mv "$kept.$$" "$kept"
  cat "$kept"
}
