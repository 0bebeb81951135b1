#pragma once
// Whether a JSON value is what a JSON Schema says. Knows the words that schema.hpp and crds/row_schema write, and
// refuses others: a word passed over would be a check that nobody makes.

#include <boost/json.hpp>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace causeway::api::rest {

namespace json = boost::json;

struct SchemaError {
  std::string pointer;  // JSON Pointer (RFC 6901): "" is the whole, "/tags/2"
  std::string detail;   // what is wrong and what would be right
  bool operator==(const SchemaError&) const = default;
};

// The schemas of one document, compiled. Not thread-safe while it compiles; checks are.
class SchemaCheck {
 public:
  struct Node;

  // `components`: what "#/components/schemas/NAME" refers to.
  explicit SchemaCheck(json::object components);
  ~SchemaCheck();
  SchemaCheck(SchemaCheck&&) noexcept;

  // std::logic_error: a schema with a word that is not known, or a reference to nothing. Lives as long as this.
  const Node* compile(const json::object& schema);

  // All errors, 50 at most.
  static std::vector<SchemaError> check(const Node& schema, const json::value& value);

 private:
  const Node* component(const std::string& name);
  Node& add();
  void fill(Node& node, const json::object& schema);

  json::object components_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::map<std::string, Node*> named_;
};

// "/a~1b/0" of a pointer's parts, one at a time.
void append_pointer(std::string& pointer, std::string_view part);

}  // namespace causeway::api::rest
