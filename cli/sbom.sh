# shellcheck shell=bash
# `./causeway sbom`: what is shipped, as CycloneDX documents. Each image's is made with it (onebox/sbom); Kubernetes' programs, which are in no
# image, get theirs here.

. "$CAUSEWAY_ROOT/cli/build.sh"
. "$CAUSEWAY_ROOT/cli/images.sh"

sbom_names() {
  local name
  cut -f1 "$images/images.tsv"
  for name in "${platform_images[@]}" kubernetes; do printf '%s\n' "$name"; done
}

kubernetes_sbom() {
  "$CAUSEWAY_ROOT/onebox/sbom/write.sh" "$(kubernetes_folder)" application causeway/kubernetes \
    "$(. "$CAUSEWAY_ROOT/onebox/kubernetes/build.conf" && printf '%s' "$version")"
}

# sbom_of NAME prints the document of one.
sbom_of() {
  if [ "$1" = kubernetes ]; then
    kubernetes_sbom
  elif [[ " ${platform_images[*]} " == *" $1 "* ]]; then
    [ -n "${layouts:-}" ] || layouts=$(platform_layouts "$(platform_tag)") || return
    cat "$layouts/$1.cdx.json"
  else
    cat "$images/$1/sbom.cdx.json"
  fi
}

# write_sboms FOLDER [NAME…]: NAME.cdx.json there, of all without a NAME.
write_sboms() {
  local name names there layouts='' folder=$1
  shift
  mapfile -t there < <(sbom_names)
  names=("$@")
  [ $# -gt 0 ] || names=("${there[@]}")
  for name in "${names[@]}"; do
    [[ " ${there[*]} " == *" $name "* ]] || fail "there is no image \"$name\"" "There are: ${there[*]}"
    sbom_of "$name" >"$folder/$name.cdx.json" || fail "what $name is made of could not be found out"
  done
}

# need_built sets $images: the folder of onebox/images.
need_built() {
  local binary
  for binary in "${platform_binaries[@]}"; do
    [ -x "$release/bin/$binary" ] || fail "Causeway is not built yet, so there is nothing to list" "./causeway build"
  done
  images=$(built images)
  [ -f "$images/images.tsv" ] && [ -n "$(kubernetes_folder)" ] || fail "the images are not built yet" "./causeway build"
  # Where the platform's images are to be made yet, something is said there.
  mkdir -p "$data/logs"
}

cmd_sbom() {
  local name='' folder images
  while [ $# -gt 0 ]; do
    case $1 in
      -*) fail "sbom: unknown option \"$1\"" ;;
      *)
        [ -z "$name" ] || fail "sbom: one image, or none for all of them"
        name=$1
        shift
        ;;
    esac
  done
  need_built
  folder=$(mktemp -d)
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf '$folder'" EXIT
  write_sboms "$folder" ${name:+"$name"}
  if [ -n "$name" ]; then
    cat "$folder/$name.cdx.json"
    return
  fi
  jq -s -S -f "$CAUSEWAY_ROOT/onebox/sbom/merge.jq" "$folder"/*.cdx.json
}
