#include "apiserver/rest/request_id.hpp"

#include <cstring>
#include <random>

#include "base/encoding.hpp"

namespace causeway::api::rest {
namespace {

constexpr std::string_view kAllowed = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.";

std::mt19937_64 seeded() {
  std::uint64_t seed = 0;
  std::memcpy(&seed, base::random_bytes(sizeof seed).data(), sizeof seed);
  return std::mt19937_64(seed);
}

}  // namespace

std::string request_id(const base::HttpRequest& request) {
  const auto sent = request.headers.get("X-Request-Id");
  if (sent && !sent->empty() && sent->size() <= 64 && sent->find_first_not_of(kAllowed) == std::string_view::npos)
    return std::string(*sent);
  // The kernel's generator would be a system call for every request.
  thread_local std::mt19937_64 generator = seeded();
  const std::uint64_t number = generator();
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return base::hex_encode(bytes);
}

}  // namespace causeway::api::rest
