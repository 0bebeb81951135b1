# shellcheck shell=bash
# Asks the archive of the distribution for newer packages. $asked is a folder with components.json; packages.json, as verdict.jq wants it, is
# made there, and what could not be asked is a line in unasked.

# shellcheck source=../../onebox/images/sources.sh
. "$CAUSEWAY_ROOT/onebox/images/sources.sh"

unasked() { printf '%s\n' "$*" >>"$asked/unasked"; }

# fetch_lists: of the sources that images are made from; $apt_options lead apt there, and keep nothing of this machine but its proxies.
fetch_lists() {
  local apt=$asked/apt
  mkdir -p "$apt"/{state/lists/partial,cache/archives/partial,changelog}
  # This machine's apt may be set to fetch more than the lists of packages.
  package_sources "$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")" | sed 's/^deb /deb [target=Packages] /' >"$apt/sources.list"
  if [ ! -s "$apt/sources.list" ]; then
    unasked "the distribution's archive: this machine's apt knows none (was apt-get update ever run?)"
    return 1
  fi
  grep -q -- '-security ' "$apt/sources.list" || unasked "security updates: there is no security suite among this machine's package sources"
  apt_options=(-qq -o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State=$apt/state"
    -o Dir::State::Status=/dev/null -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root -o Acquire::Languages=none
    -o Acquire::http::Timeout=20 -o Acquire::Retries=1 -o APT::Update::Error-Mode=any)
  apt-get "${apt_options[@]}" update >"$apt/log" 2>&1 || {
    unasked "the distribution's archive: $(grep -E '^[EW]:' "$apt/log" | sed -n 1p)"
    return 1
  }
}

# changelog NAME VERSION: in $asked/apt/changelog/text; the archive's, or the one in the package.
changelog() {
  local folder=$asked/apt/changelog
  rm -f "$folder"/*
  if [ -n "$changelogs" ]; then
    if (cd "$folder" && timeout 60 apt-get "${apt_options[@]}" changelog --download-only "$1=$2" && mv ./*.changelog text) >/dev/null 2>&1; then return; fi
    changelogs='' # not reachable: not tried for each
  fi
  (cd "$folder" && timeout 300 apt-get "${apt_options[@]}" download "$1=$2" && dpkg-deb --fsys-tarfile ./*.deb >files &&
    # Debian's own programs have one changelog only.
    { tar -xOf files --wildcards './usr/share/doc/*/changelog.Debian*' || tar -xOf files --wildcards './usr/share/doc/*/changelog.gz'; } | zcat -f >text &&
    [ -s text ]) >/dev/null 2>&1
}

# missing_since INSTALLED, of a changelog on standard input: when the oldest source version came that is newer. Where the distribution took
# over a version of its unstable one, only it came here, not all those before it.
missing_since() {
  local version suite date since=''
  while IFS=$'\t' read -r version suite date; do
    dpkg --compare-versions "$version" gt "$1" || break
    case $suite in unstable | experimental | UNRELEASED) [ -z "$since" ] || continue ;; esac
    since=$date
  done < <(sed -nE 's/^[^ ]+ \(([^)]+)\) ([^ ;]+).*;.*/\1\t\2/p; s/^ -- .*>  (.*)/\1/p' | paste - -)
  [ -n "$since" ] && date -u -d "$since" +%s
}

# lists_date SUITE: when the lists were made. What is in them was there then, and may have been for long.
lists_date() {
  local file
  file=$(grep -lE "^(Codename|Suite): $1\$" "$asked"/apt/state/lists/*Release | sed -n 1p)
  [ -n "$file" ] && date -u -d "$(sed -n 's/^Date: //p' "$file" | sed -n 1p)" +%s
}

# offered_packages: lines NAME VERSION SUITE for the packages in question, each one's newest first.
offered_packages() {
  jq -r '.[] | select(.kind == "deb") | .name' "$asked/components.json" | sort -u |
    xargs -r apt-cache "${apt_options[@]}" madison 2>/dev/null | awk '{ split($6, suite, "/"); print $1, $3, suite[1] }'
}

ask_packages() {
  local name version source source_version offered suite newer newest newest_suite since from changelogs=1 apt_options
  declare -A dates=() offers=()
  printf '[]' >"$asked/packages.json"
  command -v apt-get >/dev/null || {
    unasked "the distribution's archive: there is no apt on this machine"
    return
  }
  fetch_lists || return 0
  while read -r name offered suite; do offers[$name]+="$offered $suite"$'\n'; done < <(offered_packages)
  while IFS=$'\t' read -r name version source source_version; do
    if [ -z "${offers[$name]:-}" ]; then
      jq -nc '{name: $ARGS.positional[0], version: $ARGS.positional[1]}' --args "$name" "$version"
      continue
    fi
    newer='' newest=''
    while read -r offered suite; do
      [ -n "$offered" ] && dpkg --compare-versions "$offered" gt "$version" || continue
      newer+="$offered $suite"$'\n'
      [ -n "$newest" ] || newest=$offered newest_suite=$suite
    done <<<"${offers[$name]}"
    [ -n "$newest" ] || continue
    # The packages of one source have one changelog.
    if [ -z "${dates[$source $source_version]:-}" ]; then
      from=changelog
      since=$(changelog "$name" "$newest" && missing_since "$source_version" <"$asked/apt/changelog/text") || { from=lists since=$(lists_date "$newest_suite" || true); }
      dates[$source $source_version]="${since:-null} $from"
    fi
    read -r since from <<<"${dates[$source $source_version]}"
    jq -nc --arg name "$name" --arg version "$version" --arg newer "$newer" --argjson since "$since" --arg from "$from" '{
      $name, $version, $since, since_from: $from,
      newer: ($newer | split("\n") | map(select(. != "") | split(" ") | {version: .[0], security: (.[1] | endswith("-security"))}))}'
  done < <(jq -r '.[] | select(.kind == "deb") | [.name, .version, .source, .source_version] | @tsv' "$asked/components.json") |
    jq -s . >"$asked/packages.json.new"
  mv "$asked/packages.json.new" "$asked/packages.json"
}
