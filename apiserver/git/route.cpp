#include "apiserver/git/route.hpp"

#include "base/http.hpp"

namespace causeway::api::git {
namespace {

RouteError no_such_address() {
  return {404, "no such address; repositories are at /<owner>/<name>.git"};
}

base::Result<std::vector<std::string>, RouteError> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  if (path.empty() || path.front() != '/') return no_such_address();
  path.remove_prefix(1);
  while (true) {
    const auto slash = path.find('/');
    auto decoded = base::percent_decode(path.substr(0, slash));
    if (!decoded) return RouteError{400, "the address has a broken percent escape"};
    segments.push_back(std::move(*decoded));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

bool parse_service(std::string_view name, Service& service) {
  if (name == "git-upload-pack") {
    service = Service::kUploadPack;
  } else if (name == "git-receive-pack") {
    service = Service::kReceivePack;
  } else {
    return false;
  }
  return true;
}

}  // namespace

bool valid_part(std::string_view part) {
  if (part.empty() || part.size() > 100) return false;
  if (part.front() == '.' || part.front() == '-' || part.back() == '.') return false;
  if (part.ends_with(".git") || part.ends_with(".lock") || part.find("..") != std::string_view::npos) return false;
  for (const char c : part) {
    const bool allowed =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    if (!allowed) return false;
  }
  return true;
}

base::Result<Place, RouteError> parse_place(std::string_view path) {
  auto segments = segments_of(path);
  if (!segments) return segments.error();
  if (segments->size() < 3) return no_such_address();
  Place place{(*segments)[0], (*segments)[1], {}};
  if (place.name.ends_with(".git")) place.name.resize(place.name.size() - 4);
  if (!valid_part(place.owner) || !valid_part(place.name)) return no_such_address();
  place.rest.assign(segments->begin() + 2, segments->end());
  return place;
}

base::Result<Route, RouteError> parse_route(std::string_view method, std::string_view path, std::string_view query) {
  auto place = parse_place(path);
  if (!place) return place.error();
  Route route;
  route.owner = std::move(place->owner);
  route.name = std::move(place->name);
  const auto& rest = place->rest;

  if (rest.size() == 2 && rest[0] == "info" && rest[1] == "refs") {
    if (method != "GET") return RouteError{405, "info/refs is read with GET"};
    const auto service = base::query_parameter(query, "service");
    if (!service) return RouteError{403, "git's \"dumb\" HTTP protocol is not served; use git 1.6.6 or newer"};
    if (!parse_service(*service, route.service))
      return RouteError{403, "unknown service; served are git-upload-pack and git-receive-pack"};
    route.kind = Route::Kind::kAdvertise;
    return route;
  }
  if (rest.size() == 1 && rest[0].starts_with("git-")) {
    if (!parse_service(rest[0], route.service))
      return RouteError{403, "unknown service; served are git-upload-pack and git-receive-pack"};
    if (method != "POST") return RouteError{405, "git services are called with POST"};
    route.kind = Route::Kind::kRpc;
    return route;
  }
  if (rest.size() >= 2 && rest[0] == "info" && rest[1] == "lfs")
    return RouteError{501, "Git LFS is switched off: this server has no database"};
  return no_such_address();
}

}  // namespace causeway::api::git
