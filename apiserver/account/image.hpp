#pragma once
// What an uploaded picture is, by its first bytes. Pure.

#include <optional>
#include <string_view>

namespace causeway::api::account {

// "image/png", "image/jpeg" or "image/webp"; nullopt: none of them. What the sender says of it counts for nothing.
std::optional<std::string_view> image_type(std::string_view content);

}  // namespace causeway::api::account
