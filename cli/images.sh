# shellcheck shell=bash
# Puts the images into a registry: those of onebox/images, and the platform's own.

in_registry() { # in_registry REGISTRY CA-FILE IMAGE TAG
  curl -fsS -o /dev/null ${2:+--cacert "$2"} -I \
    -H 'Accept: application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json' \
    "https://$1/v2/causeway/$3/manifests/$4" 2>/dev/null
}

# made_once WHAT FOLDER COMMAND…: prints FOLDER of the cache. Who wants it first makes it, for all data directories, by COMMAND with an
# empty folder as its last argument.
made_once() {
  local what=$1 cache=${CAUSEWAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/causeway} name=${2%-*} folder building lock
  folder=$cache/$2
  shift 2
  if [ ! -d "$folder" ]; then
    mkdir -p "$cache"
    exec {lock}>"$cache/.$name.lock"
    flock --nonblock "$lock" || { note "$what are being made already: waiting"; flock "$lock"; }
    if [ ! -d "$folder" ]; then
      rm -rf "$cache/.$name.building."* # of one that was killed: nobody else holds the lock
      building=$(mktemp -d "$cache/.$name.building.XXXXXX")
      note "making $what"
      "$@" "$building" || { rm -rf "$building"; return 1; }
      mv -T "$building" "$folder"
      # Those of a few builds are kept; a folder that somebody just reads from is not that old.
      find "$cache" -maxdepth 1 -name "$name-*" -mmin +60 -printf '%T@ %p\n' | sort -rn | tail -n +3 | cut -d' ' -f2- | xargs -r rm -rf
    fi
    exec {lock}>&-
  fi
  printf '%s' "$folder"
}

# platform_layouts TAG: prints the folder with an OCI layout of each of the platform's images, and beside it IMAGE.cdx.json.
platform_layouts() { made_once "the platform's images ($1)" "platform-$1" make_platform_images "$1"; }

make_platform_images() { # make_platform_images TAG FOLDER
  stage "$2/stage" || fail "could not put together what the platform's images are made of (above)"
  # In a mount namespace of its own: however this ends, no mount of it stays.
  unshare --mount --propagation private "$BASH" "$CAUSEWAY_ROOT/cli/platform_images.sh" "$2" "$1" "$(built images)" "$(compiled_from)" \
    "${platform_images[@]}" >"$data/logs/images.log" 2>&1 || {
    tail -n 15 "$data/logs/images.log" >&2
    fail "could not build the platform's images (all of it: $data/logs/images.log)"
  }
}

# preload_images: DIR/preload is what the clusters and the registry of a new data directory begin with.
preload_images() {
  local layouts folder recipe
  [ ! -d "$data/onebox/registry" ] || return 0
  platform_image_tag=$(platform_tag)
  layouts=$(platform_layouts "$platform_image_tag") || exit
  recipe=$(cat "$CAUSEWAY_ROOT/onebox/preload.sh" "$CAUSEWAY_ROOT/cli/images.sh" | sha256sum | cut -c1-6)
  if folder=$(made_once "the images that clusters begin with" "preload-$platform_image_tag$recipe" make_preload "$platform_image_tag" "$layouts"); then
    ln -sfn "$folder" "$data/preload"
  else
    tail -n 3 "$data/logs/preload.log" >&2
    note "clusters will pull their images (all of it: $data/logs/preload.log)"
  fi
}

make_preload() { # make_preload TAG LAYOUTS FOLDER
  # On nodes: what the platform runs there, and what demos start from.
  local image others on_nodes=" pause traefik registry postgresql base-debian base-python ${platform_images[*]} "
  others=$(built images)
  {
    awk -F '\t' -v others="$others" '{ print $1 "\t" $2 "\t" others "/" $1 "/oci" }' "$others/images.tsv"
    for image in "${platform_images[@]}"; do printf '%s\tcauseway/%s:%s\t%s\n' "$image" "$image" "$1" "$2/$image"; done
  } | awk -F '\t' -v nodes="$on_nodes" '{ print $2 "\t" $3 "\t" (index(nodes, " " $1 " ") ? "node" : "-") }' |
    "$CAUSEWAY_ROOT/onebox/preload.sh" "$3" >"$data/logs/preload.log" 2>&1 && printf '%s' "$1" >"$3/registry/platform-tag"
}

# registry_began_with TAG: whether the registry of the data directory began with all images, and the platform's of TAG.
registry_began_with() { [ "$(cat "$data/onebox/registry/platform-tag" 2>/dev/null)" = "$1" ]; }

push_images() { # push_images REGISTRY [CA-FILE]: REGISTRY as this machine knows it
  local registry=$1 ca=${2:-} tag image certificates filled layouts
  tag=${platform_image_tag:-$(platform_tag)}
  filled=$data/images-$tag-$(sha256sum <<<"$registry" | cut -c1-8)
  if [ ! -f "$filled" ] && ! registry_began_with "$tag"; then
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
