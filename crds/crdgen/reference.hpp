#pragma once
// The reference page of a kind, from its schema.

#include <string>
#include <string_view>

#include "crds/crdgen/kinds.hpp"

namespace causeway::crds::crdgen {

// `example`: a manifest that works, shown at the top.
std::string reference_page(const Kind& kind, std::string_view example);

}  // namespace causeway::crds::crdgen
