# shellcheck shell=bash
# Puts the images into a registry: those of onebox/images, and the platform's own.

in_registry() { # in_registry REGISTRY CA-FILE IMAGE TAG
  curl -fsS -o /dev/null ${2:+--cacert "$2"} -I \
    -H 'Accept: application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json' \
    "https://$1/v2/causeway/$3/manifests/$4" 2>/dev/null
}

# platform_layouts TAG: prints the folder with an OCI layout of each of the platform's images, and beside it IMAGE.cdx.json. Whoever wants them first makes them, for all
# data directories.
platform_layouts() {
  local tag=$1 cache=${CAUSEWAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/causeway} folder building lock
  folder=$cache/platform-$tag
  if [ ! -d "$folder" ]; then
    mkdir -p "$cache"
    exec {lock}>"$cache/.platform.lock"
    flock --nonblock "$lock" || { note "the platform's images are being built already: waiting"; flock "$lock"; }
    if [ ! -d "$folder" ]; then
      rm -rf "$cache/.platform.building."* # of one that was killed: nobody else holds the lock
      building=$(mktemp -d "$cache/.platform.building.XXXXXX")
      note "building the platform's images ($tag)"
      stage "$building/stage"
      # In a mount namespace of its own: however this ends, no mount of it stays.
      unshare --mount --propagation private "$BASH" "$CAUSEWAY_ROOT/cli/platform_images.sh" "$building" "$tag" "$(built images)" "$(compiled_from)" \
        "${platform_images[@]}" >"$data/logs/images.log" 2>&1 || {
        tail -n 15 "$data/logs/images.log" >&2
        fail "could not build the platform's images (all of it: $data/logs/images.log)"
      }
      mv -T "$building" "$folder"
      # Those of a few builds are kept; a folder that somebody just reads from is not that old.
      find "$cache" -maxdepth 1 -name 'platform-*' -mmin +60 -printf '%T@ %p\n' | sort -rn | tail -n +3 | cut -d' ' -f2- | xargs -r rm -rf
    fi
    exec {lock}>&-
  fi
  printf '%s' "$folder"
}

push_images() { # push_images REGISTRY [CA-FILE]: REGISTRY as this machine knows it
  local registry=$1 ca=${2:-} tag image certificates filled layouts
  tag=$(platform_tag)
  filled=$data/images-$tag-$(sha256sum <<<"$registry" | cut -c1-8)
  if [ ! -f "$filled" ]; then
    step "Filling the registry"
    "$CAUSEWAY_ROOT/onebox/build.sh" push-images --registry "$registry" ${ca:+--ca "$ca"}
  fi
  certificates=$(mktemp -d)
  [ -z "$ca" ] || cp "$ca" "$certificates/ca.crt"
  for image in "${platform_images[@]}"; do
    in_registry "$registry" "$ca" "$image" "$tag" && continue
    layouts=$(platform_layouts "$tag") || exit
    note "image causeway/$image:$tag"
    skopeo copy --quiet --preserve-digests --dest-cert-dir "$certificates" "oci:$layouts/$image" "docker://$registry/causeway/$image:$tag" >&2 ||
      fail "could not push causeway/$image:$tag to $registry"
  done
  rm -rf "$certificates"
  touch "$filled"
  platform_image_tag=$tag
}
