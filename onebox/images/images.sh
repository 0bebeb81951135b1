# shellcheck shell=bash
# Sourced by onebox/build.sh: which images there are, when one has to be made again, and how they get
# into a registry. How one is made: make.sh. What is in them: the Dockerfiles beside this file.

# shellcheck source=age.sh
. "$onebox/images/age.sh"

# The host name that clusters, build pods and manifests know the registry by.
image_host=registry.causeway.internal

# name, tag, parent (- for none). "@" is the distribution's release: 12 on Debian 12. Parents come first.
image_table='
pause              1       -
base-debian        @       -
base               @       base-debian
base-git           @       base
base-builder       @       base-git
runner-base-local  @       base
base-python        @       base-debian
registry           2       base-debian
postgresql         @       base-debian
prometheus         2       base-debian
rsyslog            8       base-debian
clamav             1       base-debian
traefik            %       -
'

# release_field FIELD of /etc/os-release.
release_field() { sed -n "s/^$1=//p" /etc/os-release | tr -d '"'; }

# image_tag NAME
image_tag() {
	local tag
	tag=$(awk -v name="$1" '$1 == name { print $2 }' <<<"$image_table")
	case $tag in
	@) release_field VERSION_ID ;;
	%) (. "$onebox/gateway/build.conf" && echo "$version") ;;
	*) echo "$tag" ;;
	esac
}

image_parent() { awk -v name="$1" '$1 == name && $3 != "-" { print $3 }' <<<"$image_table"; }
image_names() { awk 'NF { print $1 }' <<<"$image_table"; }

# What every image of distribution packages depends on beside its recipe: the release, where its packages
# come from and since when, and the certificates this machine trusts.
image_surroundings() {
	packages_since
	release_field VERSION_CODENAME
	cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true
	sha256sum </etc/ssl/certs/ca-certificates.crt
}

# terraform_program prints the terraform or tofu that goes into the runner image, preferring what the machine
# has; a wrapper script (tfenv, asdf) would not work there, only a program does.
terraform_program() {
	local name found
	for name in terraform tofu; do
		found=$(command -v "$name") || continue
		found=$(readlink -f "$found")
		if [ "$(head -c 4 "$found" | tail -c 3)" = ELF ]; then
			printf '%s %s\n' "$name" "$found"
			return
		fi
	done
	printf 'tofu %s/bin/tofu\n' "$(part tofu)"
}

