# shellcheck shell=bash
# Asks the module proxy for newer versions, by `go list` in an empty folder. As packages.sh: modules.json and follows.json.

# chosen_modules: MODULE@VERSION of what our go.mod files name; everything else is chosen by these.
chosen_modules() {
  local part
  for part in gateway kubernetes tofu; do
    (cd "$CAUSEWAY_ROOT/onebox/$part" && "$go" mod edit -json)
  done | jq -r '
    [.Tool[]?.Path] as $tools | .Require[]
    | select((.Indirect | not) or (.Path as $path | any($tools[]; . == $path or startswith($path + "/")))) | "\(.Path)@\(.Version)"' | sort -u
}

# go_list ARGUMENT…: its JSON as one list; modules come as lines on standard input.
go_list() {
  (cd "$asked/go" && xargs -r env GOWORK=off GOFLAGS=-mod=mod GO111MODULE=on "$go" list -m -e -json "$@" 2>"$asked/go.log") | jq -s .
}

# Go itself is a module, too: golang.org/toolchain v0.0.1-go1.26.8.linux-amd64 is stdlib v1.26.8.
as_toolchain() { sed -E "s/^stdlib$/golang.org\/toolchain/; s/^stdlib@v(.*)/golang.org\/toolchain@v0.0.1-go\1.$platform/"; }
as_stdlib() {
  jq --arg suffix ".$platform" '
    def version: capture("^v0\\.0\\.1-go(?<version>.*)$").version | select(endswith($suffix)) | "v" + rtrimstr($suffix);
    map(if .Path == "golang.org/toolchain" then .Path = "stdlib" | .Version = ((.Version // "" | version)? // null) | .Versions = [.Versions[]? | version] else . end)'
}

# said_wrong LIST: what go said instead of an answer.
said_wrong() { jq -r '.[] | select(.Error) | "\(.Path): \(.Error.Err | gsub("\\s+"; " ") | .[-160:])"' <<<"$1" >>"$asked/unasked"; }

ask_modules() { # ask_modules [ALL]: also about those that others chose
  local go platform known newer times
  printf '[]' | tee "$asked/modules.json" >"$asked/follows.json"
  mkdir -p "$asked/go"
  go=$(usable_go)
  if [ -z "$go" ]; then
    unasked "Go's module proxy: there is no Go on this machine"
    return
  fi
  platform=$("$go" env GOOS)-$("$go" env GOARCH)
  chosen_modules >"$asked/chosen"
  # Which Go a program is made with is chosen by whoever makes it.
  jq --rawfile chosen "$asked/chosen" '($chosen | split("\n")) as $chosen | map(select(.kind == "golang" and .version != "")
    | {name, version, chosen: (.name == "stdlib" or ("\(.name)@\(.version)" as $known | any($chosen[]; . == $known)))})' \
    "$asked/components.json" >"$asked/in_use.json"
  jq -r '.[] | select(.kind == "golang" and .version == "") | "\(.name): which version it is, the program does not say"' "$asked/components.json" >>"$asked/unasked"

  known=$(jq -r '.[] | select(.chosen) | .name' "$asked/in_use.json" | sort -u | as_toolchain | go_list -versions | as_stdlib)
  said_wrong "$known"
  newer=$(jq 'map(select(.chosen))' "$asked/in_use.json" | jq -L "$CAUSEWAY_ROOT/cli/updates" --argjson known "$known" -f "$CAUSEWAY_ROOT/cli/updates/newer.jq")
  times=$(jq -r '.[] | "\(.name)@\(.fix // empty, .next // empty)"' <<<"$newer" | sort -u | as_toolchain | go_list | as_stdlib)
  said_wrong "$times"
  jq --argjson times "$times" '
    ($times | map({key: "\(.Path)@\(.Version)", value: .Time}) | from_entries) as $times
    | def since($version): ($times["\(.name)@\($version)"] // null) | if . then fromdate else null end;
    map(.fix_since = since(.fix) | .next_since = since(.next))' <<<"$newer" >"$asked/modules.json"
  [ -z "${1:-}" ] || {
    known=$(jq -r '.[] | select(.chosen | not) | "\(.name)@\(.version)"' "$asked/in_use.json" | go_list -u)
    said_wrong "$known"
    jq 'map(select(.Update) | {name: .Path, version: .Version, newest: .Update.Version, since: (.Update.Time | fromdate?)})' <<<"$known" >"$asked/follows.json"
  }
}
