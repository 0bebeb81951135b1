#include "onebox/plan/name_table.hpp"

#include <algorithm>
#include <tuple>

#include "onebox/plan/addresses.hpp"

namespace causeway::onebox {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (!out.empty() && out.back() == '.') out.pop_back();
  return out;
}

void add(const kube::Object& endpoint, NameTable& table) {
  const auto type = kube::string_at(endpoint, "recordType");
  const auto name = lower(kube::string_at(endpoint, "dnsName"));
  if ((!type.empty() && type != "A") || name.empty()) return;
  const auto* targets = kube::array_at(endpoint, "targets");
  for (const auto& target : targets ? *targets : kube::json::array{}) {
    const auto* text = target.if_string();
    if (!text || !Cidr::parse(*text) || text->find('/') != kube::json::string::npos) continue;
    table.emplace(name, std::string(*text));
    return;
  }
}

}  // namespace

NameTable name_table(const std::vector<std::shared_ptr<const kube::Object>>& endpoints) {
  auto sorted = endpoints;
  auto age = [](const kube::Object& o) {
    return std::tuple(kube::string_at(o, "metadata.creationTimestamp"), kube::namespace_of(o), kube::name_of(o));
  };
  std::ranges::sort(sorted, [&](const auto& a, const auto& b) { return age(*a) < age(*b); });
  NameTable table;
  for (const auto& object : sorted) {
    const auto* records = kube::array_at(*object, "spec.endpoints");
    for (const auto& record : records ? *records : kube::json::array{})
      if (record.is_object()) add(record.get_object(), table);
  }
  return table;
}

std::string unknown_name(std::string_view host, const NameTable& table) {
  std::string text = "Nothing on this machine is called \"" + std::string(host) + "\".\n";
  if (table.empty()) return text + "No names exist yet; a demo gets one when it is placed in a region.\n";
  text += "Names that exist:\n";
  for (const auto& [name, address] : table) text += "  " + name + "\n";
  return text;
}

}  // namespace causeway::onebox
