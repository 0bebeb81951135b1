#!/usr/bin/env bash
# Makes one image: FOLDER/context (its Dockerfile and files) becomes FOLDER/oci, an OCI layout, and
# FOLDER/sbom.cdx.json, what it is made of. Run by images.sh as root in a mount namespace of its own.
#   make.sh FOLDER NAME REFERENCE CODENAME [PARENT-FOLDER]
set -euo pipefail
folder=$1 name=$2 reference=$3 codename=$4 parent=${5:-}
context=$folder/context
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=sources.sh
. "$here/sources.sh"
# shellcheck source=../sbom/add.sh
. "$here/../sbom/add.sh"
storage() { buildah "$@"; }
export TMPDIR=$folder/tmp
mkdir "$TMPDIR"

# --- what goes into the context beside the recipe ---

# Packages of this machine whose files are in the image: what its SBOM cannot find there.
from_here=()
# Certificates this machine trusts and the distribution does not, one file each.
extra_certificates() { # extra_certificates DISTRIBUTION-BUNDLE INTO
	awk -v into="$2" '
		/-----BEGIN CERTIFICATE-----/ { body = ""; reading = 1 }
		reading { body = body $0 "\n" }
		/-----END CERTIFICATE-----/ {
			reading = 0
			if (FNR == NR) known[body] = 1
			else if (!(body in known)) printf "%s", body > sprintf("%s/machine-%03d.crt", into, ++n)
		}' "$1" /etc/ssl/certs/ca-certificates.crt
}

case $name in
pause)
	"${CC:-cc}" -static -Os -s -Wall -Wextra -Werror -o "$context/pause" "$context/pause.c"
	from_here=(libc6-dev) ;;
traefik) from_here=(ca-certificates) ;;
base-debian)
	mapfile -t sources < <(package_sources "$codename")
	[ ${#sources[@]} -gt 0 ] || echo "  no package sources found (apt-get update was never run?): using the distribution's own" >&2
	# Proxies of this machine's apt, for builds as well.
	apt-config dump | grep -E '^Acquire::https?::Proxy ' >"$TMPDIR/proxy" || true
	# The hook begins with /usr merged. Else the package that merges it is installed, and all of Perl for it: a third of the image.
	mmdebstrap --quiet --mode=root --variant=minbase --format=tar \
		--hook-directory=/usr/share/mmdebstrap/hooks/maybe-merged-usr --include=ca-certificates \
		--aptopt="$TMPDIR/proxy" --aptopt='APT::Install-Recommends "false"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-include=/usr/share/locale/locale.alias' \
		--dpkgopt='path-exclude=/usr/share/lintian/*' --dpkgopt='path-exclude=/usr/share/zoneinfo/right/*' \
		"$codename" "$context/minbase.tar" "${sources[@]}"
	mkdir "$context/certificates"
	tar -xOf "$context/minbase.tar" ./etc/ssl/certs/ca-certificates.crt >"$TMPDIR/bundle"
	extra_certificates "$TMPDIR/bundle" "$context/certificates" ;;
esac

# --- the image ---

arguments=()
if [ "$name" = base ]; then
	libraries=$context/libraries.$codename
	[ -f "$libraries" ] || libraries=$context/libraries.other
	arguments+=(--build-arg "LIBRARIES=$(sed 's/#.*//' "$libraries" | tr '\n' ' ')")
fi

# Storage of its own, also for what buildah keeps beside it.
mkdir -p "$folder/storage/lib" "$folder/storage/run" /var/lib/containers /run/containers
mount --bind "$folder/storage/lib" /var/lib/containers
mount --bind "$folder/storage/run" /run/containers
# overlay is several times faster; not every file system can hold its upper layers.
export STORAGE_DRIVER=overlay
buildah info >/dev/null 2>&1 || export STORAGE_DRIVER=vfs

if [ -n "$parent" ]; then
	skopeo copy --quiet "oci:$parent/oci" containers-storage:localhost/parent:1
	arguments+=(--build-arg PARENT=localhost/parent:1)
fi
buildah bud --quiet --isolation chroot --pull-never --format oci "${arguments[@]}" --tag result "$context" >/dev/null
add_sbom result "$folder/sbom.cdx.json" "causeway/$name" "${reference##*:}" ${from_here[@]+"${from_here[@]}"}
# Smaller than with gzip, and unpacked in less time.
buildah push --quiet --compression-format zstd result "oci:$folder/oci"

# The name it is imported under: ctr -n k8s.io images import <(tar -C oci -c .)
jq --arg name "$reference" '.manifests[0].annotations |= . + {
	"io.containerd.image.name": $name, "org.opencontainers.image.ref.name": ($name | sub(".*:"; "")) }' \
	"$folder/oci/index.json" >"$TMPDIR/index.json"
mv "$TMPDIR/index.json" "$folder/oci/index.json"

# A layer that is the parent's is kept once on the disk.
if [ -n "$parent" ]; then
	for blob in "$folder"/oci/blobs/sha256/*; do
		same=$parent/oci/blobs/sha256/$(basename "$blob")
		if [ -f "$same" ]; then ln -f "$same" "$blob"; fi
	done
fi

umount /var/lib/containers /run/containers
rm -rf "$folder/storage" "$context" "$TMPDIR"
