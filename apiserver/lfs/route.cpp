#include "apiserver/lfs/route.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "apiserver/git/route.hpp"

namespace causeway::api::lfs {
namespace {

using Kind = Route::Kind;

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number <= 0) return std::nullopt;
  return number;
}

git::Refusal not_allowed(const char* allow) {
  return {.status = 405, .message = std::string("this takes ") + allow, .allow = allow};
}

}  // namespace

bool valid_oid(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_lfs(std::string_view path) {
  const auto place = git::parse_place(path);
  return place && place->rest.size() > 2 && place->rest[0] == "info" && place->rest[1] == "lfs";
}

base::Result<Route, git::Refusal> parse_route(std::string_view method, std::string_view path) {
  auto place = git::parse_place(path);
  if (!place) return git::Refusal{.status = place.error().status, .message = place.error().message};
  Route route{.owner = std::move(place->owner), .name = std::move(place->name)};
  const auto only = [&](std::string_view allowed, Kind kind) -> base::Result<Route, git::Refusal> {
    if (method != allowed) return not_allowed(allowed.data());
    route.kind = kind;
    return route;
  };
  const std::vector<std::string> rest(place->rest.begin() + std::min<std::size_t>(2, place->rest.size()),
                                      place->rest.end());
  if (rest.size() == 2 && rest[0] == "objects") {
    if (rest[1] == "batch") return only("POST", Kind::kBatch);
    if (rest[1] == "verify") return only("POST", Kind::kVerify);
    if (valid_oid(rest[1])) {
      route.oid = rest[1];
      if (method == "PUT") return only("PUT", Kind::kUpload);
      if (method != "GET" && method != "HEAD") return not_allowed("GET, HEAD, PUT");
      route.kind = Kind::kDownload;
      return route;
    }
  }
  if (rest.size() == 1 && rest[0] == "locks")
    return method == "GET"    ? only("GET", Kind::kListLocks)
           : method == "POST" ? only("POST", Kind::kLock)
                              : not_allowed("GET, POST");
  if (rest.size() == 2 && rest[0] == "locks" && rest[1] == "verify") return only("POST", Kind::kVerifyLocks);
  if (rest.size() == 3 && rest[0] == "locks" && rest[2] == "unlock") {
    if (const auto number = number_of(rest[1])) {
      route.lock = *number;
      return only("POST", Kind::kUnlock);
    }
  }
  return git::Refusal{.status = 404, .message = "Git LFS has no such address here"};
}

}  // namespace causeway::api::lfs
