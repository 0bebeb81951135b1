# What is late. Input: {
#   now,         seconds since 1970
#   exploited,   names of packages, modules and advisories
#   components,  of components.jq
#   packages,    [{name, version, newer: [{version, security}], since, since_from: "changelog" or "lists"}]; without "newer": the archive does not have it
#   modules,     [{name, version, fix, fixed, fix_since, next, newest, next_since}], of those that we choose
#   follows,     [{name, version, newest, since}], of those that others chose
#   advisories,  of advisories.jq
#   unasked      [what could not be asked, and why]
# }; times are seconds since 1970, null where nobody tells. Output: {late, findings, unasked, code}.

# The promise of docs/security.md, in days.
def promised: {exploited: 3, security: 14, fix: 60, version: 183};

def judged($input; $kind):
  ([$input.components[] as $part | select($part.kind == $kind and $part.name == .name and $part.version == .version) | $part] | .[0] // {images: []}) as $component
  | (if any(.name, $component.source, .id, .aliases[]?; . as $name | any($input.exploited[]; . == $name)) then "exploited" else .class end) as $class
  | {$kind, name, version, newer, $class, since, since_from, id, summary, images: $component.images, from_here: $component.from_here}
  | .due = (if .since != null and .newer != null and promised[$class] then .since + promised[$class] * 86400 else null end)
  | .late = (.due != null and $input.now > .due);

. as $input
| [
    (.packages[] | select((.newer // []) | length > 0)
      | .class = (if any(.newer[]; .security) then "security" else "fix" end) | .newer = .newer[0].version | judged($input; "deb")),
    (.modules[] | select(.fix) | .newer = .fixed | .class = "fix" | .since = .fix_since | judged($input; "golang")),
    (.modules[] | select(.next) | .newer = .newest | .class = "version" | .since = .next_since | judged($input; "golang")),
    (.advisories[] | .newer = .fixed | .class = "security" | judged($input; "golang"))
  ] as $findings
| ($input.unasked
    + [.packages[] | select(.newer | not) | "\(.name) \(.version): the archive has no package of this name"]
    + [$findings[] | select(.since_from == "lists") | "\(.name) \(.version): since when there is something newer (no changelog could be read)"]
    + [$findings[] | select(.since == null) | "\(.name) \(.version): since when there is \(.newer)"]) as $unasked
| ([$findings[] | select(.late)] | length) as $late
| {
    $late,
    findings: ($findings | sort_by([(.late | not), .due // infinite, .name])),
    follows: .follows,
    $unasked,
    code: (if $late > 0 then 1 elif ($unasked | length) > 0 then 2 else 0 end)
  }