how_images_are_made=$(cat "$onebox"/images/{make,sources}.sh "$onebox"/sbom/*.{sh,jq} | sha256sum)

# image_key NAME [KEY-OF-PARENT]: of the recipe, the parent, and what the recipe takes from elsewhere.
image_key() {
	local program
	{
		hash_of_folder "$onebox/images/$1"
		printf '%s\n' "$how_images_are_made"
		image_tag "$1"
		case $1 in
		pause) ;;
		traefik)
			print_only=quietly part gateway
			sha256sum </etc/ssl/certs/ca-certificates.crt ;;
		runner-base-local)
			program=$(print_only=quietly terraform_program)
			printf '%s\n' "$program"
			stat -c '%s %Y' "${program#* }" 2>/dev/null || true ;;
		esac
		[ -z "${2:-}" ] || printf '%s\n' "$2"
		case $1 in base-debian) image_surroundings ;; esac
	} | sha256sum | cut -c1-12
}

# image NAME KEY [PARENT-FOLDER] prints the folder with its oci layout.
image() {
	local name=$1 key=$2 parent=${3:-}
	cached "image-$name" "$key-$machine" make_image "$name" "$parent"
}

make_image() {
	local into=$1 name=$2 parent=$3 tool program
	[ "$(id -u)" -eq 0 ] || fail "images are built from distribution packages with root's rights" \
		"Run it as root (sudo onebox/build.sh images)."
	for tool in mmdebstrap buildah skopeo jq objcopy; do
		command -v "$tool" >/dev/null || fail "$tool is missing, which images are built with" "apt-get install mmdebstrap buildah skopeo jq binutils"
	done
	mkdir "$into/context"
	cp -r "$onebox/images/$name/." "$into/context/"
	case $name in
	traefik)
		cp "$(part gateway)/bin/traefik" /etc/ssl/certs/ca-certificates.crt "$into/context/" ;;
	runner-base-local)
		program=$(terraform_program)
		mkdir "$into/context/bin"
		cp "${program#* }" "$into/context/bin/${program%% *}" ;;
	esac
	say "Building image causeway/$name"
	# A mount namespace of its own: however this ends, no mount of it stays.
	unshare --mount --propagation private "$BASH" "$onebox/images/make.sh" "$into" "$name" \
		"$image_host/causeway/$name:$(image_tag "$name")" "$(release_field VERSION_CODENAME)" "$parent" >"$into/log" 2>&1 || {
		tail -n 40 "$into/log" >&2
		fail "could not build image causeway/$name" "It installs distribution packages: does apt-get update work on this machine?"
	}
	rm "$into/log"
}

# images_part prints a folder with a link NAME per image and images.tsv: name, reference, digest of the manifest.
images_part() {
	local name parent all replaced
	if [ -z "$print_only$fresh" ]; then take_new_packages_when_old; fi
	declare -A keys folders
	for name in $(image_names); do
		parent=$(image_parent "$name")
		keys[$name]=$(image_key "$name" ${parent:+"${keys[$parent]}"})
	done
	all=$(printf '%s\n' "${keys[@]}" | sort | sha256sum | cut -c1-12)
	if [ -z "$print_only" ] && [ ! -d "$cache/images-$all-$machine" ]; then
		for name in $(image_names); do
			parent=$(image_parent "$name")
			folders[$name]=$(image "$name" "${keys[$name]}" ${parent:+"${folders[$parent]}"})
		done
	fi
	list_images() {
		local name
		for name in $(image_names); do
			ln -s "../$(basename "${folders[$name]}")" "$1/$name"
			printf '%s\t%s\t%s\n' "$name" "causeway/$name:$(image_tag "$name")" \
				"$(jq -r '.manifests[0].digest' "${folders[$name]}/oci/index.json")"
		done >"$1/images.tsv"
	}
	if [ -n "$fresh" ]; then replaced=$(fresh='' print_only=quietly images_part); fi
	cached images "$all-$machine" list_images
	if [ -n "$fresh" ]; then packages_are_new "$replaced" "$cache/images-$all-$machine"; fi
}

# push_images HOST:PORT [CA-FILE [AUTHFILE]]
push_images() {
	local to=$1 folder name reference digest there trust='' pushed=0 kept=0
	command -v skopeo >/dev/null || fail "skopeo is missing, which images are pushed with" "apt-get install skopeo"
	folder=$(images_part)
	trust=$(mktemp -d)
	# shellcheck disable=SC2064 # the folder of now
	trap "rm -rf '$trust'" EXIT
	if [ -n "$2" ]; then cp "$2" "$trust/ca.crt"; fi
	while IFS=$'\t' read -r name reference digest; do
		there=$(skopeo inspect --raw --cert-dir "$trust" ${3:+--authfile "$3"} "docker://$to/$reference" 2>/dev/null |
			sha256sum | cut -d' ' -f1) || true
		if [ "sha256:$there" = "$digest" ]; then
			kept=$((kept + 1))
			continue
		fi
		say "Pushing $reference"
		skopeo copy --quiet --preserve-digests --dest-cert-dir "$trust" ${3:+--dest-authfile "$3"} \
			"oci:$folder/$name/oci" "docker://$to/$reference" >&2 ||
			fail "could not push $reference to $to" "Is the registry there, and its certificate signed by what --ca names?"
		pushed=$((pushed + 1))
	done <"$folder/images.tsv"
	say "$to holds the images: $pushed pushed, $kept were there"
}
