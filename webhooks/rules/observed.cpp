#include "webhooks/rules/observed.hpp"

namespace causeway::webhooks {

std::string account_of(const Observed& observed, std::string_view ns) {
  std::string label = observed.owner_label(ns);
  return label.empty() ? std::string(crds::owner_of_namespace(ns)) : label;
}

std::vector<std::string> search_order(std::string_view ns) {
  if (ns == kSystemNamespace) return {std::string(ns)};
  return {std::string(ns), std::string(kSystemNamespace)};
}

}  // namespace causeway::webhooks
