# Which advisories hold for which modules. Input: a list of {name, version}. $advisories: (`--slurpfile` of a list) documents of the form OSV 1.x, as Go's vulnerability
# database has them; versions there are without "v".
include "semver";

def holds($version): reduce .events[] as $event (false;
  if $event.introduced then . or ($event.introduced == "0" or ($event.introduced | semver) <= ($version | semver))
  elif $event.fixed and ($event.fixed | semver) <= ($version | semver) then false
  else . end);

[
  .[] as {$name, $version} | $advisories[0][] | select(.withdrawn | not) | . as $advisory
  | [.affected[] | select(.package.name == $name) | .ranges[] | select(.type == "SEMVER")]
  | select(any(.[]; holds($version)))
  | {$name, $version, id: $advisory.id, aliases: ($advisory.aliases // []), summary: ($advisory.summary // ""),
     since: ($advisory.published | sub("\\.[0-9]+Z$"; "Z") | fromdate),
     fixed: ([.[].events[].fixed // empty | select(semver > ($version | semver))] | sort_by(semver) | if length > 0 then "v" + .[0] else null end)}
]
