#include "onebox/plan/names.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace causeway::onebox {

namespace {

bool label_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

}  // namespace

std::string instance_id(const std::filesystem::path& absolute_data_dir) {
  std::string path = absolute_data_dir.lexically_normal().string();
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return base::sha256_hex(path).substr(0, 6);
}

std::string Names::hardware_address(int host) const {
  constexpr const char* kHex = "0123456789abcdef";
  std::string out = "02:63";  // locally administered
  for (std::size_t i = 0; i < instance.size(); i += 2) out += ":" + instance.substr(i, 2);
  return out + ":" + kHex[host >> 4 & 15] + kHex[host & 15];
}

base::Result<void> check_cluster_id(std::string_view id) {
  bool good = !id.empty() && id.size() <= 63 && std::ranges::all_of(id, label_character) && id.front() != '-' &&
              id.back() != '-';
  if (!good)
    return base::Error{base::ErrorCode::kInvalidArgument,
                       "'" + std::string(id) + "' is no cluster id: 1 to 63 of a-z, 0-9 and '-', such as a uid"};
  if (id == kSharedServices)
    return base::Error{base::ErrorCode::kInvalidArgument,
                       "the id 'shared' is taken by the registry and DNS of this machine"};
  return {};
}

std::string node_name(std::string_view cluster_name, std::string_view cluster_id) {
  std::string name;
  for (char c : cluster_name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    name += label_character(c) ? c : '-';
  }
  name = name.substr(0, 63);
  while (!name.empty() && name.back() == '-') name.pop_back();
  name.erase(0, std::min(name.find_first_not_of('-'), name.size()));
  return name.empty() ? std::string(cluster_id) : name;
}

const std::vector<std::string>& regions() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> list;
    for (char n = '1'; n <= '9'; ++n) list.push_back(std::string("local-") + n);
    return list;
  }();
  return all;
}

base::Result<void> check_region(std::string_view region) {
  if (std::ranges::find(regions(), region) != regions().end()) return {};
  std::string list;
  for (const auto& r : regions()) list += (list.empty() ? "" : ", ") + r;
  return base::Error{base::ErrorCode::kInvalidArgument,
                     "provider local has no region '" + std::string(region) + "'; it has " + list};
}

}  // namespace causeway::onebox
