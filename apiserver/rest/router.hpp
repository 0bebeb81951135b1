#pragma once
// Which route a path means: a tree of segments. Immutable once built; thread-safe.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apiserver/rest/route.hpp"

namespace causeway::api::rest {

class Router {
 public:
  // Routes are referred to by their index. std::logic_error: a pattern that is malformed, or two that are the same.
  explicit Router(const std::vector<Route>& routes);
  ~Router();

  struct Match {
    std::optional<std::size_t> route;  // nullopt with `allow`: the path is known, the method is not
    std::string allow;                 // of a known path: "GET, HEAD, OPTIONS"
    // Parameters in the order of the pattern, raw; of "{name...}" with its slashes.
    std::vector<std::string_view> parameters;
  };
  // `path` raw. Empty and dot segments name nothing, except for a route of Method::kAny, which judges paths itself.
  Match find(std::string_view method, std::string_view path) const;

  // "owner", "name" of "/…/{owner}/{name}"
  static std::vector<std::string> parameter_names(std::string_view pattern);

 private:
  struct Node;
  const Node* walk(const Node& node, const std::vector<std::string_view>& segments, std::size_t at,
                   std::vector<std::string_view>& parameters) const;
  std::unique_ptr<Node> root_;
  std::optional<std::size_t> any_;  // "/{path...}" of kAny
};

}  // namespace causeway::api::rest
