# shellcheck shell=bash
# `./causeway build`: binaries, Kubernetes, gateway, images.

. "$CAUSEWAY_ROOT/cli/prepare.sh"

# Another checkout of the same files finds the same compilations.
export CCACHE_BASEDIR=$CAUSEWAY_ROOT CCACHE_NOHASHDIR=1

build_binaries() { # build_binaries PRESET [TARGET...]
  local preset=$1 folder=$CAUSEWAY_ROOT/build/$1 log lock steps
  shift
  log=$folder.log
  mkdir -p "$folder"
  # Two commands in one checkout share the folder.
  exec {lock}>"$folder.lock"
  flock --nonblock "$lock" || { note "the $preset build is at work already: waiting"; flock "$lock"; }
  [ -f "$folder/build.ninja" ] || cmake -S "$CAUSEWAY_ROOT" --preset "$preset" >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    fail "cmake could not configure the $preset build (all of it: $log)"
  }
  steps=$(ninja -C "$folder" -n "$@" 2>/dev/null | grep -c '^\[' || true)
  if [ "$steps" -gt 0 ]; then
    step "Building Causeway ($preset, $steps steps)"
    if [ -t 2 ]; then ninja -C "$folder" "$@" >&2; else ninja -C "$folder" --quiet "$@" >&2; fi ||
      fail "the build failed; the compiler's words are above"
  fi
  exec {lock}>&-
}

# beside_images [--fresh] COMMAND…: Kubernetes and the gateway first, which keep every processor busy; then the images, which wait for
# packages much of the time, while COMMAND compiles.
beside_images() {
  local build=$CAUSEWAY_ROOT/onebox/build.sh fresh=() images
  if [ "$1" = --fresh ]; then fresh=(--fresh) && shift; fi
  "$build" kubernetes >/dev/null
  "$build" gateway >/dev/null
  setpriv --pdeathsig TERM "$build" all ${fresh[@]+"${fresh[@]}"} >/dev/null & # it ends when this does
  images=$!
  "$@"
  wait "$images" # it has said itself what is wrong
}

# The platform's own images: a binary each on a base of onebox/images. Built and pushed when their content is new.
platform_images=(operator webhooks apiserver git builder runner-local)
platform_binaries=(causeway-operator causeway-webhooks causeway-apiserver causeway-scan-objects)

# compiled_from: the packages with the headers that are compiled into the platform's programs, in one line.
compiled_from() {
  sed -n '/^# build$/,/^#/{/^#/!p}' "$CAUSEWAY_ROOT/cli/packages.txt" | tr -s ' \n' '\n' | grep -e '-dev$' | paste -sd ' '
}

# platform_tag: one tag for what the images are made of.
platform_tag() {
  {
    (cd "$release/bin" && sha256sum "${platform_binaries[@]}" "$CAUSEWAY_ROOT/Dockerfile") | cut -d' ' -f1
    built images
    # What their SBOMs are made of.
    compiled_from | tr ' ' '\n' | xargs dpkg-query -W 2>/dev/null || true
    cat "$CAUSEWAY_ROOT"/onebox/sbom/*.{sh,jq}
    cd "$CAUSEWAY_ROOT" && find manifests/region manifests/addons crds terraform-modules -type f \( -name '*.yaml' -o -name '*.tf' \) -print0 | sort -z | xargs -0 sha256sum
  } | sha256sum | cut -c1-12
}

# stage FOLDER: the build context of the Dockerfile. (Who asks for the images asks whether they could be made: set -e does not hold here.)
stage() {
  local binary kind
  rm -rf "$1"
  mkdir -p "$1/bin" "$1/share/region" "$1/share/crds" "$1/share/terraform-modules" && cp "$CAUSEWAY_ROOT/Dockerfile" "$1/" || return
  for binary in "${platform_binaries[@]}"; do
    strip -o "$1/bin/$binary" "$release/bin/$binary" || return
  done
  cp "$CAUSEWAY_ROOT"/manifests/region/*.yaml "$1/share/region/" || return
  rm -f "$1/share/region/kustomization.yaml"
  "$(kubectl_bin)" kustomize "$CAUSEWAY_ROOT/manifests/addons/traefik" |
    sed 's|image: causeway/traefik.*|image: ${IMAGE_TRAEFIK}|' >"$1/share/region/traefik.yaml" || return
  for kind in "$CAUSEWAY_ROOT"/crds/*/crd.yaml; do
    cp "$kind" "$1/share/crds/$(basename "$(dirname "$kind")").yaml" || return
  done
  (cd "$CAUSEWAY_ROOT/terraform-modules" && find . -path ./local/cluster/tests -prune -o -name '*.tf' -print | tar -c -T - | tar -x -C "$1/share/terraform-modules")
}

cmd_build() {
  local fresh=()
  while [ $# -gt 0 ]; do
    case $1 in
      --data) set_data "${2:-}"; shift 2 ;;
      --fresh) fresh=(--fresh); shift ;;
      *) fail "build: unknown option \"$1\"" ;;
    esac
  done
  prepare_packages
  prepare_go
  beside_images ${fresh[@]+"${fresh[@]}"} build_binaries release "${platform_binaries[@]}" causeway-onebox
}
