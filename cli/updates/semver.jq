# Versions of Go modules: which is newer.

# Sorts as semver does: numbers, then a pre-release (also of a pseudo-version) before its release.
def semver: ltrimstr("v") | split("+")[0] | (index("-")) as $dash
  | (if $dash then .[:$dash] else . end | split(".") | map(tonumber? // 0) + [0, 0, 0] | .[:3])
    + (if $dash then [0, (.[$dash + 1:] | split(".") | map(tonumber? // .))] else [1, []] end);

def released: test("^v?[0-9]+\\.[0-9]+\\.[0-9]+(\\+incompatible)?$");
def minor: semver | .[:2];
