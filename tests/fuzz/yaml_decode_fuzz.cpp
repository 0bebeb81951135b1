#include <algorithm>

#include "operator/federation/manifests.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace causeway;
  const auto manifests = op::federation::parse_manifests(fuzz::text_of(data, size), {{"IMAGE", "registry/image:1"}});
  if (!manifests) {
    fuzz::require(!manifests.error().message.empty(), "what is refused is explained");
    return 0;
  }
  for (const auto& manifest : *manifests) {
    fuzz::require(!manifest.name.empty() && !manifest.type.kind.empty(), "a manifest has a name and a kind");
    fuzz::require(!manifest.type.namespaced || !manifest.ns.empty(), "and a namespace if its kind has one");
  }
  return 0;
}
