# shellcheck shell=bash
# Sourced by images.sh: when images take the distribution's packages anew. $fresh of build.sh is the time of a build that does.

# Days until a build does so by itself.
image_days=${CAUSEWAY_IMAGE_DAYS:-7}

# packages_since: part of the images' keys. Nothing until packages are taken anew for the first time.
packages_since() {
	if [ -n "$fresh" ]; then printf '%s\n' "$fresh"; else cat "$cache/packages-since" 2>/dev/null || true; fi
}

# older_than DAYS FILE-OR-FOLDER: what is not there is older than anything.
older_than() { [ $(($(date +%s) - $(date -r "$2" +%s 2>/dev/null || echo 0))) -ge $(($1 * 86400)) ]; }

old_image() { print_only=quietly image base-debian "$(image_key base-debian)"; }

# take_new_packages_when_old: once they are too old, and where that fails (offline), not again within a day.
take_new_packages_when_old() {
	local old lock
	[[ $image_days =~ ^[0-9]{1,5}$ ]] || fail "CAUSEWAY_IMAGE_DAYS is a number of days, not \"$image_days\""
	old=$(old_image)
	[ -d "$old" ] && older_than "$image_days" "$old" || return 0
	# Whether it was tried is looked at behind the lock: who tries now is waited for.
	exec {lock}>"$cache/.packages.lock"
	flock "$lock"
	old=$(old_image)
	if older_than "$image_days" "$old" && older_than 1 "$cache/.packages.tried"; then # of two at once, one
		touch "$cache/.packages.tried"
		say "The packages in the images are of $(date -u -r "$old" +%F): taking new ones, as every $image_days days (CAUSEWAY_IMAGE_DAYS)"
		# A process of its own, which fails at its first error and changes nothing then.
		"$BASH" "$onebox/build.sh" images --fresh >/dev/null ||
			say "New packages could not be had: the images stay as they are for now. onebox/build.sh images --fresh tries again at once."
	fi
	exec {lock}>&-
}

# packages_are_new OLD NEW: the folders of all images. What is replaced now may be in use: it goes with the next change.
packages_are_new() {
	local name
	if [ -f "$cache/packages-replaced" ]; then
		while IFS= read -r name; do rm -rf "${cache:?}/${name:?}"; done <"$cache/packages-replaced"
	fi
	{
		for name in $(image_names); do
			[ "$1/$name" -ef "$2/$name" ] || [ ! -d "$1/$name" ] || basename "$(readlink -f "$1/$name")"
		done
		[ "$1" = "$2" ] || [ ! -d "$1" ] || basename "$1"
	} >"$cache/packages-replaced"
	printf '%s\n' "$fresh" >"$cache/packages-since"
}
