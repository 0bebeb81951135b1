#pragma once
// Host names and where they lead, from the hub's DNSEndpoint objects (external-dns' CRD).

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kube/core/object.hpp"

namespace causeway::onebox {

using NameTable = std::map<std::string, std::string, std::less<>>;  // host name in lower case → IPv4 address

// A records only; the first target of each name that is an address. Of two objects with one name, the older one (by
// creation, then by name) keeps it.
NameTable name_table(const std::vector<std::shared_ptr<const kube::Object>>& endpoints);
// The 404's text.
std::string unknown_name(std::string_view host, const NameTable& table);

}  // namespace causeway::onebox
