#pragma once
// Manifests from files, applied as they are: YAML goes to the server in YAML.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "kube/client/client.hpp"
#include "operator/settings.hpp"

namespace causeway::op::federation {

struct Manifest {
  kube::ResourceType type;
  std::string ns, name;
  std::string yaml;
};

// Documents of a YAML text with ${NAME} replaced from `variables`. Errors: a kind that is not known here, a document
// without a name, a variable without a value; of ${NAME:-} the value may be empty.
base::Result<std::vector<Manifest>> parse_manifests(std::string_view text,
                                                    const std::map<std::string, std::string>& variables);

// Every *.yaml of a folder, in the order of their names.
base::Result<std::vector<Manifest>> load_manifests(const std::filesystem::path& folder,
                                                   const std::map<std::string, std::string>& variables);

// What a region is made of, in the order it is applied: its CRD, then everything of `region_manifests`.
base::Result<std::vector<Manifest>> region_manifests(const Settings& settings);

// Server-side apply.
kube::Result<void> apply_manifest(kube::Client& client, const Manifest& manifest, std::string_view field_manager);

}  // namespace causeway::op::federation
