#pragma once
// Parts of texts to look for with LIKE. Pure.

#include <string>
#include <string_view>

namespace causeway::api::database {

// What people type has no wildcards.
std::string escaped_like(std::string_view text);

}  // namespace causeway::api::database
