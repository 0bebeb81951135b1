# verdict.jq's output as text.

def day: if . == null then "unknown" else todate[:10] end;
def some_of: if length > 4 then .[:3] + ["\(length - 3) more"] else . end | join(", ");
def line:
  (if .late then "LATE   " else "       " end)
  + "\(.name) \(.version) → \(.newer // "no fix yet")   "
  + "\(.class)\(if .id then " (\(.id): \(.summary))" else "" end), since \(.since | day)\(if .since_from == "lists" then " or before" else "" end)"
  + (if .due then ", due \(.due | day)" else "" end)
  + "   in \(.images | some_of)" + (if .from_here then " (compiled in from this machine's package)" else "" end);

(.findings[] | line),
(.follows | select(length > 0) | "\(length) modules that others chose have newer versions, which come with theirs:", (.[] | "       \(.name) \(.version) → \(.newest)")),
(if (.findings | length) == 0 then "Nothing asked about has a newer version." else
  "\(.findings | length) newer versions or advisories, \(.late) past the time that docs/security.md promises." end),
(.unasked[] | "not asked: \(.)")
