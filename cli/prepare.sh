# shellcheck shell=bash
# What the machine needs before anything can be built: packages, and a Go.

installed() { dpkg-query -W -f='${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed; }

prepare_packages() { # prepare_packages [PACKAGE...]: those of the list, and these
  command -v dpkg-query >/dev/null || {
    note "not a Debian or Ubuntu machine: what cli/packages.txt lists has to be there already${1:+, and $*}"
    return
  }
  local package missing=()
  while read -r package; do
    installed "$package" || missing+=("$package")
  done < <({ grep -v '^#' "$CAUSEWAY_ROOT/cli/packages.txt"; printf '%s\n' "$@"; } | tr -s ' \n' '\n')
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || fail "these packages are missing and only root can install them: ${missing[*]}" \
    "sudo apt-get install ${missing[*]}"
  step "Installing ${#missing[@]} packages"
  note "${missing[*]}"
  local log=${TMPDIR:-/tmp}/causeway-apt.$$.log
  if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    fail "apt-get could not install them (all of its output: $log)" "Run it by hand: apt-get install ${missing[*]}"
  fi
  rm -f "$log"
}

# Go builds Kubernetes; Debian 12 itself has one that is too old, its backports have one that fetches what is wanted.
# Without one, onebox/build.sh names the ways to get it.
prepare_go() { # prepare_go [anyway]: also when everything that it builds is in the cache
  local log=${TMPDIR:-/tmp}/causeway-apt.$$.log
  if has_go || { [ -z "${1:-}" ] && ! needs_go; } || ! command -v apt-get >/dev/null; then return 0; fi
  step "Installing Go"
  if install_go >"$log" 2>&1; then
    rm -f "$log"
  else
    note "apt-get could not install it: $(grep -E '^(E|Err):?' "$log" | tail -n1 || true) (all of its output: $log)"
  fi
}

has_go() { [ -n "$(usable_go)" ]; }

# usable_go prints a Go that is new enough to fetch the version wanted; nothing when there is none.
usable_go() {
  local go
  for go in "$(command -v go || true)" /usr/local/go/bin/go /usr/lib/go-*/bin/go; do
    [ -x "$go" ] || continue
    case $(GOTOOLCHAIN=local "$go" env GOVERSION 2>/dev/null) in
      go1.2[1-9]* | go1.[3-9][0-9]* | go[2-9]*)
        printf '%s' "$go"
        return
        ;;
    esac
  done
}

# What is in the cache is not built again.
needs_go() {
  local part parts=(gateway)
  [ -n "${CAUSEWAY_KUBERNETES_BIN:-}" ] || parts+=(kubernetes)
  command -v terraform >/dev/null || command -v tofu >/dev/null || parts+=(tofu)
  for part in "${parts[@]}"; do
    [ -d "$(built "$part")" ] || return 0
  done
  return 1
}

install_go() {
  local mirror backports=()
  if [ "$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")" = bookworm ]; then
    backports=(-t bookworm-backports)
    if ! apt-cache policy 2>/dev/null | grep -q bookworm-backports; then
      mirror=$(apt-cache policy 2>/dev/null | grep -oE 'https?://[^ ]+' | grep -v security | head -n1)
      printf 'deb %s bookworm-backports main\n' "${mirror:-http://deb.debian.org/debian}" \
        >/etc/apt/sources.list.d/causeway-backports.list || return 1
      apt-get update -qq || return 1
    fi
  fi
  apt-get install -y -qq --no-install-recommends ${backports[@]+"${backports[@]}"} golang-go
}
