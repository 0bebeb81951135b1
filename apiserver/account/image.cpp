#include "apiserver/account/image.hpp"

namespace causeway::api::account {

using std::string_view_literals::operator""sv;

std::optional<std::string_view> image_type(std::string_view content) {
  if (content.starts_with("\x89PNG\r\n\x1a\n"sv)) return "image/png";
  if (content.starts_with("\xff\xd8\xff"sv)) return "image/jpeg";
  if (content.size() >= 16 && content.starts_with("RIFF"sv) && content.substr(8, 7) == "WEBPVP8"sv) return "image/webp";
  return std::nullopt;
}

}  // namespace causeway::api::account
