#pragma once
// Texts with a syntax of their own, as patterns (RE2) the API server checks, and checks of the same for C++.

#include <cstdint>
#include <string>
#include <string_view>

namespace causeway::crds {

// resource.Quantity, without a sign: nothing here can be negative.
inline constexpr std::string_view kQuantityPattern =
    R"(^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][-+]?[0-9]+)?$)";
inline constexpr std::int64_t kMaxQuantityLength = 32;
// metav1.Duration, not negative.
inline constexpr std::string_view kDurationPattern = R"(^(0|([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+)$)";
inline constexpr std::int64_t kMaxDurationLength = 32;
// A decimal number as text: money has no binary fractions.
inline constexpr std::string_view kDecimalPattern = R"(^[0-9]+(\.[0-9]+)?$)";
inline constexpr std::int64_t kMaxDecimalLength = 20;
inline constexpr std::int64_t kMaxCidrLength = 43;

// Whether the whole pattern language of the rows accepts `text`.
bool matches_pattern(std::string_view text, std::string_view pattern);
// "192.0.2.0/24", "2001:db8::/32". `first`..`last` get the range's ends, 16 bytes each (IPv4 mapped), when given.
struct AddressRange {
  std::string first, last;
  bool overlaps(const AddressRange& other) const { return first <= other.last && other.first <= last; }
};
bool parse_cidr(std::string_view text, AddressRange& range);
// What would be accepted, in words, for the patterns that the rows share; else the pattern itself.
std::string describe_pattern(std::string_view pattern);

}  // namespace causeway::crds
