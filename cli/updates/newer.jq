# Which versions of the chosen modules are newer. Input: a list of {name, version}. $known: what `go list -m -versions` prints of each, as a
# list; Go itself as "stdlib". `fix` is the oldest newer one of the same minor version and `fixed` the newest, `next` and `newest` those of later minor versions.
include "semver";

($known | map({key: .Path, value: (.Versions // [])}) | from_entries) as $versions
| map(. as {$name, $version}
    | ($version | semver) as $here
    | [($versions[$name] // [])[] | select(released and semver > $here)] | sort_by(semver)
    | select(length > 0)
    | map(select(minor == ($version | minor))) as $same
    | map(select(minor > ($version | minor))) as $later
    | {$name, $version, fix: $same[0], fixed: $same[-1], next: $later[0], newest: $later[-1]})
