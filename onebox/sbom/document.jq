# The CycloneDX 1.5 document of what write.sh has found. Lines are as it prints them.

def rows: split("\n") | map(select(. != "") | split("\t"));
# Package URLs leave the colon of an epoch as it is.
def escaped: @uri | gsub("%3A"; ":");
# Of an os-release file.
def distribution: {id: ((capture("(^|\n)ID=\"?(?<value>[^\"\n]*)").value)? // ""), version: ((capture("(^|\n)VERSION_ID=\"?(?<value>[^\"\n]*)").value)? // "")};

# Its source, where that is called otherwise, is what security advisories name.
def deb($of):
  . as [$package, $version, $architecture, $source, $source_version, $maintainer]
  | "pkg:deb/\($of.id)/\($package | escaped)@\($version | escaped)?arch=\($architecture)&distro=\($of.id)-\($of.version)"
    + (if $source == $package and $source_version == $version then ""
       else "&upstream=\($source | escaped)" + (if $source_version == $version then "" else "%40\($source_version | escaped)" end) end)
  | {type: "library", "bom-ref": ., name: $package, version: $version, purl: ., publisher: $maintainer};

def go_module: . as [$path, $version]
  | "pkg:golang/\($path | split("/") | map(escaped) | join("/"))" + (if $version == "" or $version == "(devel)" then "" else "@\($version | escaped)" end)
  | {type: "library", "bom-ref": ., name: $path, purl: .}
  + (if $version == "" or $version == "(devel)" then {} else {version: $version} end);

# Go's own library is a component of every program made with it; tools know it by this name.
def standard_library: ["stdlib", "v" + ltrimstr("go")] | go_module;

def own: startswith("causeway-") or . == "pause";
def program($version): . as [$path, $hash, $go, $package]
  | ($path | split("/")[-1]) as $name
  | {type: "application", "bom-ref": "\($name)@sha256:\($hash)", name: $name,
     hashes: [{alg: "SHA-256", content: $hash}], evidence: {occurrences: [{location: $path}]}}
  + (if ($name | own) and $package == "" then {version: $version, purl: "pkg:generic/\($name)@\($version | escaped)"} else {} end)
  + (if $package == "" then {} else {description: "made with \($go) from \($package)"} end);

def python: . as [$package, $version]
  | "pkg:pypi/\($package | ascii_downcase | gsub("[-_.]+"; "-"))@\($version | escaped)"
  | {type: "library", "bom-ref": ., name: $package, version: $version, purl: .};

($release | distribution) as $distribution
| ($modules | rows) as $modules
| ($programs | rows) as $programs
| ($compiled | rows | map(deb($builder | distribution) + {properties: [{name: "causeway:from", value: "the machine it was built on"}]})) as $compiled
| ($packages | rows | map(deb($distribution))) as $packages
| [$programs[] | . as [$path, $hash, $go] | {
    component: program($version),
    parts: (if $go == "" then (if ($path | split("/")[-1] | own) then [$compiled[]] else [] end)
            else [($go | standard_library), ($modules[] | select(.[0] == $path) | .[1:3] | go_module)] end)}] as $made
| [
    (select($distribution.id != "") | {type: "operating-system", "bom-ref": "\($distribution.id)-\($distribution.version)", name: $distribution.id, version: $distribution.version}),
    $packages[], $compiled[], ($made[] | .component, .parts[]), ($python | rows[] | python)
  ]
| unique_by(."bom-ref") as $components
| "\($name):\($version)" as $this
| {
    "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
    bomFormat: "CycloneDX", specVersion: "1.5", version: 1,
    metadata: ({
        component: {type: $kind, "bom-ref": $this, name: $name, version: $version},
        tools: {components: [{type: "application", name: "causeway sbom"}]}
      } + (if $epoch == "" then {} else {timestamp: ($epoch | tonumber | todate)} end)),
    components: $components,
    dependencies: ([
        {ref: $this, dependsOn: ($components | map(."bom-ref"))},
        ($made[] | {ref: .component."bom-ref", dependsOn: ([.parts[]."bom-ref"] | unique)})
      ] | unique_by(.ref))
  }
