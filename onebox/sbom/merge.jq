# One CycloneDX document of many (`jq -s`): each one's subject becomes a component, with its parts as dependencies.

{
  "$schema": .[0]."$schema",
  bomFormat: "CycloneDX", specVersion: "1.5", version: 1,
  metadata: ({
      component: {type: "application", "bom-ref": "causeway", name: "causeway"},
      tools: .[0].metadata.tools
    } + ([.[].metadata.timestamp // empty] | if length == 0 then {} else {timestamp: max} end)),
  components: ([.[] | .metadata.component, .components[]] | unique_by(."bom-ref")),
  dependencies: ([{ref: "causeway", dependsOn: ([.[].metadata.component."bom-ref"] | unique)}, .[].dependencies[]] | unique_by(.ref))
}
