# shellcheck shell=bash
# `./causeway down`: stops everything of a data directory and leaves nothing on the machine.

. "$CAUSEWAY_ROOT/cli/onebox.sh"
. "$CAUSEWAY_ROOT/cli/existing.sh"

cmd_down() {
  local purge=''
  while [ $# -gt 0 ]; do
    case $1 in
      --data) find_data "${2:-}"; shift 2 ;;
      --purge) purge=1; shift ;;
      *) fail "down: unknown option \"$1\"" ;;
    esac
  done
  if own_cluster; then
    explain_removal
    [ -z "$purge" ] || { rm -rf "$data" && note "removed $data"; }
    return
  fi
  need_root down
  [ -d "$data/onebox" ] || fail "there is nothing to stop in $data"
  lock_data
  step "Stopping everything of $data"
  local program
  program=$(onebox_program)
  "$program" down --data "$data"
  rm -f "$data/onebox.pid" "$data/endpoints.json" "$data/hub.sock"
  if [ -n "$purge" ]; then
    rm -rf "$data"
    note "removed $data"
  else
    note "the data is kept: ./causeway up goes on from here, ./causeway down --purge removes it"
  fi
}
