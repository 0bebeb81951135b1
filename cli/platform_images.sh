#!/usr/bin/env bash
# Makes the platform's images from the Dockerfile: FOLDER/stage, its context, becomes FOLDER/IMAGE, an OCI layout, and
# FOLDER/IMAGE.cdx.json, what it is made of, for each. Run by images.sh in a mount namespace of its own.
#   platform_images.sh FOLDER TAG BASES PACKAGES IMAGE…
# BASES: the folder with NAME/oci for the images of onebox/images. PACKAGES: those of this machine that our programs are compiled from.
set -euo pipefail
folder=$1 tag=$2 bases=$3
read -ra packages <<<"$4"
shift 4
# shellcheck source=../onebox/sbom/add.sh
. "$(dirname "${BASH_SOURCE[0]}")/../onebox/sbom/add.sh"
export TMPDIR=$folder/tmp
mkdir "$TMPDIR"
root=$folder/storage/lib run=$folder/storage/run
mkdir -p "$root" "$run"

# overlay is several times faster; not every file system can hold its upper layers.
driver=overlay
buildah --root "$root" --runroot "$run" --storage-driver overlay info >/dev/null 2>&1 || driver=vfs
storage() { buildah --root "$root" --runroot "$run" --storage-driver "$driver" "$@"; }

arguments=()
for base in base base-git base-builder runner-base-local; do
  # (buildah 1.28 reads no layout at a path with a dot)
  skopeo copy --quiet "oci:$bases/$base/oci" "containers-storage:[$driver@$root+$run]localhost/$base:1"
  argument=${base/runner-base/base-runner}
  argument=${argument//-/_}
  arguments+=(--build-arg "${argument^^}=localhost/$base:1")
done
for image in "$@"; do
  storage bud --quiet --pull-never --format oci --isolation chroot --target "$image" --build-arg "VERSION=$tag" "${arguments[@]}" \
    -t "localhost/$image:$tag" "$folder/stage"
  add_sbom "localhost/$image:$tag" "$folder/$image.cdx.json" "causeway/$image" "$tag" "${packages[@]}"
  storage push --quiet --compression-format zstd "localhost/$image:$tag" "oci:$folder/$image:$tag"
done
umount "$root/overlay" 2>/dev/null || true
rm -rf "$folder/storage" "$folder/stage" "$TMPDIR"
