#include "apiserver/rest/router.hpp"

#include <algorithm>
#include <stdexcept>

#include "apiserver/rest/target.hpp"

namespace causeway::api::rest {

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;  // one segment
  std::unique_ptr<Node> tail;       // one or more
  std::vector<std::pair<std::string_view, std::size_t>> methods;
  std::string allow;
};

namespace {

bool is_parameter(std::string_view segment) {
  return segment.starts_with('{') && segment.ends_with('}');
}

bool is_tail(std::string_view segment) {
  return segment.starts_with('{') && segment.ends_with("...}");
}

void check_segment(const std::string& pattern, std::string_view segment, bool last) {
  const bool has_brace = segment.find_first_of("{}") != std::string_view::npos;
  const bool wrong = (has_brace && !is_parameter(segment)) || (is_tail(segment) && !last) || is_dot_segment(segment) ||
                     segment.find('%') != std::string_view::npos;
  if (wrong && !(pattern == "/" && segment.empty())) throw std::logic_error("the path " + pattern + " is malformed");
}

}  // namespace

Router::Router(const std::vector<Route>& routes) : root_(std::make_unique<Node>()) {
  for (std::size_t i = 0; i < routes.size(); ++i) {
    const Route& route = routes[i];
    if (route.method == Method::kAny) {
      if (!route.run.stream || route.path != "/{path...}" || any_)
        throw std::logic_error("a route of any method is the one streaming \"/{path...}\"");
      any_ = i;
      continue;
    }
    const auto segments = split_path(route.path);
    if (!segments) throw std::logic_error("the path " + route.path + " is malformed");
    Node* node = root_.get();
    for (const std::string_view& segment : *segments) {
      check_segment(route.path, segment, &segment == &segments->back());
      std::unique_ptr<Node>& next = is_tail(segment)        ? node->tail
                                    : is_parameter(segment) ? node->parameter
                                                            : node->literals[std::string(segment)];
      if (!next) next = std::make_unique<Node>();
      node = next.get();
    }
    const std::string_view method = to_string(route.method);
    for (const auto& [known, index] : node->methods) {
      if (known == method) throw std::logic_error(std::string(method) + " " + route.path + " is there twice");
    }
    node->methods.emplace_back(method, i);
    node->allow.clear();
    for (const auto& [known, index] : node->methods)
      node->allow.append(known).append(known == "GET" ? ", HEAD, " : ", ");
    node->allow += "OPTIONS";
  }
}

Router::~Router() = default;

const Router::Node* Router::walk(const Node& node, const std::vector<std::string_view>& segments, std::size_t at,
                                 std::vector<std::string_view>& parameters) const {
  if (at == segments.size()) return node.methods.empty() ? nullptr : &node;
  const std::string_view segment = segments[at];
  if (const auto literal = node.literals.find(segment); literal != node.literals.end()) {
    if (const Node* found = walk(*literal->second, segments, at + 1, parameters)) return found;
  }
  if (is_dot_segment(segment)) return nullptr;
  if (node.parameter) {
    parameters.push_back(segment);
    if (const Node* found = walk(*node.parameter, segments, at + 1, parameters)) return found;
    parameters.pop_back();
  }
  if (!node.tail) return nullptr;
  for (std::size_t i = at; i < segments.size(); ++i) {
    if (is_dot_segment(segments[i])) return nullptr;
  }
  const char* end = segments.back().data() + segments.back().size();
  parameters.emplace_back(segment.data(), static_cast<std::size_t>(end - segment.data()));
  return node.tail.get();
}

Router::Match Router::find(std::string_view method, std::string_view path) const {
  Match match;
  const auto segments = split_path(path);
  const Node* node = segments ? walk(*root_, *segments, 0, match.parameters) : nullptr;
  if (node == nullptr) {
    match.parameters.clear();
    match.route = any_;
    return match;
  }
  match.allow = node->allow;
  if (method == "HEAD") method = "GET";
  for (const auto& [known, index] : node->methods) {
    if (known == method) match.route = index;
  }
  return match;
}

std::vector<std::string> Router::parameter_names(std::string_view pattern) {
  std::vector<std::string> names;
  const auto segments = split_path(pattern);
  if (!segments) return names;
  for (const std::string_view segment : *segments) {
    if (!is_parameter(segment)) continue;
    names.emplace_back(segment.substr(1, segment.size() - (is_tail(segment) ? 5 : 2)));
  }
  return names;
}

}  // namespace causeway::api::rest
