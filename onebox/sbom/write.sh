#!/usr/bin/env bash
# Prints what the files in a folder are made of, as a CycloneDX 1.5 document. The same files give the same document.
#   write.sh ROOT KIND NAME VERSION [PACKAGE…]
# ROOT: an image's root, or a folder with programs. KIND: container or application. PACKAGEs are those of the machine it was built on
# whose content is in its programs, though no package of the root shows it (headers, static libraries).
# SOURCE_DATE_EPOCH, where it is set, becomes the document's time.
set -euo pipefail
shopt -s inherit_errexit
export LC_ALL=C
root=$(cd "$1" && pwd) kind=$2 name=$3 version=$4
shift 4
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
dpkg=$root/var/lib/dpkg

# query_packages ARGUMENT…: of dpkg-query -W; name, version, architecture, source and its version, maintainer.
query_packages() {
	dpkg-query -W -f '${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\t${Maintainer}\n' "$@" |
		sed -n 's/^installed\t//p'
}

# Images that take single files out of a package keep its description in status.d, as distroless ones do.
packages() {
	local stanza
	mkdir "$scratch/dpkg"
	{
		cat "$dpkg/status" 2>/dev/null || true
		for stanza in "$dpkg"/status.d/*; do
			case $stanza in *.md5sums | */\*) continue ;; esac
			printf '\n'
			sed '/^$/d; /^Status:/d' "$stanza"
			printf 'Status: install ok installed\n\n'
		done
	} >"$scratch/dpkg/status"
	[ -s "$scratch/dpkg/status" ] || return 0
	query_packages --admindir "$scratch/dpkg"
}

# Where /bin and /lib are links into /usr, packages still name them.
merged() { if [ -L "$root/bin" ]; then sed -E 's,^/(bin|sbin|lib[^/]*)/,/usr/\1/,'; else cat; fi; }

# Files that no package accounts for.
strangers() {
	{
		cat "$dpkg"/info/*.list 2>/dev/null || true
		cat "$dpkg"/status.d/*.md5sums 2>/dev/null | sed -E 's,^[0-9a-f]+ +,/,' || true
	} | merged | sort -u >"$scratch/owned"
	find "$root" -xdev -type f -size +3c -printf '/%P\n' | sort | comm -23 - "$scratch/owned"
}

# go_build_info PROGRAM: what `go version -m` prints of one that Go has made, where there is no Go: lines "go VERSION", "path …", "mod …",
# "dep …", "=> …". Nothing of others. The linker leaves a section with a header of 32 bytes and two strings: Go 1.18 or newer.
go_build_info() {
	objcopy -O binary --only-section=.go.buildinfo "$1" "$scratch/section" 2>/dev/null || return 0
	[ -s "$scratch/section" ] || return 0
	printf 'go\t%s\n' "$(grep -aoE 'go[0-9]+\.[0-9]+(\.[0-9]+|rc[0-9]+|beta[0-9]+)?' "$scratch/section" | sed -n 1p)"
	grep -aoP '^.*?\Kpath\t[^\n]*' "$scratch/section" | sed -n 1p || true
	grep -aP '^(mod|dep|=>)\t' "$scratch/section" || true
}

# program FILE: its path, SHA-256, version of Go, package, and a line "PATH<tab>MODULE<tab>VERSION" in modules for each that is in it; one that
# is replaced counts as what replaces it, unless that is a folder.
program() {
	local path=$1 info hash
	hash=$(sha256sum <"$root$path")
	info=$(go_build_info "$root$path")
	awk -F '\t' -v path="$path" -v OFS='\t' '
		function flush() { if (module != "") print path, module, release; module = "" }
		$1 == "mod" || $1 == "dep" { flush(); module = $2; release = $3 }
		$1 == "=>" && $2 !~ /^[.\/]/ { module = $2; release = $3 }
		END { flush() }' <<<"$info" >>"$scratch/modules"
	printf '%s\t%s\t%s\t%s\n' "$path" "${hash%% *}" "$(sed -n 's/^go\t//p' <<<"$info")" "$(sed -n 's/^path\t//p' <<<"$info")"
}

packages >"$scratch/packages"
strangers >"$scratch/strangers"
: >"$scratch/modules"
(cd "$root" && sed 's,^/,./,' "$scratch/strangers" | tr '\n' '\0' | xargs -0r grep -lam1 -P '^\x7fELF') | sed 's,^\.,,' >"$scratch/elf" || true
while IFS= read -r file; do program "$file"; done <"$scratch/elf" >"$scratch/programs"
grep -E '\.dist-info/METADATA$' "$scratch/strangers" | while IFS= read -r file; do
	sed -nE '/^\r?$/q; s/^(Name|Version): *([^\r]*).*/\2/p' "$root$file" | paste -sd '\t'
done >"$scratch/python" || true
if [ $# -gt 0 ] && command -v dpkg-query >/dev/null; then query_packages "$@" || true; fi >"$scratch/compiled"
cat "$root/etc/os-release" >"$scratch/release" 2>/dev/null || true

jq -n -S -f "$here/document.jq" --arg kind "$kind" --arg name "$name" --arg version "$version" --arg epoch "${SOURCE_DATE_EPOCH:-}" \
	--rawfile release "$scratch/release" --rawfile builder /etc/os-release \
	--rawfile packages "$scratch/packages" --rawfile compiled "$scratch/compiled" \
	--rawfile programs "$scratch/programs" --rawfile modules "$scratch/modules" --rawfile python "$scratch/python"
