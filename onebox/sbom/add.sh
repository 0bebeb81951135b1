# shellcheck shell=bash
# Sourced by what builds images with buildah: writes an image's document, and puts it into the image.

sbom_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Where it is in every image.
sbom_in_image=/usr/share/causeway/sbom.cdx.json

# add_sbom IMAGE DOCUMENT NAME VERSION [PACKAGE…]: of an image in buildah's storage, which the caller's function `storage` asks. The document
# is a layer of its own, and the file DOCUMENT. PACKAGEs as write.sh has them.
add_sbom() {
	local image=$1 document=$2 container mounted
	container=$(storage from --quiet --pull-never "$image")
	mounted=$(storage mount "$container")
	"$sbom_folder/write.sh" "$mounted" container "${@:3}" >"$document"
	chmod 644 "$document"
	storage umount "$container" >/dev/null
	storage copy --quiet "$container" "$document" "$sbom_in_image" >/dev/null
	storage commit --quiet --rm --format oci "$container" "$image" >/dev/null
}
