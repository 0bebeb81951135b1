#pragma once
// Which repository and which git service a request means. Pure; the only place that turns a URL into a path on disk.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace causeway::api::git {

enum class Service { kUploadPack, kReceivePack };  // reading (clone, fetch) and writing (push)

struct Route {
  enum class Kind { kAdvertise, kRpc };  // GET …/info/refs?service=…, POST …/git-…-pack
  Kind kind = Kind::kAdvertise;
  Service service = Service::kUploadPack;
  std::string owner, name;  // valid_part() both; name without ".git"
};

struct RouteError {
  int status = 404;
  std::string message;
};

// The beginning of every address here: "/owner/name.git/rest/of/it", decoded segment by segment, so that an encoded
// slash never makes a new one. ".git" may be left out.
struct Place {
  std::string owner, name;        // valid_part() both; name without ".git"
  std::vector<std::string> rest;  // at least one
};
base::Result<Place, RouteError> parse_place(std::string_view path);

// `path` and `query` as in the request (percent-encoded). "/owner/name.git/info/refs"; ".git" may be left out.
// 403: an unknown service, or the "dumb" protocol; 404: no such address; 405: the wrong method.
base::Result<Route, RouteError> parse_route(std::string_view method, std::string_view path, std::string_view query);

// An owner or a repository name: 1 to 100 of A–Z a–z 0–9 . _ -, beginning with a letter, digit or '_', not ending in
// '.', ".git" or ".lock", without "..". So no part can leave its folder or collide with another's.
bool valid_part(std::string_view part);

}  // namespace causeway::api::git
