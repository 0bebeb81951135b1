# shellcheck shell=bash
# Puts the images into a registry: those of onebox/images, and the platform's own.

in_registry() { # in_registry REGISTRY CA-FILE IMAGE TAG
  curl -fsS -o /dev/null ${2:+--cacert "$2"} -I \
    -H 'Accept: application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json' \
    "https://$1/v2/causeway/$3/manifests/$4" 2>/dev/null
}

storage() { # storage COMMAND…: buildah with a store of its own, shared by all data directories
  local cache=${CAUSEWAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/causeway}
  buildah --root "$cache/buildah" --runroot /run/causeway-buildah --storage-driver overlay "$@"
}

push_images() { # push_images REGISTRY [CA-FILE]: REGISTRY as this machine knows it
  local registry=$1 ca=${2:-} tag image certificates filled staged=
  tag=$(platform_tag)
  filled=$data/images-$tag-$(sha256sum <<<"$registry" | cut -c1-8)
  if [ ! -f "$filled" ]; then
    step "Filling the registry"
    "$CAUSEWAY_ROOT/onebox/build.sh" push-images --registry "$registry" ${ca:+--ca "$ca"}
  fi
  certificates=$(mktemp -d)
  [ -z "$ca" ] || cp "$ca" "$certificates/ca.crt"
  local base_tag
  base_tag=$(. /etc/os-release && printf '%s' "$VERSION_ID")
  for image in "${platform_images[@]}"; do
    in_registry "$registry" "$ca" "$image" "$tag" && continue
    [ -n "$staged" ] || { stage "$data/stage"; staged=1; }
    note "image causeway/$image:$tag"
    storage bud --quiet --tls-verify=true --cert-dir "$certificates" --format oci --isolation chroot --target "$image" \
      --build-arg "VERSION=$tag" \
      --build-arg "BASE=$registry/causeway/base:$base_tag" \
      --build-arg "BASE_GIT=$registry/causeway/base-git:$base_tag" \
      --build-arg "BASE_BUILDER=$registry/causeway/base-builder:$base_tag" \
      --build-arg "BASE_RUNNER_LOCAL=$registry/causeway/runner-base-local:$base_tag" \
      -t "causeway-stage/$image:$tag" "$data/stage" >"$data/logs/images.log" 2>&1 &&
      storage push --quiet --cert-dir "$certificates" "causeway-stage/$image:$tag" "docker://$registry/causeway/$image:$tag" >>"$data/logs/images.log" 2>&1 || {
      tail -n 15 "$data/logs/images.log" >&2
      fail "could not build the image causeway/$image (all of it: $data/logs/images.log)"
    }
  done
  rm -rf "$data/stage" "$certificates"
  touch "$filled"
  platform_image_tag=$tag
}
