# The parts of what is shipped that somebody can be asked about, of all SBOMs (`jq -s`): each once, with the images that it is in.

[
  .[] | (.metadata.component.name | ltrimstr("causeway/")) as $image
  | .components[] | select(((.purl // "") | test("^pkg:(deb|golang)/")) and (.name | startswith("causeway.dev/") | not))
  # NAME, or NAME@VERSION, of the source package where that is another.
  | ((.purl | capture("[?&]upstream=(?<source>[^&]+)").source | gsub("%2B"; "+") | split("%40"))? // []) as $upstream
  | {
      kind: (.purl | capture("^pkg:(?<kind>[a-z]+)/").kind), name, version: (.version // ""), $image,
      source: ($upstream[0] // .name), source_version: ($upstream[1] // .version // ""),
      from_here: any(.properties[]?; .name == "causeway:from")
    }
]
| group_by([.kind, .name, .version])
| map(.[0] + {images: (map(.image) | unique), from_here: all(.from_here)} | del(.image))
