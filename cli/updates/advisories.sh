# shellcheck shell=bash
# Asks Go's vulnerability database (https://go.dev/doc/security/vuln/database), at GOVULNDB as govulncheck does. As packages.sh:
# advisories.json.

ask_advisories() {
  local database=${GOVULNDB:-https://vuln.go.dev} id ids folder=$asked/advisories
  printf '[]' >"$asked/advisories.json"
  mkdir -p "$folder"
  curl -fsSL --retry 2 --max-time 60 -o "$asked/vulnerable.json" "$database/index/modules.json" 2>"$asked/curl.log" || {
    unasked "Go's vulnerability database at $database (GOVULNDB): $(tail -n 1 "$asked/curl.log")"
    return
  }
  # The index tells the last version with a fix: a module that is newer needs no look at the documents.
  ids=$(jq -r -L "$CAUSEWAY_ROOT/cli/updates" --slurpfile in_use "$asked/components.json" '
    include "semver";
    ($in_use[0] | map(select(.kind == "golang" and .version != "")) | group_by(.name) | map({key: .[0].name, value: map(.version)}) | from_entries) as $in_use
    | [.[] | . as $known | ($in_use[$known.path] // [])[] as $version | $known.vulns[]
        | select((.fixed // "") == "" or ($version | semver) < (.fixed | semver)) | .id] | unique[]' "$asked/vulnerable.json")
  for id in $ids; do
    [[ $id =~ ^GO-[0-9]{4}-[0-9]+$ ]] || continue
    curl -fsSL --retry 2 --max-time 60 -o "$folder/$id.json" "$database/ID/$id.json" 2>"$asked/curl.log" ||
      unasked "advisory $id: $(tail -n 1 "$asked/curl.log")"
  done
  find "$folder" -name '*.json' -print0 | sort -z | xargs -0r cat | jq -s . >"$asked/documents.json"
  jq 'map(select(.kind == "golang" and .version != "") | {name, version})' "$asked/components.json" |
    jq -L "$CAUSEWAY_ROOT/cli/updates" --slurpfile advisories "$asked/documents.json" -f "$CAUSEWAY_ROOT/cli/updates/advisories.jq" >"$asked/advisories.json"
}
