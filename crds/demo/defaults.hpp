#pragma once
// What a demo gets where neither it nor its template says: the operator runs it with this, quotas count it with this.

#include <string_view>

namespace causeway::crds {

inline constexpr std::string_view kDefaultCpu = "100m";
inline constexpr std::string_view kDefaultMemory = "256Mi";

}  // namespace causeway::crds
