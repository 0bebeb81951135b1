#include "apiserver/rest/client_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>

#include "apiserver/rest/field_value.hpp"

namespace causeway::api::rest {
namespace {

// 16 bytes, IPv4 mapped; nullopt: not an address.
std::optional<std::string> address_bytes(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  const std::string address(text);
  std::array<char, 16> bytes{};
  if (inet_pton(AF_INET, address.c_str(), bytes.data() + 12) == 1) {
    bytes[10] = bytes[11] = '\xff';
  } else if (inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) {
    return std::nullopt;
  }
  return std::string(bytes.begin(), bytes.end());
}

// "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]:80" → the address; "" if it is none.
std::string_view entry_address(std::string_view entry) {
  if (entry.size() >= 2 && entry.front() == '"' && entry.back() == '"') entry = entry.substr(1, entry.size() - 2);
  const bool bare_v6 = !entry.starts_with('[') && std::count(entry.begin(), entry.end(), ':') > 1;
  const std::string_view address = bare_v6 ? entry : address_of(entry);
  return address_bytes(address) ? address : std::string_view();
}

// The chain of addresses that X-Forwarded-For tells, nearest proxy last.
std::vector<std::string_view> chain_of(const base::Headers& headers) {
  std::vector<std::string_view> chain;
  for (const auto& [key, value] : headers) {
    if (!same_text(key, "X-Forwarded-For")) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const std::string_view item = take_item(rest);
      if (!item.empty()) chain.push_back(item);
    }
  }
  return chain;
}

}  // namespace

base::Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& ranges) {
  TrustedProxies trusted;
  for (const std::string& text : ranges) {
    crds::AddressRange range;
    if (text == "unix") {
      trusted.unix_ = true;
    } else if (const auto bytes = address_bytes(text)) {
      trusted.ranges_.push_back({*bytes, *bytes});
    } else if (crds::parse_cidr(text, range)) {
      trusted.ranges_.push_back(range);
    } else {
      return base::Error{base::ErrorCode::kInvalidArgument,
                         "\"" + text + "\" is neither an address, nor a range like 10.0.0.0/8, nor \"unix\""};
    }
  }
  return trusted;
}

bool TrustedProxies::contains(std::string_view address) const {
  if (address == "unix") return unix_;
  if (ranges_.empty()) return false;
  const auto bytes = address_bytes(address);
  return bytes && std::any_of(ranges_.begin(), ranges_.end(), [&](const crds::AddressRange& range) {
           return range.first <= *bytes && *bytes <= range.last;
         });
}

std::string_view address_of(std::string_view remote) {
  if (remote.starts_with('[')) return remote.substr(1, remote.find(']') - 1);
  return remote.substr(0, remote.find(':'));
}

std::string client_address(std::string_view remote, const base::Headers& headers, const TrustedProxies& trusted) {
  std::string_view client = address_of(remote);
  if (!trusted.contains(client)) return std::string(client);
  const auto chain = chain_of(headers);
  for (auto entry = chain.rbegin(); entry != chain.rend(); ++entry) {
    const std::string_view address = entry_address(*entry);
    if (address.empty()) break;
    client = address;
    if (!trusted.contains(address)) break;
  }
  return std::string(client);
}

std::string rate_key(std::string_view address) {
  auto bytes = address_bytes(address);
  if (!bytes) return std::string(address);
  static const std::string kMapped = std::string(10, '\0') + "\xff\xff";
  if (bytes->starts_with(kMapped)) return bytes->substr(12);
  return bytes->substr(0, 8);
}

}  // namespace causeway::api::rest
