#include "apiserver/rest/cursor.hpp"

#include <stdexcept>

#include "base/encoding.hpp"

namespace causeway::api::rest {
namespace {

constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kMaxCursor = 1024;

}  // namespace

CursorSealer::CursorSealer(std::string_view secret) {
  if (secret.size() < 32) throw std::invalid_argument("a cursor's secret has at least 32 bytes");
  key_ = base::hmac_sha256(secret, "causeway cursor v1");  // the secret may serve other purposes
}

std::string CursorSealer::tag(std::string_view list, std::string_view payload) const {
  std::string text = std::to_string(list.size());
  text.append(":").append(list).append(payload);
  return base::hmac_sha256(key_, text).substr(0, kTagBytes);
}

std::string CursorSealer::seal(std::string_view list, const boost::json::array& position) const {
  const std::string payload = boost::json::serialize(position);
  return base::base64url_encode(tag(list, payload) + payload);
}

std::optional<boost::json::array> CursorSealer::open(std::string_view list, std::string_view cursor) const {
  if (cursor.size() > kMaxCursor) return std::nullopt;
  const auto bytes = base::base64url_decode(cursor);
  if (!bytes || bytes->size() < kTagBytes) return std::nullopt;
  const std::string_view sent = std::string_view(*bytes).substr(0, kTagBytes);
  const std::string_view payload = std::string_view(*bytes).substr(kTagBytes);
  if (!base::constant_time_equal(sent, tag(list, payload))) return std::nullopt;
  boost::system::error_code error;
  auto value = boost::json::parse({payload.data(), payload.size()}, error);
  if (error || !value.is_array()) return std::nullopt;
  return std::move(value.get_array());
}

}  // namespace causeway::api::rest
