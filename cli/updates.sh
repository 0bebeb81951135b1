# shellcheck shell=bash
# `./causeway updates`: cli/updates/README.md.

. "$CAUSEWAY_ROOT/cli/sbom.sh"
. "$CAUSEWAY_ROOT/cli/updates/packages.sh"
. "$CAUSEWAY_ROOT/cli/updates/modules.sh"
. "$CAUSEWAY_ROOT/cli/updates/advisories.sh"

cmd_updates() {
  local exploited=() names=() images json='' all='' sboms='' code
  # 1 means that something is late.
  usage() { (fail "$@") || exit 2; }
  while [ $# -gt 0 ]; do
    case $1 in
      --exploited)
        [ -n "${2:-}" ] || usage "updates: --exploited wants the name of a package, a module or an advisory"
        exploited+=("$2")
        shift 2
        ;;
      --sboms)
        [ -d "${2:-}" ] || usage "updates: --sboms wants a folder with CycloneDX documents"
        sboms=$2
        shift 2
        ;;
      --all) all=1; shift ;;
      --json) json=1; shift ;;
      -*) usage "updates: unknown option \"$1\"" "./causeway help lists them" ;;
      *) names+=("$1"); shift ;;
    esac
  done
  asked=$(mktemp -d)
  trap 'rm -rf "$asked"' EXIT
  if [ -z "$sboms" ]; then
    (need_built) || exit 2
    need_built
    sboms=$asked/sboms
    mkdir "$sboms"
    (write_sboms "$sboms" ${names[@]+"${names[@]}"}) || exit 2
  fi
  : >"$asked/unasked"
  jq -s -f "$CAUSEWAY_ROOT/cli/updates/components.jq" "$sboms"/*.json >"$asked/components.json"
  note "asking about $(jq length "$asked/components.json") parts"
  ask_packages
  ask_modules "$all"
  ask_advisories
  judge ${exploited[@]+"${exploited[@]}"} >"$asked/verdict.json"
  if [ -n "$json" ]; then cat "$asked/verdict.json"; else jq -r -f "$CAUSEWAY_ROOT/cli/updates/report.jq" "$asked/verdict.json"; fi
  code=$(jq .code "$asked/verdict.json")
  exit "$code"
}

# judge EXPLOITED…: of the answers in $asked.
judge() {
  jq -n --argjson now "$(date +%s)" --rawfile unasked "$asked/unasked" --slurpfile components "$asked/components.json" \
    --slurpfile packages "$asked/packages.json" --slurpfile modules "$asked/modules.json" --slurpfile follows "$asked/follows.json" \
    --slurpfile advisories "$asked/advisories.json" '{
      $now, exploited: $ARGS.positional, unasked: ($unasked | split("\n") | map(select(. != ""))), components: $components[0], packages: $packages[0],
      modules: $modules[0], follows: $follows[0], advisories: $advisories[0]}' --args "$@" |
    jq -f "$CAUSEWAY_ROOT/cli/updates/verdict.jq"
}
